"""A pandas frame as the CSV that the server reads: UGR'16's columns, which are nfdump's."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

import numpy as np

from stanflow._addresses import address_text
from stanflow._columns import COLUMNS, NAMES
from stanflow._extras import require

if TYPE_CHECKING:
    import pandas

HEADER = b"te,td,sa,da,sp,dp,pr,flg,fwd,stos,pkt,byt,label\n"
# Some 700 kB: a message of an upload.
BLOCK_ROWS = 8192

_LARGEST = {column.name: min(np.iinfo(column.dtype).max, np.iinfo(np.int64).max)
            for column in COLUMNS if column.dtype.kind == "u"}
_FLAGS = np.array(["".join(flag if flags >> (5 - place) & 1 else "." for place, flag in enumerate("UAPRSF"))
                   if flags < 64 else f"0x{flags:x}" for flags in range(256)], dtype=object)


def csv_blocks(frame: pandas.DataFrame) -> Iterator[bytes]:
    """Columns are found by the names that FlowBatch.to_pandas gives them; others are left out. Times without a zone are
    UTC; addresses are numbers or text. ValueError names the column."""
    missing = [name for name in NAMES if name not in frame.columns]
    if missing:
        raise ValueError(f"the frame lacks {', '.join(missing)}; it needs {', '.join(NAMES)}")
    yield HEADER
    for begin in range(0, len(frame), BLOCK_ROWS):
        yield _lines(frame.iloc[begin:begin + BLOCK_ROWS]).encode()


def _lines(part: pandas.DataFrame) -> str:
    lines = require("pandas", "pandas").DataFrame({
        "te": _times(part),
        # The shortest text of a whole number of thousandths has at most three decimals.
        "td": _whole(part, "flow_duration_milliseconds") / 1000,
        "sa": _addresses(part, "source_ipv4_address"),
        "da": _addresses(part, "destination_ipv4_address"),
        "sp": _whole(part, "source_transport_port"),
        "dp": _whole(part, "destination_transport_port"),
        "pr": _whole(part, "protocol_identifier"),
        "flg": _FLAGS[_whole(part, "tcp_control_bits")],
        "fwd": 0,
        "stos": _whole(part, "ip_class_of_service"),
        "pkt": _whole(part, "packet_delta_count"),
        "byt": _whole(part, "octet_delta_count"),
        "label": "background",
    })
    text: str = lines.to_csv(None, header=False, index=False, lineterminator="\n")
    return text


def _whole(part: pandas.DataFrame, name: str) -> np.ndarray:
    largest = _LARGEST[name]
    column = part[name]
    # As numbers, times would be counts of whatever unit they have.
    if column.dtype.kind not in "iufbO":
        raise ValueError(f"column {name}: {column.dtype}; make it whole numbers")
    try:
        values = column.to_numpy("int64")
    except (TypeError, ValueError) as error:
        raise ValueError(f"column {name}: not whole numbers: {error}") from error
    # Fractions, and what is missing, are not seen by the conversion; only of a text.
    given = column.to_numpy()
    if column.dtype.kind == "O":
        given = np.array([value if isinstance(text, str) else text for text, value in zip(given, values)], object)
    if column.dtype.kind in "fO" and (values != given).any():
        raise ValueError(f"column {name}: not all are whole numbers")
    if ((values < 0) | (values > largest)).any():
        raise ValueError(f"column {name}: {values.min()} to {values.max()} is not in 0 to {largest}")
    return values


def _addresses(part: pandas.DataFrame, name: str) -> Any:
    is_number = require("pandas.api.types", "pandas").is_numeric_dtype(part[name].dtype)
    return address_text(_whole(part, name)) if is_number else part[name].to_numpy()


def _times(part: pandas.DataFrame) -> np.ndarray:
    times = part["flow_end"]
    if not require("pandas.api.types", "pandas").is_datetime64_any_dtype(times.dtype):
        raise ValueError(f"column flow_end: {times.dtype}; make it times by pandas.to_datetime(..., utc=True)")
    if times.dt.tz is not None:
        times = times.dt.tz_convert("UTC").dt.tz_localize(None)
    values = times.to_numpy().astype("M8[ms]")
    if np.isnat(values).any():
        raise ValueError("column flow_end: some flows have no time")
    return np.datetime_as_string(values, unit="ms")
