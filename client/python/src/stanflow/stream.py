"""The flows of one generate."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Optional

from stanflow import _tables
from stanflow._files import Path
from stanflow._progress import flow_bar
from stanflow._resume import Generation
from stanflow._tables import Addresses
from stanflow.batch import FlowBatch
from stanflow.v1 import synthesis_pb2

if TYPE_CHECKING:
    import pandas
    import pyarrow


class FlowsOfCall:
    """What both faces of a stream are made of. `connection` decides how `_batches` are read."""

    def __init__(self, connection: Any, request: synthesis_pb2.GenerateRequest, progress: bool) -> None:
        self._request = request
        self._state = Generation(request, connection.backoff())
        self._batches: Any = connection.follow(connection.stubs.synthesis.Generate, self._state)
        self._bar = flow_bar(progress, request.rows or None)

    @property
    def header(self) -> Optional[synthesis_pb2.GenerateHeader]:
        """The version, seed, hosts, start and build that the flows depend on; None before the first batch."""
        return self._state.header

    @property
    def rows(self) -> int:
        """Flows given so far: the index of the next one."""
        return self._state.next_row

    @property
    def reconnects(self) -> int:
        """How often a broken stream was continued."""
        return self._state.reconnects

    def _check_end(self) -> None:
        if self._request.WhichOneof("extent") is None:
            raise ValueError("this stream has no end: give generate rows or duration, or read it batch by batch")


class FlowStream(FlowsOfCall, Iterator[FlowBatch]):
    """Batches in order, without a gap or a repeat: where the connection breaks or the server restarts, the stream goes
    on by its resume token. What can't be mended is raised (stanflow.errors).

    The call starts with the first batch that is asked for, and ends with the last one or `close`. Not safe for
    concurrent use.
    """

    def __next__(self) -> FlowBatch:
        try:
            batch: FlowBatch = next(self._batches)
        except BaseException:
            self._bar.close()
            raise
        self._bar.update(len(batch))
        return batch

    def to_pandas(self, addresses: Addresses = "number") -> pandas.DataFrame:
        """All flows that are left. `addresses`: "number", or "text" for "10.0.0.1"."""
        self._check_end()
        _tables.check_frame(addresses)
        return _tables.frame(list(self), addresses)

    def to_arrow(self) -> pyarrow.Table:
        """All flows that are left."""
        self._check_end()
        _tables.check_table()
        return _tables.table(list(self))

    def to_parquet(self, path: Path) -> None:
        """Writes all flows that are left; in the making the file is PATH.part. Holds few of them at once."""
        self._check_end()
        with _tables.parquet_file(path) as add:
            for batch in self:
                add(batch)

    def close(self) -> None:
        """Ends the call. There are no more batches."""
        self._batches.close()
        self._bar.close()

    def __enter__(self) -> FlowStream:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
