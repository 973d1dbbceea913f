"""Batches as pandas frames, Arrow tables and Parquet files."""
from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Literal, Sequence

import numpy as np

from stanflow._addresses import address_text
from stanflow._columns import COLUMNS
from stanflow._extras import require
from stanflow._files import Path, whole_file

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from stanflow.batch import FlowBatch

Addresses = Literal["number", "text"]

# Flows a row group of a Parquet file: large enough to be read fast, small enough to be held.
GROUP_ROWS = 1 << 18


def _joined(batches: Sequence[FlowBatch]) -> Dict[str, np.ndarray]:
    if not batches:
        return {column.name: np.empty(0, column.dtype) for column in COLUMNS}
    return {column.name: np.concatenate([batch[column.name] for batch in batches]) for column in COLUMNS}


def check_frame(addresses: Addresses) -> Any:
    """pandas. What `frame` raises without flows, so that a stream's are not read in vain."""
    if addresses not in ("number", "text"):
        raise ValueError(f"addresses: {addresses!r} is neither 'number' nor 'text'")
    return require("pandas", "pandas")


def check_table() -> Any:
    """pyarrow. As check_frame, of `table`."""
    return require("pyarrow", "arrow")


def frame(batches: Sequence[FlowBatch], addresses: Addresses) -> pandas.DataFrame:
    pd = check_frame(addresses)
    columns: Dict[str, Any] = _joined(batches)
    columns["flow_end"] = pd.DatetimeIndex(columns["flow_end"]).tz_localize("UTC")
    if addresses == "text":
        for name in ("source_ipv4_address", "destination_ipv4_address"):
            columns[name] = address_text(columns[name])
    # The arrays are this frame's own already.
    made: pandas.DataFrame = pd.DataFrame(columns, copy=False)
    return made


def schema() -> pyarrow.Schema:
    pa = require("pyarrow", "arrow")
    return pa.schema([(column.name, pa.timestamp("ms", tz="UTC") if column.dtype.kind == "M" else
                       pa.from_numpy_dtype(column.dtype)) for column in COLUMNS])


def record_batch(batch: FlowBatch) -> pyarrow.RecordBatch:
    pa = require("pyarrow", "arrow")
    types = schema()

    def array(field: Any) -> Any:
        values = batch[field.name]
        # An array of numpy's knows no time zone; as numbers it is the same memory.
        return pa.array(values.view("i8")).cast(field.type) if values.dtype.kind == "M" else pa.array(values)

    return pa.RecordBatch.from_arrays([array(field) for field in types], schema=types)


def table(batches: Sequence[FlowBatch]) -> pyarrow.Table:
    pa = check_table()
    return pa.Table.from_batches([record_batch(batch) for batch in batches], schema=schema())


@contextlib.contextmanager
def parquet_file(path: Path) -> Iterator[Callable[[FlowBatch], None]]:
    """What is to be called with every batch. The file has its name once the block has ended well."""
    waiting: List[FlowBatch] = []

    def write() -> None:
        writer.write_table(table(waiting))
        waiting.clear()

    def add(batch: FlowBatch) -> None:
        waiting.append(batch)
        if sum(map(len, waiting)) >= GROUP_ROWS:
            write()

    with whole_file(path) as part, require("pyarrow.parquet", "arrow").ParquetWriter(part, schema()) as writer:
        yield add
        if waiting:
            write()
