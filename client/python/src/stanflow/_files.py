"""Files that are whole or not there."""
from __future__ import annotations

import contextlib
import os
from typing import Iterator, Union

Path = Union[str, "os.PathLike[str]"]


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[str]:
    """What the block writes to the answered PATH.part has its name afterwards; an exception removes it."""
    part = os.fspath(path) + ".part"
    try:
        yield part
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)
        raise
