"""Libraries that only some calls need."""
from __future__ import annotations

import importlib
from typing import Any


def require(module: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(f"this needs {module}: pip install 'stanflow[{extra}]'") from error
