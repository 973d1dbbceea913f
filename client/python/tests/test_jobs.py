"""Jobs: waiting for them, and what comes of them."""
import datetime

import grpc
import pytest
import stanflow
from fake_server import refuse
from stanflow.v1 import jobs_pb2, synthesis_pb2


def test_training_waits_for_the_jobs_end_and_answers_it(fake, client):
    job = client.train("office", model="edge", preset="b1", max_minutes=2, options={"width": 8, "rate": 0.5}, seed=5)
    assert (job.name, job.result) == ("jobs/train-1", "models/edge/versions/3")
    request, = fake.synthesis.trains
    assert (request.dataset, request.model, request.preset) == ("datasets/office", "edge", "b1")
    assert (request.max_minutes, request.seed, dict(request.options)) == (2, 5, {"width": "8", "rate": "0.5"})


def test_training_need_not_be_waited_for(fake, client):
    assert client.train("office", model="edge", wait=False).state == jobs_pb2.JOB_STATE_QUEUED
    assert fake.jobs.watches == []


def test_a_stream_is_waited_for_as_every_job(fake, client, capsys):
    fake.jobs.ended.result_json = '{"flows_sent": 500}'
    fake.jobs.events[1].progress.message = "125 flows"
    job = client.stream("edge@prod", to="ipfix://127.0.0.1", rows=500, hosts=20, seed=7, start="2026-01-05", rate=1000,
                        when_full="drop", exporters=4, priority=2, request_id="r", progress=True)
    assert (job.name, job.result_json) == ("jobs/stream-1", '{"flows_sent": 500}')
    assert "125 flows" in capsys.readouterr().err
    request, = fake.synthesis.streams
    assert (request.to, request.flows_per_second, request.WhichOneof("pace")) == ("ipfix://127.0.0.1", 1000,
                                                                                  "flows_per_second")
    assert (request.when_full, request.exporters) == (synthesis_pb2.WHEN_FULL_DROP, 4)
    assert (request.priority, request.request_id) == (2, "r")
    flows = request.generate
    assert (flows.model, flows.rows, flows.hosts, flows.seed) == ("edge@prod", 500, 20, 7)
    assert flows.start.ToDatetime() == datetime.datetime(2026, 1, 5)
    # The server's own to choose and to remember.
    assert (flows.chunk_rows, flows.resume_token) == (0, b"")


def test_a_stream_goes_on_without_its_caller(fake, client):
    assert client.stream("edge", to="kafka://broker/flows", wait=False).state == jobs_pb2.JOB_STATE_QUEUED
    assert fake.jobs.watches == []
    request, = fake.synthesis.streams
    assert (request.WhichOneof("pace"), request.generate.WhichOneof("extent")) == (None, None)
    assert (request.when_full, request.exporters) == (synthesis_pb2.WHEN_FULL_WAIT, 1)


@pytest.mark.parametrize("wrong, says", [({"rate": 1, "speed": 1}, "rate and speed"), ({"when_full": "full"}, "'wait'"),
                                         ({"rows": 1, "duration": 1}, "rows and duration")])
def test_a_stream_that_can_not_be_meant_is_not_asked_for(fake, client, wrong, says):
    with pytest.raises(ValueError, match=says):
        client.stream("edge", to="file:flows.csv", **wrong)
    assert fake.synthesis.streams == []


def test_a_collection_goes_on_without_its_caller_or_is_waited_for(fake, client):
    assert client.collect("uplink", home="10.1.0.0/16", wait=False).state == jobs_pb2.JOB_STATE_QUEUED
    assert fake.jobs.watches == []
    ended = client.collect("uplink", listen="0.0.0.0:9995", home=["10.1.0.0/16", "10.2.0.0/16"], holdout="hours=odd",
                           max_rows=5000, max_minutes=30, publish_seconds=2, priority=1, request_id="r")
    assert (ended.name, ended.state) == ("jobs/collect-1", jobs_pb2.JOB_STATE_SUCCEEDED)
    first, second = fake.datasets.collects
    assert (first.dataset, first.listen, list(first.home), first.holdout) == ("uplink", "127.0.0.1:2055",
                                                                              ["10.1.0.0/16"], "")
    assert (first.max_rows, first.max_minutes, first.publish_seconds) == (0, 0, 60)
    assert first.request_id
    assert (second.listen, list(second.home), second.holdout) == ("0.0.0.0:9995", ["10.1.0.0/16", "10.2.0.0/16"],
                                                                  "hours=odd")
    assert (second.max_rows, second.max_minutes, second.publish_seconds) == (5000, 30, 2)
    assert (second.priority, second.request_id) == (1, "r")


def test_a_watch_that_breaks_goes_on_after_the_last_event(fake, client):
    fake.jobs.break_watch_after = 2
    assert [event.sequence for event in client.jobs.watch("1")] == [1, 2, 3, 4]
    assert fake.jobs.watches == [("jobs/1", 0), ("jobs/1", 2)]


def test_events_that_are_known_are_left_out(client):
    assert [event.sequence for event in client.jobs.watch("jobs/1", after=2)] == [3, 4]


def test_a_job_that_failed_is_an_exception_that_holds_it(fake, client):
    fake.jobs.end_as(jobs_pb2.JOB_STATE_FAILED, "INVALID_ARGUMENT", "100 of 2099 rows can't be used")
    with pytest.raises(stanflow.JobFailed, match="jobs/train-1 failed: INVALID_ARGUMENT: 100 of 2099 rows") as caught:
        client.train("office", model="edge")
    assert caught.value.code == "INVALID_ARGUMENT"
    assert caught.value.job.state == jobs_pb2.JOB_STATE_FAILED


def test_a_job_that_was_cancelled_is_an_exception_of_its_own(fake, client):
    fake.jobs.end_as(jobs_pb2.JOB_STATE_CANCELLED)
    with pytest.raises(stanflow.JobCancelled):
        client.jobs.wait("1")


def test_progress_is_shown(client, capsys):
    client.train("office", model="edge", progress=True)
    shown = capsys.readouterr().err
    assert "jobs/train-1" in shown and "100%" in shown


def test_lists_go_over_all_pages(fake, client):
    fake.jobs.listed = 5
    assert [job.name for job in client.jobs.list(["running", "queued"])] == [f"jobs/{i}" for i in range(5)]
    assert list(fake.jobs.lists[0].states) == [jobs_pb2.JOB_STATE_RUNNING, jobs_pb2.JOB_STATE_QUEUED]


def test_a_state_that_is_none_is_refused(client):
    with pytest.raises(ValueError):
        client.jobs.list(["sleeping"])


def test_an_evaluation_answers_its_report(fake, client, tmp_path):
    report = client.evaluate("edge", "office", rows=5000, hosts=10, seed=3, task_rows=0)
    assert report.figures["jsd"]["bytes"]["value"] == 0.03
    assert "&lt;p&gt;a report&lt;/p&gt;" in report._repr_html_()
    report.save(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text() == "<p>a report</p>"
    request, = fake.synthesis.evaluates
    assert (request.model, request.dataset, request.task_rows) == ("edge", "datasets/office", 0)
    assert (request.generate.model, request.generate.rows, request.generate.hosts) == ("", 5000, 10)


def test_a_report_is_plotted(client):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    axes = client.report("jobs/evaluate-1").plot()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["bytes"]


def test_flows_of_a_file_are_a_dataset_while_they_are_judged(fake, client, tmp_path):
    flows = tmp_path / "syn.csv"
    flows.write_bytes(b"some flows")
    client.evaluate("edge", "office", synthetic=flows)
    (header, data), = fake.datasets.uploads
    assert (data, list(header.home)) == (b"some flows", ["10.0.0.0/16"])
    assert fake.synthesis.evaluates[0].synthetic_dataset == "datasets/" + header.dataset
    assert fake.datasets.deleted == ["datasets/" + header.dataset]


def test_equal_flows_that_are_judged_at_once_are_datasets_of_their_own(fake, client, tmp_path):
    flows = tmp_path / "syn.csv"
    flows.write_bytes(b"some flows")
    for request_id in ("", "", "r", "r"):
        client.evaluate("edge", "office", synthetic=flows, request_id=request_id)
    first, second, third, fourth = [header.dataset for header, _ in fake.datasets.uploads]
    assert len({first, second, third}) == 3
    # The same id is the same request.
    assert third == fourth


def test_flows_that_can_not_be_deleted_after_they_were_judged_are_told_of(fake, client, tmp_path):
    flows = tmp_path / "syn.csv"
    flows.write_bytes(b"some flows")
    fake.datasets.refuse_delete = lambda context: refuse(context, grpc.StatusCode.FAILED_PRECONDITION,
                                                         "jobs/evaluate-1 reads it")
    with pytest.warns(UserWarning, match=r"jobs/evaluate-1 reads it; later: client.datasets.delete\('datasets/syn"):
        client.evaluate("edge", "office", synthetic=flows)


def test_flows_whose_import_fails_are_no_dataset_to_be_told_of(fake, client, tmp_path, recwarn):
    flows = tmp_path / "syn.csv"
    flows.write_bytes(b"some flows")
    fake.datasets.keeps = False
    fake.jobs.end_as(jobs_pb2.JOB_STATE_FAILED, "INVALID_ARGUMENT", "no known format")
    with pytest.raises(stanflow.JobFailed, match="no known format"):
        client.evaluate("edge", "office", synthetic=flows)
    assert [str(warning.message) for warning in recwarn] == []


def test_an_import_of_flows_to_be_judged_ends_with_the_wait_for_it(fake, client, tmp_path, monkeypatch):
    flows = tmp_path / "syn.csv"
    flows.write_bytes(b"some flows")
    fake.datasets.keeps = False

    def interrupted(name, **arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(client.jobs, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        client.evaluate("edge", "office", synthetic=flows)
    assert fake.jobs.cancelled == ["jobs/import-1"]


def test_a_dataset_is_judged_as_it_is_and_stays(fake, client):
    client.evaluate("edge", "office", synthetic="other")
    assert fake.synthesis.evaluates[0].synthetic_dataset == "datasets/other"
    assert (fake.datasets.uploads, fake.datasets.deleted) == ([], [])


def test_cancel_asks(client):
    assert client.jobs.cancel("7").state == jobs_pb2.JOB_STATE_CANCELLING
