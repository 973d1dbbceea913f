"""The client for asyncio."""
import asyncio
import contextlib
import io
import threading

import grpc
import pandas
import pytest
import stanflow
from stanflow import _tables
from stanflow.v1 import jobs_pb2
from test_generate import assert_is_sequence


def run(fake, use):
    async def main():
        async with stanflow.aio.Client(fake.address) as client:
            return await use(client)

    return asyncio.run(main())


def test_broken_streams_go_on_without_a_gap_or_a_repeat(fake, quick):
    async def use(client):
        stream = client.generate("edge", rows=1000)
        return [batch async for batch in stream], stream.reconnects

    fake.synthesis.breaks = [250, 0, 300]
    batches, reconnects = run(fake, use)
    assert_is_sequence(batches, 0, 1000)
    assert reconnects == 3


def test_streams_at_once_do_not_mix(fake):
    async def use(client):
        return await asyncio.gather(*[client.generate("edge", rows=rows).to_pandas() for rows in range(100, 800, 100)])

    frames = run(fake, use)
    assert [len(frame) for frame in frames] == list(range(100, 800, 100))
    for frame in frames[:-1]:
        pandas.testing.assert_frame_equal(frame, frames[-1][:len(frame)])


def test_a_stream_that_is_left_ends_its_call(fake):
    async def use(client):
        async with client.generate("edge") as stream:
            assert len(await stream.__anext__()) == 100
        # While the client is still there.
        return await asyncio.to_thread(fake.synthesis.over.acquire, timeout=60)

    assert run(fake, use)


def test_a_parquet_file_is_the_table(fake, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")

    async def use(client):
        await client.generate("edge", rows=500).to_parquet(tmp_path / "flows.parquet")
        return await client.generate("edge", rows=500).to_arrow()

    assert run(fake, use).equals(parquet.read_table(tmp_path / "flows.parquet"))


def test_a_parquet_file_that_is_given_up_is_closed_when_the_write_that_runs_is_over(fake, tmp_path, monkeypatch):
    done, writing, go_on = [], threading.Event(), threading.Event()

    @contextlib.contextmanager
    def parquet_file(path):
        def add(batch):
            writing.set()
            go_on.wait()
            done.append("written")

        try:
            yield add
        finally:
            done.append("closed")

    async def use(client):
        task = asyncio.create_task(client.generate("edge", rows=500).to_parquet(tmp_path / "flows.parquet"))
        await asyncio.to_thread(writing.wait)
        for _ in range(2):  # The second is of one who has no patience.
            task.cancel()
            for _ in range(10):  # The task has its turns.
                await asyncio.sleep(0)
        before = list(done)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return before

    monkeypatch.setattr(_tables, "parquet_file", parquet_file)
    assert run(fake, use) == []
    assert done == ["written", "closed"]


def test_what_can_not_become_of_flows_is_an_error_before_they_are_read(fake):
    async def use(client):
        with pytest.raises(ValueError, match="addresses: 'names'"):
            await client.generate("edge", rows=10).to_pandas(addresses="names")

    run(fake, use)
    assert fake.synthesis.generates == []


def test_a_frame_is_made_beside_the_event_loop(fake, monkeypatch):
    made_in = []

    def frame(batches, addresses):
        made_in.append(threading.current_thread())

    async def use(client):
        await client.generate("edge", rows=10).to_pandas()

    monkeypatch.setattr(_tables, "frame", frame)
    run(fake, use)
    assert made_in != [] and made_in != [threading.current_thread()]


def test_errors_are_the_same(fake):
    async def use(client):
        await client.generate("edge", rows=10).to_pandas()

    fake.synthesis.refusals = [lambda context: context.abort(grpc.StatusCode.NOT_FOUND, "there is no model 'egde'")]
    with pytest.raises(stanflow.NotFound, match="egde"):
        run(fake, use)


def test_the_whole_path(fake, quick, tmp_path):
    async def use(client):
        dataset = await client.import_dataset("office", tmp_path / "office.csv", home="10.0.0.0/16")
        job = await client.train(dataset.name, model="edge")
        report = await client.evaluate("edge", "office", synthetic=tmp_path / "office.csv")
        names = [dataset.name async for dataset in client.datasets.list()]
        return job.result, report.figures["jsd"]["bytes"]["value"], names

    (tmp_path / "office.csv").write_bytes(b"some flows")
    fake.jobs.break_watch_after = 2
    assert run(fake, use) == ("models/edge/versions/3", 0.03, ["datasets/office"])
    assert [data for _, data in fake.datasets.uploads] == [b"some flows"] * 2
    assert fake.datasets.deleted == ["datasets/" + fake.datasets.uploads[1][0].dataset]


def test_an_import_of_flows_to_be_judged_ends_with_the_wait_for_it(fake, tmp_path, monkeypatch):
    async def cancelled(name, **arguments):
        asyncio.current_task().cancel()
        await asyncio.sleep(0)

    async def use(client):
        monkeypatch.setattr(client.jobs, "wait", cancelled)
        with pytest.raises(asyncio.CancelledError):
            await asyncio.create_task(client.evaluate("edge", "office", synthetic=tmp_path / "syn.csv"))

    (tmp_path / "syn.csv").write_bytes(b"some flows")
    fake.datasets.keeps = False
    run(fake, use)
    assert fake.jobs.cancelled == ["jobs/import-1"]


def test_a_stream_is_a_job_that_is_waited_for_or_not(fake):
    async def use(client):
        ended = await client.stream("edge", to="file:flows.csv", duration=60, speed=10)
        return ended.state, (await client.stream("edge", to="file:flows.csv", wait=False)).state

    assert run(fake, use) == (jobs_pb2.JOB_STATE_SUCCEEDED, jobs_pb2.JOB_STATE_QUEUED)
    first, second = fake.synthesis.streams
    assert (first.to, first.speed, first.generate.duration_seconds) == ("file:flows.csv", 10, 60)
    assert second.WhichOneof("pace") is None


def test_a_collection_is_a_job_that_is_waited_for_or_not(fake):
    async def use(client):
        ended = await client.collect("uplink", home="10.1.0.0/16", max_rows=5000)
        return ended.state, (await client.collect("uplink", wait=False)).state

    assert run(fake, use) == (jobs_pb2.JOB_STATE_SUCCEEDED, jobs_pb2.JOB_STATE_QUEUED)
    first, second = fake.datasets.collects
    assert (first.dataset, list(first.home), first.max_rows) == ("uplink", ["10.1.0.0/16"], 5000)
    assert (list(second.home), second.max_rows) == ([], 0)


def test_a_job_that_failed_is_an_exception(fake):
    async def use(client):
        await client.jobs.wait("1")

    fake.jobs.end_as(jobs_pb2.JOB_STATE_FAILED, "INTERNAL", "the loss is not a number")
    with pytest.raises(stanflow.JobFailed, match="the loss is not a number"):
        run(fake, use)


def test_a_file_that_is_not_there_is_the_callers_error(fake):
    async def use(client):
        await client.import_dataset("office", "./none.csv", home="10.0.0.0/16")

    with pytest.raises(FileNotFoundError):
        run(fake, use)
    assert fake.datasets.uploads == []


def test_a_refused_upload_says_why(fake, tmp_path):
    async def use(client):
        await client.import_dataset("office", tmp_path / "office.csv", home="10.0.0.0/16")

    (tmp_path / "office.csv").write_bytes(b"x" * 5000000)
    fake.datasets.refuse_upload = lambda context: context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "no room left")
    with pytest.raises(stanflow.ResourceExhausted, match="no room left"):
        run(fake, use)


def test_an_upload_that_is_cancelled_ends_its_call(fake):
    class Endless(io.RawIOBase):
        def read(self, size=-1):
            return b"x" * 1000

    async def use(client):
        task = asyncio.create_task(client.import_dataset("office", Endless(), home="10.0.0.0/16"))
        assert await asyncio.to_thread(fake.datasets.begun.acquire, timeout=60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await asyncio.to_thread(fake.datasets.over.acquire, timeout=60)

    assert run(fake, use)


def test_a_bundle_comes_and_goes_whole(fake, tmp_path):
    async def use(client):
        await client.models.export_bundle("edge@3", tmp_path / "edge.tar")
        await client.models.import_bundle("copy", tmp_path / "edge.tar")

    run(fake, use)
    assert fake.models.imported == [("copy", fake.models.bundle)]
