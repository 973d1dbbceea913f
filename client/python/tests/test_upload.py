"""Flows on their way to the server."""
import decimal
import hashlib
import io

import grpc
import numpy as np
import pandas
import pytest
import stanflow
from fake_server import START_MS
from stanflow._csv import csv_blocks


def office(client, rows=20000):
    return client.generate("edge", rows=rows).to_pandas()


def test_a_file_is_sent_with_its_size_and_digest(fake, client, tmp_path):
    data = bytes(range(256)) * 10000
    (tmp_path / "office.csv").write_bytes(data)
    dataset = client.import_dataset("office", tmp_path / "office.csv", home=["10.0.0.0/16", "10.2.0.0/16"],
                                    holdout="hours=odd", max_rejected_share=0.5)
    assert dataset.name == "datasets/office"
    (header, sent), = fake.datasets.uploads
    assert sent == data
    assert (header.dataset, header.holdout, header.format) == ("office", "hours=odd", "auto")
    assert (list(header.home), header.max_rejected_share) == (["10.0.0.0/16", "10.2.0.0/16"], 0.5)
    assert (header.size_bytes, header.sha256) == (len(data), hashlib.sha256(data).digest())


def test_an_open_file_is_read_once_without_them(fake, client):
    client.import_dataset("office", io.BytesIO(b"abc"), home="10.0.0.0/16")
    (header, sent), = fake.datasets.uploads
    assert (sent, header.size_bytes, header.sha256) == (b"abc", 0, b"")


def test_a_frame_is_sent_as_the_servers_csv(fake, client):
    client.import_dataset("office", office(client), home="10.0.0.0/16")
    (header, sent), = fake.datasets.uploads
    lines = sent.decode().splitlines()
    assert len(lines) == 20001
    assert lines[:3] == [
        "te,td,sa,da,sp,dp,pr,flg,fwd,stos,pkt,byt,label",
        "2016-04-11T00:00:00.000,0.0,10.0.0.1,198.51.100.0,1024,443,6,.AP.SF,0,0,1,40,background",
        "2016-04-11T00:00:00.007,0.004,10.0.0.2,198.51.100.1,1025,53,17,......,0,1,2,82,background",
    ]
    assert (header.size_bytes, header.sha256) == (len(sent), hashlib.sha256(sent).digest())


def test_addresses_may_be_text_and_times_of_any_zone(client):
    frame = office(client, 100)
    other = frame.assign(
        flow_end=frame["flow_end"].dt.tz_convert("Europe/Madrid").dt.as_unit("ns"),
        source_ipv4_address=client.generate("edge", rows=100).to_pandas("text")["source_ipv4_address"], label="x")
    assert b"".join(csv_blocks(other)) == b"".join(csv_blocks(frame))


@pytest.mark.parametrize("kind", ["str", "object", "Int64", "Float64", "float64", "category"])
def test_whole_numbers_may_be_of_any_type(client, kind):
    frame = office(client, 100)
    other = frame.assign(octet_delta_count=frame["octet_delta_count"].astype(kind),
                         packet_delta_count=[decimal.Decimal(value) for value in frame["packet_delta_count"]])
    assert b"".join(csv_blocks(other)) == b"".join(csv_blocks(frame))


def test_durations_have_at_most_three_decimals_and_no_exponent(client):
    thousandths = np.array([0, 1, 10, 999, 1000, 22052, 123456789, 4294967295])
    frame = office(client, len(thousandths)).assign(flow_duration_milliseconds=thousandths)
    durations = [line.split(",")[1] for line in b"".join(csv_blocks(frame)).decode().splitlines()[1:]]
    assert [round(float(text) * 1000) for text in durations] == thousandths.tolist()
    assert all(set(text) <= set("0123456789.") and len(text.partition(".")[2]) <= 3 for text in durations)


def test_every_value_of_the_flags_is_written_as_the_server_reads_it(client):
    frame = office(client, 256).assign(tcp_control_bits=range(256))
    flags = [line.split(",")[7] for line in b"".join(csv_blocks(frame)).decode().splitlines()[1:]]
    assert (flags[0], flags[2], flags[27], flags[63], flags[64], flags[255]) == (
        "......", "....S.", ".AP.SF", "UAPRSF", "0x40", "0xff")


@pytest.mark.parametrize("change, says", [
    (lambda frame: frame.drop(columns="tcp_control_bits"), "lacks tcp_control_bits"),
    (lambda frame: frame.assign(source_transport_port=70000), "source_transport_port: 70000 to 70000"),
    (lambda frame: frame.assign(packet_delta_count=1.5), "packet_delta_count: not all are whole"),
    (lambda frame: frame.assign(packet_delta_count=pandas.Series([1.5, *[2] * 9], dtype=object)),
     "packet_delta_count: not all are whole"),
    (lambda frame: frame.assign(packet_delta_count=decimal.Decimal("1.5")), "packet_delta_count: not all are whole"),
    (lambda frame: frame.assign(packet_delta_count="1.5"), "packet_delta_count: not whole numbers"),
    (lambda frame: frame.assign(flow_duration_milliseconds=pandas.Series([3000] * 10, dtype="timedelta64[us]")),
     "flow_duration_milliseconds: timedelta64.us.; make it whole numbers"),
    (lambda frame: frame.assign(octet_delta_count="many"), "octet_delta_count: not whole numbers"),
    (lambda frame: frame.assign(flow_end="2016-04-11"), "flow_end: .*pandas.to_datetime"),
    (lambda frame: frame.assign(flow_end=frame["flow_end"].where(frame.index > 0)), "have no time"),
])
def test_a_frame_that_holds_no_flows_is_refused_with_its_column(fake, client, change, says):
    with pytest.raises(ValueError, match=says):
        client.import_dataset("office", change(office(client, 10)), home="10.0.0.0/16")
    assert fake.datasets.uploads == []


def test_a_source_that_breaks_off_is_the_callers_error(fake, client):
    class Broken(io.RawIOBase):
        def read(self, size=-1):
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        client.import_dataset("office", Broken(), home="10.0.0.0/16")


def test_a_file_that_is_not_there_is_an_error_before_any_call(client):
    with pytest.raises(FileNotFoundError):
        client.import_dataset("office", "./none.csv", home="10.0.0.0/16")


def test_a_refused_upload_says_why(fake, client, tmp_path):
    (tmp_path / "office.csv").write_bytes(b"x" * 5000000)
    fake.datasets.refuse_upload = lambda context: context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "no room left")
    with pytest.raises(stanflow.ResourceExhausted, match="no room left"):
        client.import_dataset("office", tmp_path / "office.csv", home="10.0.0.0/16")


def test_equal_flows_are_uploaded_once(fake, client):
    frame = office(client, 100)
    for _ in range(2):
        client.train(frame, model="edge", home="10.0.0.0/16")
    client.train(frame, model="edge", home="10.1.0.0/16")
    names = [header.dataset for header, _ in fake.datasets.uploads]
    assert len(names) == 2 and names[0].startswith("flows-") and names[0] != names[1]
    assert [request.dataset for request in fake.synthesis.trains] == [
        "datasets/" + name for name in (names[0], names[0], names[1])]


def test_flows_without_a_home_are_refused(client):
    with pytest.raises(ValueError, match="home"):
        client.train("./office.csv", model="edge")


def test_a_synthesizer_learns_and_makes_other_flows_with_every_sample(fake, client):
    synthesizer = stanflow.FlowSynthesizer(client, home=["10.1.0.0/16"], model="shop", seed=9)
    with pytest.raises(ValueError, match="fit first"):
        synthesizer.sample(1)
    synthesizer.fit(office(client, 10))
    fake.synthesis.generates.clear()
    assert [len(synthesizer.sample(n)) for n in (50, 60)] == [50, 60]
    synthesizer.reset_sampling()
    synthesizer.sample(50)
    assert [(r.model, r.rows, r.seed, r.stream, r.home) for r in fake.synthesis.generates] == [
        ("models/edge/versions/3", rows, 9, stream, "10.1.0.0/16") for rows, stream in ((50, 0), (60, 1), (50, 0))]


def test_a_bundle_comes_and_goes_whole(fake, client, tmp_path):
    client.models.export_bundle("edge@3", tmp_path / "edge.tar")
    assert (tmp_path / "edge.tar").read_bytes() == fake.models.bundle
    assert client.models.import_bundle("copy", tmp_path / "edge.tar").name == "models/copy/versions/1"
    assert fake.models.imported == [("copy", fake.models.bundle)]


def test_times_are_utc(client):
    assert office(client, 1)["flow_end"][0] == pandas.Timestamp(START_MS, unit="ms", tz="UTC")
