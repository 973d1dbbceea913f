"""A client's connection: what ends it, and what ends its calls."""
import asyncio
import io
import sys

import pytest
import stanflow
from stanflow._connection import CHANNEL_OPTIONS
from stanflow.v1 import datasets_pb2


def test_a_stream_whose_client_is_closed_is_cancelled(fake, client):
    stream = client.generate("edge")
    next(stream)
    client.close()
    with pytest.raises(stanflow.Cancelled, match="the client was closed"):
        for _ in stream:
            pass
    assert len(fake.synthesis.generates) == 1


@pytest.mark.parametrize("use", [
    lambda client: client.jobs.get("1"), lambda client: client.jobs.artifact("1", "report.json"),
    lambda client: client.jobs.wait("1"), lambda client: next(client.generate("edge")),
    lambda client: client.import_dataset("office", io.BytesIO(b"a"), home="10.0.0.0/16")])
def test_a_closed_client_answers_nothing(client, use):
    client.close()
    with pytest.raises(stanflow.Cancelled, match="the client was closed"):
        use(client)


def test_an_asyncio_stream_whose_client_is_closed_is_cancelled_but_its_task_is_not(fake):
    async def main():
        client = stanflow.aio.Client(fake.address)
        stream = client.generate("edge")
        await stream.__anext__()
        await client.close()
        with pytest.raises(stanflow.Cancelled, match="the client was closed"):
            async for _ in stream:
                pass

    asyncio.run(main())


def test_a_closed_asyncio_client_answers_nothing(fake):
    async def main():
        client = stanflow.aio.Client(fake.address)
        await client.close()
        for use in (client.jobs.get("1"), client.jobs.artifact("1", "report.json"), client.jobs.wait("1"),
                    client.generate("edge").__anext__(),
                    client.import_dataset("office", io.BytesIO(b"a"), home="10.0.0.0/16")):
            with pytest.raises(stanflow.Cancelled, match="the client was closed"):
                await use

    asyncio.run(main())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="a task does not say whether it was cancelled")
def test_a_task_that_is_cancelled_stays_so_while_its_client_is_closed(fake):
    async def main():
        client = stanflow.aio.Client(fake.address)
        stream = client.generate("edge")
        await stream.__anext__()

        async def drain():
            async for _ in stream:
                pass

        task = asyncio.create_task(drain())
        await asyncio.sleep(0)  # It runs.
        task.cancel()
        await client.close()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


def test_an_upload_that_is_interrupted_ends_its_call(fake, client):
    def endless():
        while True:
            yield datasets_pb2.UploadRequest(data=b"x" * 1000)

    class Interrupted:
        """A call that Ctrl-C hits while its answer is waited for."""

        def __init__(self, method):
            self._method = method

        def future(self, requests):
            self._call = self._method.future(requests)
            return self

        def result(self):
            assert fake.datasets.begun.acquire(timeout=60)
            raise KeyboardInterrupt

        def cancel(self):
            self._call.cancel()

    with pytest.raises(KeyboardInterrupt):
        client._connection.send(Interrupted(client._connection.stubs.datasets.Upload), endless())
    assert fake.datasets.over.acquire(timeout=60)


def test_a_server_whose_machine_vanished_is_not_waited_for_without_end():
    options = dict(CHANNEL_OPTIONS)
    # More often than every five minutes is abuse to gRPC's servers.
    assert 300000 < options["grpc.keepalive_time_ms"] < 600000
    assert options["grpc.keepalive_timeout_ms"] == 20000
    # gRPC's own limit is two, which are over after twelve minutes of a quiet watch.
    assert options["grpc.http2.max_pings_without_data"] == 0
