"""As stanflow.stream, for asyncio."""
from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, AsyncGenerator, AsyncIterator, Optional

from stanflow import _tables
from stanflow._files import Path
from stanflow._progress import flow_bar
from stanflow._resume import Generation
from stanflow._tables import Addresses
from stanflow.aio._connection import Connection
from stanflow.batch import FlowBatch
from stanflow.stream import check_end
from stanflow.v1 import synthesis_pb2

if TYPE_CHECKING:
    import pandas
    import pyarrow


class FlowStream(AsyncIterator[FlowBatch]):
    """As stanflow.FlowStream. Where not all batches are read, `async with` or `aclose` ends the call at once."""

    def __init__(self, connection: Connection, request: synthesis_pb2.GenerateRequest, progress: bool) -> None:
        self._request = request
        self._state = Generation(request, connection.backoff())
        method = connection.stubs.synthesis.Generate
        self._batches: AsyncGenerator[FlowBatch, None] = connection.follow(method, self._state)
        self._bar = flow_bar(progress, request.rows or None)

    @property
    def header(self) -> Optional[synthesis_pb2.GenerateHeader]:
        return self._state.header

    @property
    def rows(self) -> int:
        return self._state.next_row

    @property
    def reconnects(self) -> int:
        return self._state.reconnects

    async def __anext__(self) -> FlowBatch:
        try:
            batch = await self._batches.__anext__()
        except BaseException:
            self._bar.close()
            raise
        self._bar.update(len(batch))
        return batch

    async def to_pandas(self, addresses: Addresses = "number") -> pandas.DataFrame:
        check_end(self._request)
        return _tables.frame([batch async for batch in self], addresses)

    async def to_arrow(self) -> pyarrow.Table:
        check_end(self._request)
        return _tables.table([batch async for batch in self])

    async def to_parquet(self, path: Path) -> None:
        check_end(self._request)
        with _tables.parquet_file(path) as add:
            async for batch in self:
                await asyncio.to_thread(add, batch)

    async def aclose(self) -> None:
        await self._batches.aclose()
        self._bar.close()

    async def __aenter__(self) -> FlowStream:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()
