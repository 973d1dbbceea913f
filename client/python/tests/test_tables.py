"""Flows as frames, tables and files."""
import sys

import grpc
import numpy as np
import pandas
import pytest
import stanflow
from fake_server import flows
from frames import expected
from stanflow import _tables
from stanflow._addresses import address_text

DTYPES = {
    "flow_end": "datetime64[ms, UTC]", "flow_duration_milliseconds": "uint32", "source_ipv4_address": "uint32",
    "destination_ipv4_address": "uint32", "source_transport_port": "uint16", "destination_transport_port": "uint16",
    "protocol_identifier": "uint8", "tcp_control_bits": "uint8", "ip_class_of_service": "uint8",
    "packet_delta_count": "uint64", "octet_delta_count": "uint64",
}


def test_a_frame_has_small_types_and_all_values(client):
    frame = client.generate("edge", rows=1050).to_pandas()
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES
    for name, values in expected(flows(0, 1050)).items():
        got = frame[name].dt.tz_localize(None) if name == "flow_end" else frame[name]
        np.testing.assert_array_equal(got.to_numpy(), values)


def test_a_frame_may_be_changed(client):
    frame = next(client.generate("edge", rows=10)).to_pandas()
    frame.loc[0, "octet_delta_count"] = 5
    assert frame["octet_delta_count"][0] == 5


def test_addresses_are_text_where_asked(client):
    frame = client.generate("edge", rows=10).to_pandas(addresses="text")
    assert frame["source_ipv4_address"][:3].tolist() == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    assert frame["destination_ipv4_address"][0] == "198.51.100.0"
    with pytest.raises(ValueError, match="addresses: 'names'"):
        client.generate("edge", rows=10).to_pandas(addresses="names")


def test_what_can_not_become_of_flows_is_an_error_before_they_are_read(fake, client, monkeypatch):
    stream = client.generate("edge", rows=10)
    with pytest.raises(ValueError, match="addresses: 'names'"):
        stream.to_pandas(addresses="names")
    # What is None there can't be imported.
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for make in (stream.to_pandas, stream.to_arrow):
        with pytest.raises(ImportError, match="pip install"):
            make()
    assert fake.synthesis.generates == []


def test_all_octets_are_written():
    numbers = np.array([0, 1, 255, 256, 0x7F000001, 0xC0A80001, 0xFFFFFFFF], dtype=np.uint32)
    assert address_text(numbers).tolist() == ["0.0.0.0", "0.0.0.1", "0.0.0.255", "0.0.1.0", "127.0.0.1", "192.168.0.1",
                                              "255.255.255.255"]


def test_no_flows_are_an_empty_frame_of_the_same_types():
    frame = _tables.frame([], "number")
    assert len(frame) == 0
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES


def test_a_table_is_the_frame(client):
    pytest.importorskip("pyarrow")
    table = client.generate("edge", rows=1050).to_arrow()
    assert str(table.schema.field("flow_end").type) == "timestamp[ms, tz=UTC]"
    pandas.testing.assert_frame_equal(table.to_pandas(), client.generate("edge", rows=1050).to_pandas())


def test_a_parquet_file_is_the_table(client, tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(_tables, "GROUP_ROWS", 400)
    client.generate("edge", rows=1050).to_parquet(tmp_path / "flows.parquet")
    assert parquet.read_table(tmp_path / "flows.parquet").equals(client.generate("edge", rows=1050).to_arrow())
    assert [path.name for path in tmp_path.iterdir()] == ["flows.parquet"]


def test_a_file_that_could_not_be_finished_is_not_there(fake, client, tmp_path):
    pytest.importorskip("pyarrow")
    fake.synthesis.breaks = [500]
    fake.synthesis.break_with = (grpc.StatusCode.INTERNAL, "broken")
    with pytest.raises(stanflow.Internal):
        client.generate("edge", rows=1000).to_parquet(tmp_path / "flows.parquet")
    assert list(tmp_path.iterdir()) == []
