"""What is tried again where the server goes away for a while, and what is not."""
import asyncio
import io

import grpc
import pytest
import stanflow
from fake_server import refuse
from stanflow._resume import Backoff, Watch, until_again

SUBMITS = {
    "Train": lambda client, **more: client.train("office", model="edge", **more),
    "Stream": lambda client, **more: client.stream("edge", to="file:flows.csv", rows=5, **more),
    "Collect": lambda client, **more: client.collect("uplink", home="10.1.0.0/16", **more),
    "Evaluate": lambda client, **more: client.evaluate("edge", "office", **more),
}


def submits(fake):
    return [*fake.synthesis.trains, *fake.synthesis.streams, *fake.datasets.collects, *fake.synthesis.evaluates]


@pytest.fixture
def office(tmp_path):
    (tmp_path / "office.csv").write_bytes(b"some flows")
    return tmp_path / "office.csv"


@pytest.fixture(params=["sync", "asyncio"])
def use(request, fake, quick):
    """Runs a use of the client of either face. The server has answered that client before."""

    def sync(action):
        with stanflow.Client(fake.address) as client:
            list(client.datasets.list())
            return action(client)

    def aio(action):
        async def main():
            async with stanflow.aio.Client(fake.address) as client:
                [dataset async for dataset in client.datasets.list()]
                return await action(client)

        return asyncio.run(main())

    return sync if request.param == "sync" else aio


@pytest.mark.parametrize("method", SUBMITS)
def test_a_submit_whose_answer_was_lost_is_the_same_submit_again(fake, use, method):
    fake.lost.of[method] = 2
    use(SUBMITS[method])
    first, second, third = submits(fake)
    assert first.request_id and first == second == third


@pytest.mark.parametrize("method", SUBMITS)
def test_every_submit_has_an_id_of_its_own_or_the_callers(fake, client, method):
    for more in ({}, {}, {"request_id": "r"}):
        SUBMITS[method](client, **more)
    first, second, third = [request.request_id for request in submits(fake)]
    assert "" != first != second != "" and third == "r"


def test_an_upload_whose_answer_was_lost_is_the_same_upload_again(fake, use, office):
    fake.lost.of["Upload"] = 1
    use(lambda client: client.import_dataset("office", office, home="10.0.0.0/16"))
    first, second = fake.datasets.uploads
    assert first[0].request_id and first == second


def test_an_open_file_is_not_sent_twice(fake, use):
    fake.lost.of["Upload"] = 1
    with pytest.raises(stanflow.Unavailable):
        use(lambda client: client.import_dataset("office", io.BytesIO(b"abc"), home="10.0.0.0/16"))
    assert len(fake.datasets.uploads) == 1


@pytest.mark.parametrize("method, calls", [("GetJob", 3), ("GetArtifact", 3), ("WatchJob", 2)])
def test_an_evaluation_outlasts_a_server_that_is_away_at_its_end(fake, use, method, calls):
    fake.lost.of[method] = 1
    report = use(lambda client: client.evaluate("edge", "office"))
    assert (report.figures["jsd"]["bytes"]["value"], report.page) == (0.03, "<p>a report</p>")
    assert fake.lost.calls.count(method) == calls


def test_a_bundle_that_broke_off_is_read_from_its_beginning(fake, use, tmp_path):
    fake.lost.of["ExportModel"] = 1
    use(lambda client: client.models.export_bundle("edge", tmp_path / "edge.tar"))
    assert (tmp_path / "edge.tar").read_bytes() == fake.models.bundle


def test_a_delete_is_not_repeated(fake, use):
    fake.datasets.existing.add("datasets/office")
    fake.lost.of["DeleteDataset"] = 1
    with pytest.raises(stanflow.Unavailable):
        use(lambda client: client.datasets.delete("office"))
    assert fake.datasets.deleted == ["datasets/office"]


def test_a_server_that_never_answered_is_an_error_at_once(fake, client):
    fake.lost.of["GetJob"] = 1
    with pytest.raises(stanflow.Unavailable):
        client.jobs.get("1")
    assert fake.lost.calls == ["GetJob"]


def test_a_wait_goes_on_where_too_many_calls_wait(fake, use):
    def busy(context):
        refuse(context, grpc.StatusCode.RESOURCE_EXHAUSTED, "the server has too many calls waiting; try again")

    fake.jobs.break_watch_after, fake.jobs.break_watch = 1, busy
    assert use(lambda client: client.jobs.wait("1")).name == "jobs/1"
    assert fake.jobs.watches == [("jobs/1", 0), ("jobs/1", 1)]


def told(code, reason, seconds=1.5):
    return stanflow.StanflowError("later", code=code, reason=reason, retry_seconds=seconds, told=True)


def test_a_repeat_waits_as_long_as_the_server_asks_for():
    assert until_again(told("UNAVAILABLE", "UNAVAILABLE"), Backoff(60), reached=True) == 1.5
    assert Watch("jobs/1", 0, Backoff(60), reached=True).after(told("UNAVAILABLE", "UNAVAILABLE")) == 1.5


def test_what_the_server_itself_says_shows_that_it_was_reached():
    assert Watch("jobs/1", 0, Backoff(60), reached=False).after(told("RESOURCE_EXHAUSTED", "CALLS_FULL")) == 1.5


@pytest.mark.parametrize("reason, again", [("CALLS_FULL", True), ("DISK_FULL", False)])
def test_a_submit_that_was_not_looked_at_is_repeated_and_one_that_was_refused_is_not(reason, again):
    error = told("RESOURCE_EXHAUSTED", reason)
    if again:
        assert until_again(error, Backoff(60), reached=True) == 1.5
    else:
        with pytest.raises(stanflow.StanflowError):
            until_again(error, Backoff(60), reached=True)
