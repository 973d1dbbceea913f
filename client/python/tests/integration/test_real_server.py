"""The client and the built programs together."""
import asyncio
import io
import itertools
import json
import pathlib

import pandas
import pytest
import stanflow
from conftest import SMALL
from frames import assert_same, frame_of_csv, frame_of_jsonl


@pytest.fixture
def client(server):
    with stanflow.Client(server.address) as client:
        yield client


def test_generate_gives_what_the_command_line_writes(server, client, tmp_path):
    flows = tmp_path / "syn.jsonl"
    server.run("generate", "--model", "edge", "--hosts", 5, "--rows", 3000, "--seed", 7, "--format", "jsonl",
               "--output", flows)
    made = client.generate("edge", hosts=5, rows=3000, seed=7).to_pandas(addresses="text")
    assert_same(made, frame_of_jsonl(flows))


def test_a_frame_is_imported_as_the_file_that_it_was_read_from(server, client):
    same = {"home": "10.0.0.0/16", "holdout": "hours=odd"}
    of_file = client.import_dataset("of-file", server.office, **same)
    of_frame = client.import_dataset("of-frame", frame_of_csv(server.office), **same)
    assert (of_frame.rows, of_frame.rejected_rows) == (12000, 0)
    assert of_frame.digest == of_file.digest


class Broken(io.RawIOBase):
    """The beginning of a file."""

    def __init__(self, path):
        self.blocks = [path.read_bytes()[:200000]]

    def read(self, size=-1):
        if not self.blocks:
            raise OSError("the disk is gone")
        return self.blocks.pop()


def test_a_file_that_can_be_read_only_in_part_is_no_dataset(server, client):
    office = pathlib.Path(server.office)

    async def use():
        async with stanflow.aio.Client(server.address) as other:
            await other.import_dataset("broken", Broken(office), home="10.0.0.0/16")

    before = [job.name for job in client.jobs.list()]
    with pytest.raises(OSError, match="the disk is gone"):
        client.import_dataset("broken", Broken(office), home="10.0.0.0/16")
    with pytest.raises(OSError, match="the disk is gone"):
        asyncio.run(use())
    assert [job.name for job in client.jobs.list()] == before


def test_both_faces_give_the_same_flows(server, client):
    async def use():
        async with stanflow.aio.Client(server.address) as other:
            return await other.generate("edge", hosts=5, rows=3000, seed=7).to_pandas()

    pandas.testing.assert_frame_equal(asyncio.run(use()),
                                      client.generate("edge", hosts=5, rows=3000, seed=7).to_pandas())


def test_a_stream_whose_server_is_killed_goes_on_without_a_gap_or_a_repeat(server, client):
    same = {"hosts": 40, "rows": 200000, "seed": 3}
    whole = client.generate("edge", **same).to_pandas()
    stream = client.generate("edge", **same)
    batches = list(itertools.islice(stream, 2))
    server.kill()
    server.start()
    batches += stream
    assert stream.reconnects > 0
    pandas.testing.assert_frame_equal(pandas.concat([b.to_pandas() for b in batches], ignore_index=True), whole)


def test_an_asyncio_stream_whose_server_is_killed_goes_on_without_a_gap_or_a_repeat(server, client):
    same = {"hosts": 40, "rows": 200000, "seed": 3}

    async def use():
        async with stanflow.aio.Client(server.address) as other:
            stream = other.generate("edge", **same)
            batches = [await stream.__anext__(), await stream.__anext__()]
            server.kill()
            server.start()
            return batches + [batch async for batch in stream], stream.reconnects

    batches, reconnects = asyncio.run(use())
    assert reconnects > 0
    pandas.testing.assert_frame_equal(pandas.concat([b.to_pandas() for b in batches], ignore_index=True),
                                      client.generate("edge", **same).to_pandas())


def test_a_batchs_token_goes_on_in_another_client(server, client):
    same = {"hosts": 5, "rows": 20000, "seed": 3}
    with client.generate("edge", **same) as stream:
        first = next(stream)
    with stanflow.Client(server.address) as other:
        rest = other.generate("edge", **same, resume_token=first.resume_token).to_pandas()
    both = pandas.concat([first.to_pandas(), rest], ignore_index=True)
    pandas.testing.assert_frame_equal(both, client.generate("edge", **same).to_pandas())


def test_a_stream_writes_what_generate_gives(server, client, tmp_path):
    same = {"hosts": 5, "rows": 3000, "seed": 7}
    job = client.stream("edge", to="file:streamed.jsonl?format=jsonl", **same)
    figures = json.loads(job.result_json)
    assert (figures["rows"], figures["flows_sent"]) == (3000, 3000)
    server.run("generate", "--model", "edge", "--hosts", 5, "--rows", 3000, "--seed", 7, "--format", "jsonl",
               "--output", tmp_path / "generated.jsonl")
    streamed = pathlib.Path(server.folder) / "data" / "exports" / "streamed.jsonl"
    assert streamed.read_bytes() == (tmp_path / "generated.jsonl").read_bytes()


def test_a_stream_without_an_end_ends_by_a_cancel(server, client):
    job = client.stream("edge", to="netflow9://127.0.0.1:9", rate=100, wait=False)
    for event in client.jobs.watch(job.name):
        if event.progress.message:
            break
    client.jobs.cancel(job.name)
    with pytest.raises(stanflow.JobCancelled):
        client.jobs.wait(job.name)


def test_what_comes_over_the_network_is_a_dataset(server, client):
    from udp_peers import free_udp_port  # Found once there is a server.

    port = free_udp_port()
    collection = client.collect("uplink", listen=f"127.0.0.1:{port}", home="10.0.0.0/16", wait=False)
    for event in client.jobs.watch(collection.name):
        if event.progress.message:
            break  # It listens.
    client.stream("edge", to=f"netflow9://127.0.0.1:{port}", rows=2000, seed=7, rate=10000)
    client.jobs.cancel(collection.name)
    with pytest.raises(stanflow.JobCancelled):
        client.jobs.wait(collection.name)
    dataset = client.datasets.get("uplink")
    # Flows of protocol 58, which is IPv6's ICMP, are rejected.
    assert dataset.rows + dataset.rejected_rows == 2000
    assert dataset.rows > 1900


def test_a_place_that_flows_can_not_go_to_is_refused_at_once(client):
    with pytest.raises(stanflow.InvalidArgument) as caught:
        client.stream("edge", to="netflow7://127.0.0.1")
    assert caught.value.violations[0].field == "to"


def test_what_was_generated_is_judged(client):
    flows = client.generate("edge", rows=5000, hosts=10).to_pandas()
    report = client.evaluate("edge", "simulated", synthetic=flows, task_rows=0)
    assert report.figures["rows_synthetic"] == 5000
    assert "<svg" in report.page
    assert [dataset.name for dataset in client.datasets.list() if "synthetic" in dataset.name] == []


def test_fit_and_sample(client):
    flows = client.generate("edge", rows=5000, hosts=10).to_pandas()
    synthesizer = stanflow.FlowSynthesizer(client, home="10.0.0.0/16", model="again", options=SMALL).fit(flows)
    assert synthesizer.model_ == "models/again/versions/1"
    assert len(synthesizer.sample(500)) == 500


def test_wrong_inputs_are_answered_by_what_is_wrong_and_what_would_do(client, tmp_path):
    with pytest.raises(stanflow.NotFound, match="there are: "):
        next(client.generate("egde", rows=1))
    with pytest.raises(stanflow.InvalidArgument) as caught:
        client.train("simulated", model="m", options={"widht": 3})
    assert caught.value.reason == "INVALID_FIELD"
    assert caught.value.violations[0].field == "options"
    (tmp_path / "wrong.csv").write_text("time,src,dst,bytes\n1,2,3,4\n")
    with pytest.raises(stanflow.JobFailed, match="no known format"):
        client.import_dataset("wrong", tmp_path / "wrong.csv", home="10.0.0.0/16")


def test_a_model_travels(client, tmp_path):
    client.models.export_bundle("edge", tmp_path / "edge.tar")
    copy = client.models.import_bundle("copy", tmp_path / "edge.tar")
    client.models.set_alias("copy", "prod", 1)
    assert client.models.get("copy@prod").name == copy.name
    same = {"rows": 1000, "hosts": 3, "seed": 2}
    pandas.testing.assert_frame_equal(client.generate("copy@prod", **same).to_pandas(),
                                      client.generate("edge", **same).to_pandas())
