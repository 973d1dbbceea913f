"""Resource names."""
from __future__ import annotations

import hashlib
import re
from typing import List, Sequence, Union

# One network, or several.
Home = Union[str, Sequence[str]]

_DATASET = re.compile(r"(datasets/)?[a-z0-9][a-z0-9_-]{0,62}")


def is_dataset(data: object) -> bool:
    """Whether it is a dataset's name. Every other str is a path: "office" is a dataset, "./office" and "office.csv" are
    files."""
    return isinstance(data, str) and _DATASET.fullmatch(data) is not None


def dataset_name(name: str) -> str:
    return name if name.startswith("datasets/") else "datasets/" + name


def dataset_id(name: str) -> str:
    return name[len("datasets/"):] if name.startswith("datasets/") else name


def job_name(name: str) -> str:
    return name if name.startswith("jobs/") else "jobs/" + name


def model_name(name: str) -> str:
    return name if name.startswith("models/") else "models/" + name


def networks(home: Home) -> List[str]:
    return [home] if isinstance(home, str) else list(home)


def dataset_id_of_contents(kind: str, sha256: bytes, home: Home, holdout: str, user: str) -> str:
    """Of flows that were given no name: equal ones of one user are one dataset."""
    what = " ".join([sha256.hex(), *networks(home), holdout, *([user] if user else [])])
    return f"{kind}-{hashlib.sha256(what.encode()).hexdigest()[:16]}"
