"""The flows of one message."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict

import numpy as np

from stanflow import _tables
from stanflow._tables import Addresses

if TYPE_CHECKING:
    import pandas
    import pyarrow


@dataclass(frozen=True, eq=False, repr=False)
class FlowBatch:
    """Flows in order of their end, as columns of equal length.

    Columns are named after IPFIX information elements (flow.proto): `flow_end` (datetime64[ms], UTC),
    `flow_duration_milliseconds`, `source_ipv4_address`, `destination_ipv4_address` (numbers, first octet highest),
    `source_transport_port`, `destination_transport_port`, `protocol_identifier`, `tcp_control_bits`,
    `ip_class_of_service`, `packet_delta_count`, `octet_delta_count`.
    """

    columns: Dict[str, np.ndarray]
    # Index of the first flow in its stream.
    first_row: int
    # `generate(..., resume_token=...)` with the same arguments goes on after the batch's last flow.
    resume_token: bytes

    def __len__(self) -> int:
        return len(self.columns["flow_end"])

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def __repr__(self) -> str:
        return f"<FlowBatch of {len(self)} flows from {self.first_row} on>"

    def to_pandas(self, addresses: Addresses = "number") -> pandas.DataFrame:
        """Needs pandas. `addresses`: "number", or "text" for "10.0.0.1"."""
        return _tables.frame([self], addresses)

    def to_arrow(self) -> pyarrow.RecordBatch:
        """Needs pyarrow. Shares the arrays' memory."""
        return _tables.record_batch(self)
