"""Frames of flows as tests need them."""
import numpy as np
import pandas

from stanflow._columns import COLUMNS

_PROTOCOLS = {"ICMP": 1, "TCP": 6, "UDP": 17}


def _flags(text):
    """".AP.SF", or a number in hexadecimal."""
    return int(text, 16) if text.startswith("0x") else sum(1 << (5 - at) for at, c in enumerate(text) if c != ".")


def frame_of_csv(path):
    """A file of simulated flows, as FlowBatch.to_pandas(addresses="text") gives them; times in whole seconds."""
    csv = pandas.read_csv(path)
    frame = pandas.DataFrame({
        "flow_end": pandas.to_datetime(csv["te"], utc=True).dt.as_unit("ms"),
        "flow_duration_milliseconds": (csv["td"] * 1000).round().astype("u4"),
        "source_ipv4_address": csv["sa"],
        "destination_ipv4_address": csv["da"],
        "source_transport_port": csv["sp"],
        "destination_transport_port": csv["dp"],
        "protocol_identifier": csv["pr"].map(_PROTOCOLS),
        "tcp_control_bits": csv["flg"].map(_flags),
        "ip_class_of_service": csv["stos"],
        "packet_delta_count": csv["pkt"],
        "octet_delta_count": csv["byt"],
    })
    return frame.astype({c.name: c.dtype for c in COLUMNS[4:]})


def frame_of_jsonl(path):
    """A file that stanflow writes, likewise; times in milliseconds, and any protocol, which is a number here."""
    frame = pandas.read_json(path, lines=True, dtype=False).set_axis([c.name for c in COLUMNS], axis="columns")
    return frame.assign(flow_end=pandas.to_datetime(frame["flow_end"], utc=True))


def assert_same(left, right):
    """Value by value, whatever the types."""
    assert list(left.columns) == list(right.columns)
    for name in left.columns:
        assert left[name].tolist() == right[name].tolist(), name


def expected(fields):
    """Fields of FlowColumns as numpy arrays by the names and types of a batch."""
    return {c.name: np.asarray(fields[c.field]).astype(c.dtype) for c in COLUMNS}
