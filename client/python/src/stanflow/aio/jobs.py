"""As stanflow.jobs, for asyncio."""
from __future__ import annotations

from typing import AsyncGenerator, AsyncIterator, Iterable

from stanflow import errors
from stanflow._names import job_name
from stanflow._progress import job_bar
from stanflow._resume import Watch
from stanflow.aio._connection import Connection
from stanflow.jobs import list_request
from stanflow.v1 import jobs_pb2


class Jobs:
    """`client.jobs`, as stanflow.jobs.Jobs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = connection.stubs.jobs

    async def get(self, name: str) -> jobs_pb2.Job:
        return await self._connection.ask(self._stub.GetJob, jobs_pb2.GetJobRequest(name=job_name(name)))

    def list(self, states: Iterable[str] = ()) -> AsyncIterator[jobs_pb2.Job]:
        return self._connection.pages(self._stub.ListJobs, list_request(states), "jobs")

    async def cancel(self, name: str) -> jobs_pb2.Job:
        return await self._connection.call(self._stub.CancelJob, jobs_pb2.CancelJobRequest(name=job_name(name)))

    def watch(self, name: str, after: int = 0) -> AsyncGenerator[jobs_pb2.JobEvent, None]:
        state = Watch(job_name(name), after, self._connection.backoff(), self._connection.reached)
        return self._connection.follow(self._stub.WatchJob, state)

    async def wait(self, name: str, *, progress: bool = False) -> jobs_pb2.Job:
        with job_bar(progress, job_name(name)) as show:
            async for event in self.watch(name):
                show(event)
        job = await self.get(name)
        if job.state != jobs_pb2.JOB_STATE_SUCCEEDED:
            raise errors.from_job(job)
        return job

    async def artifact(self, name: str, artifact: str) -> bytes:
        request = jobs_pb2.GetArtifactRequest(name=job_name(name), artifact=artifact)

        async def read() -> bytes:
            return b"".join([data async for data in self._connection.receive(self._stub.GetArtifact, request)])

        return await self._connection.again(read)
