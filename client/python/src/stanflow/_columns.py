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


def decode(columns: flow_pb2.FlowColumns) -> Dict[str, np.ndarray]:
    """Arrays by name."""
    # To numpy a repeated field is an array: no value becomes a Python number on the way (protobuf 7; pyproject.toml).
    out = {column.name: np.asarray(getattr(columns, column.field), column.dtype) for column in COLUMNS}
    rows = len(out["flow_end"])
    for column in COLUMNS:
        if len(out[column.name]) != rows:
            raise DataLoss(f"a chunk of {rows} flows has {len(out[column.name])} values in column {column.field}")
    return out
