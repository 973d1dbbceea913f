"""Where the bytes of an upload come from."""
from __future__ import annotations

import hashlib
import os
from typing import IO, TYPE_CHECKING, Any, Callable, Iterator, NamedTuple, Optional, Union

from stanflow._csv import csv_blocks
from stanflow.v1 import datasets_pb2

if TYPE_CHECKING:
    import pandas

# A file's path, an open binary file, or a frame with the columns that FlowBatch.to_pandas gives.
Flows = Union[str, "os.PathLike[str]", IO[bytes], "pandas.DataFrame"]

_BLOCK_BYTES = 1 << 20


class Measured(NamedTuple):
    size_bytes: int
    sha256: bytes


class Source:
    """Blocks of bytes, which a source that may be `read_again` gives as often as it is asked."""

    def __init__(self, blocks: Callable[[], Iterator[bytes]], read_again: bool) -> None:
        self.blocks = blocks
        self.read_again = read_again
        self._measured: Optional[Measured] = None

    def measure(self) -> Optional[Measured]:
        """Reads it through once; None of one that would be gone then."""
        if self.read_again and self._measured is None:
            size, digest = 0, hashlib.sha256()
            for block in self.blocks():
                size += len(block)
                digest.update(block)
            self._measured = Measured(size, digest.digest())
        return self._measured


def source_of(data: Flows) -> Source:
    if isinstance(data, (str, os.PathLike)):
        path = os.fspath(data)
        return Source(lambda: _file_blocks(path), read_again=True)
    if hasattr(data, "read"):
        file: Any = data
        return Source(lambda: _blocks(file), read_again=False)
    if hasattr(data, "iloc"):
        frame: Any = data
        return Source(lambda: csv_blocks(frame), read_again=True)
    raise TypeError(f"flows come from a path, a binary file or a pandas frame, not from {type(data).__name__}")


def upload_requests(header: datasets_pb2.UploadHeader, source: Source) -> Iterator[datasets_pb2.UploadRequest]:
    """The header with size and digest, where they can be known, then the bytes."""
    measured = source.measure()
    if measured is not None:
        header.size_bytes, header.sha256 = measured
    yield datasets_pb2.UploadRequest(header=header)
    for block in source.blocks():
        yield datasets_pb2.UploadRequest(data=block)


def may_be_repeated(header: datasets_pb2.UploadHeader, source: Source) -> bool:
    """Whether a second upload gives the same bytes, and the same job."""
    return source.read_again and bool(header.request_id)


def _file_blocks(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        yield from _blocks(file)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while True:
        block = file.read(_BLOCK_BYTES)
        if not block:
            return
        yield block
