"""IPv4 addresses as text, a column at a time."""
from __future__ import annotations

import functools
from typing import Tuple

import numpy as np


@functools.lru_cache(maxsize=None)
def _halves() -> Tuple[np.ndarray, np.ndarray]:
    halves = [f"{half >> 8}.{half & 255}" for half in range(1 << 16)]
    return np.array([half + "." for half in halves], dtype=object), np.array(halves, dtype=object)


def address_text(numbers: np.ndarray) -> np.ndarray:
    """An array of str: 0x0A000001, first octet highest, is "10.0.0.1"."""
    # Two look-ups and one concatenation, all of them numpy's loops.
    upper, lower = _halves()
    text: np.ndarray = upper[numbers >> 16] + lower[numbers & 0xFFFF]
    return text
