"""The columns of flows: their names, their types, and how they are read from the wire."""
from __future__ import annotations

from typing import Dict, NamedTuple

import numpy as np

from stanflow.errors import DataLoss
from stanflow.v1 import flow_pb2


class Column(NamedTuple):
    field: str  # of FlowColumns (flow.proto, which says what the values mean)
    dtype: np.dtype  # the smallest that holds the values
    name: str  # of arrays, frames and tables


def _column(field: str, dtype: str, name: str = "") -> Column:
    return Column(field, np.dtype(dtype), name or field)


COLUMNS = (
    # UTC.
    _column("flow_end_milliseconds", "M8[ms]", "flow_end"),
    _column("flow_duration_milliseconds", "u4"),
    _column("source_ipv4_address", "u4"),
    _column("destination_ipv4_address", "u4"),
    _column("source_transport_port", "u2"),
    _column("destination_transport_port", "u2"),
    _column("protocol_identifier", "u1"),
    _column("tcp_control_bits", "u1"),
    _column("ip_class_of_service", "u1"),
    _column("packet_delta_count", "u8"),
    _column("octet_delta_count", "u8"),
)

NAMES = tuple(column.name for column in COLUMNS)


def _values(columns: flow_pb2.FlowColumns, column: Column) -> np.ndarray:
    # To numpy a repeated field is an array: no value becomes a Python number on the way (protobuf 7; pyproject.toml).
    field = getattr(columns, column.field)
    if column.dtype.itemsize >= 4:
        return np.asarray(field, column.dtype)
    wide = np.asarray(field, "u4")
    # Narrowed, a value that is too large would be another one.
    largest = wide.max(initial=0)
    if largest > np.iinfo(column.dtype).max:
        raise DataLoss(f"a chunk of {len(wide)} flows has {largest} in column {column.field}")
    return wide.astype(column.dtype)


def decode(columns: flow_pb2.FlowColumns) -> Dict[str, np.ndarray]:
    """Arrays by name."""
    out = {column.name: _values(columns, column) for column in COLUMNS}
    rows = len(out["flow_end"])
    for column in COLUMNS:
        if len(out[column.name]) != rows:
            raise DataLoss(f"a chunk of {rows} flows has {len(out[column.name])} values in column {column.field}")
    return out
