"""What the server does: imports, trainings, evaluations, streams."""
from __future__ import annotations

from typing import Iterable, Iterator

from stanflow import errors
from stanflow._connection import Connection
from stanflow._names import job_name
from stanflow._progress import job_bar
from stanflow._resume import Watch
from stanflow.v1 import jobs_pb2


def list_request(states: Iterable[str]) -> jobs_pb2.ListJobsRequest:
    """`states`: "queued", "running", ...; none is all."""
    return jobs_pb2.ListJobsRequest(page_size=1000, states=["JOB_STATE_" + state.upper() for state in states])


class Jobs:
    """`client.jobs`. A job's name is "jobs/ID" or "ID"."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = connection.stubs.jobs

    def get(self, name: str) -> jobs_pb2.Job:
        """As it stands."""
        job: jobs_pb2.Job = self._connection.ask(self._stub.GetJob, jobs_pb2.GetJobRequest(name=job_name(name)))
        return job

    def list(self, states: Iterable[str] = ()) -> Iterator[jobs_pb2.Job]:
        """The newest first; only those in one of `states` ("queued", "running", "failed", ...), if any is given."""
        return self._connection.pages(self._stub.ListJobs, list_request(states), "jobs")

    def cancel(self, name: str) -> jobs_pb2.Job:
        """Asks the job to stop; answers it as it stands then."""
        job: jobs_pb2.Job = self._connection.call(self._stub.CancelJob, jobs_pb2.CancelJobRequest(name=job_name(name)))
        return job

    def watch(self, name: str, after: int = 0) -> Iterator[jobs_pb2.JobEvent]:
        """Every event after number `after`, once and in order, until the one that ends the job; also over a restart of
        the server."""
        state = Watch(job_name(name), after, self._connection.backoff(), self._connection.reached)
        return self._connection.follow(self._stub.WatchJob, state)

    def wait(self, name: str, *, progress: bool = False) -> jobs_pb2.Job:
        """The job once it has SUCCEEDED; JobFailed or JobCancelled, which hold it, if it ended otherwise."""
        with job_bar(progress, job_name(name)) as show:
            for event in self.watch(name):
                show(event)
        job = self.get(name)
        if job.state != jobs_pb2.JOB_STATE_SUCCEEDED:
            raise errors.from_job(job)
        return job

    def artifact(self, name: str, artifact: str) -> bytes:
        """A file that the job made, "report.json" for instance."""
        request = jobs_pb2.GetArtifactRequest(name=job_name(name), artifact=artifact)
        return self._connection.again(lambda: b"".join(self._connection.receive(self._stub.GetArtifact, request)))
