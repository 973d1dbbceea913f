"""As stanflow.stream, for asyncio."""
from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, AsyncIterator

from stanflow import _tables
from stanflow._files import Path
from stanflow._tables import Addresses
from stanflow.aio._threads import finished
from stanflow.batch import FlowBatch
from stanflow.stream import FlowsOfCall

if TYPE_CHECKING:
    import pandas
    import pyarrow


class FlowStream(FlowsOfCall, AsyncIterator[FlowBatch]):
    """As stanflow.FlowStream. Where not all batches are read, `async with` or `aclose` ends the call at once."""

    async def __anext__(self) -> FlowBatch:
        try:
            batch: FlowBatch = await self._batches.__anext__()
        except BaseException:
            self._bar.close()
            raise
        self._bar.update(len(batch))
        return batch

    async def to_pandas(self, addresses: Addresses = "number") -> pandas.DataFrame:
        self._check_end()
        _tables.check_frame(addresses)
        return await asyncio.to_thread(_tables.frame, [batch async for batch in self], addresses)

    async def to_arrow(self) -> pyarrow.Table:
        self._check_end()
        _tables.check_table()
        return await asyncio.to_thread(_tables.table, [batch async for batch in self])

    async def to_parquet(self, path: Path) -> None:
        self._check_end()
        with _tables.parquet_file(path) as add:
            async for batch in self:
                await finished(add, batch)

    async def aclose(self) -> None:
        await self._batches.aclose()
        self._bar.close()

    async def __aenter__(self) -> FlowStream:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()
