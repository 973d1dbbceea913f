"""As stanflow.client, for asyncio."""
from __future__ import annotations

import asyncio
import warnings
from typing import Any, Mapping, Optional

import grpc

from stanflow import _requests, errors
from stanflow._names import Home, dataset_name, is_dataset
from stanflow._requests import Duration, Start, WhenFull
from stanflow._sources import Flows, source_of
from stanflow.aio._connection import Connection
from stanflow.aio.datasets import Datasets
from stanflow.aio.jobs import Jobs
from stanflow.aio.models import Models
from stanflow.aio.stream import FlowStream
from stanflow.report import Report
from stanflow.v1 import datasets_pb2, jobs_pb2, synthesis_pb2


class Client:
    """stanflow.Client with the same methods and arguments, to be awaited; `generate` is read by `async for`. Belongs to
    the event loop that it was made in."""

    def __init__(self, address: Optional[str] = None, *, timeout: float = 60, retry_seconds: float = 60,
                 credentials: Optional[grpc.ChannelCredentials] = None) -> None:
        self._connection = Connection(address, timeout, retry_seconds, credentials)
        self.jobs = Jobs(self._connection)
        self.models = Models(self._connection)
        self.datasets = Datasets(self._connection)

    async def import_dataset(self, name: str, data: Flows, *, home: Home, holdout: str = "none", format: str = "auto",
                             max_rejected_share: float = 0.01, request_id: str = "", priority: int = 0,
                             progress: bool = False) -> datasets_pb2.Dataset:
        header = _requests.upload_header(name, home=home, holdout=holdout, format=format,
                                         max_rejected_share=max_rejected_share, request_id=request_id,
                                         priority=priority)
        job = await self.datasets.upload(header, source_of(data))
        ended = await self.jobs.wait(job.name, progress=progress)
        return await self.datasets.get(ended.result)

    async def collect(self, name: str, *, listen: str = "127.0.0.1:2055", home: Home = (), holdout: str = "",
                      max_rows: int = 0, max_minutes: float = 0, publish_seconds: int = 60, request_id: str = "",
                      priority: int = 0, wait: bool = True, progress: bool = False) -> jobs_pb2.Job:
        request = _requests.collect_request(name, listen=listen, home=home, holdout=holdout, max_rows=max_rows,
                                            max_minutes=max_minutes, publish_seconds=publish_seconds,
                                            request_id=request_id, priority=priority)
        return await self._submit(self._connection.stubs.datasets.Collect, request, wait, progress)

    async def train(self, data: Flows, *, model: str, preset: str = "causal", max_minutes: float = 0,
                    options: Optional[Mapping[str, object]] = None, seed: int = 1, home: Home = (),
                    holdout: str = "none", request_id: str = "", priority: int = 0, wait: bool = True,
                    progress: bool = False) -> jobs_pb2.Job:
        dataset = await self._dataset_of(data, home, holdout, progress)
        request = _requests.train_request(dataset, model=model, preset=preset, max_minutes=max_minutes,
                                          options=options, seed=seed, request_id=request_id, priority=priority)
        return await self._submit(self._connection.stubs.synthesis.Train, request, wait, progress)

    def generate(self, model: str, *, rows: Optional[int] = None, duration: Optional[Duration] = None, hosts: int = 0,
                 seed: int = 1, stream: int = 0, home: str = "", start: Optional[Start] = None,
                 chunk_rows: int = _requests.CHUNK_ROWS, resume_token: bytes = b"",
                 progress: bool = False) -> FlowStream:
        request = _requests.generate_request(model, rows=rows, duration=duration, hosts=hosts, seed=seed,
                                             stream=stream, home=home, start=start, chunk_rows=chunk_rows,
                                             resume_token=resume_token)
        return FlowStream(self._connection, request, progress)

    async def stream(self, model: str, *, to: str, rows: Optional[int] = None, duration: Optional[Duration] = None,
                     hosts: int = 0, seed: int = 1, stream: int = 0, home: str = "", start: Optional[Start] = None,
                     rate: Optional[float] = None, speed: Optional[float] = None, when_full: WhenFull = "wait",
                     exporters: int = 1, request_id: str = "", priority: int = 0, wait: bool = True,
                     progress: bool = False) -> jobs_pb2.Job:
        flows = _requests.generate_request(model, rows=rows, duration=duration, hosts=hosts, seed=seed, stream=stream,
                                           home=home, start=start)
        request = _requests.stream_request(flows, to=to, rate=rate, speed=speed, when_full=when_full,
                                           exporters=exporters, request_id=request_id, priority=priority)
        return await self._submit(self._connection.stubs.synthesis.Stream, request, wait, progress)

    async def evaluate(self, model: str, dataset: str, *, synthetic: Optional[Flows] = None,
                       synthetic_home: Home = "10.0.0.0/16", rows: Optional[int] = None,
                       duration: Optional[Duration] = None, hosts: int = 0, seed: int = 1, stream: int = 0,
                       home: str = "", start: Optional[Start] = None, task_rows: Optional[int] = None,
                       max_likelihood_rows: int = 0, request_id: str = "", priority: int = 0,
                       progress: bool = False) -> Report:
        flows = _requests.generate_request("", rows=rows, duration=duration, hosts=hosts, seed=seed, stream=stream,
                                           home=home, start=start)
        request = _requests.evaluate_request(model, dataset, flows, task_rows=task_rows,
                                             max_likelihood_rows=max_likelihood_rows, request_id=request_id,
                                             priority=priority)
        if synthetic is not None and not is_dataset(synthetic):
            return await self._evaluate_flows(request, synthetic, synthetic_home, progress)
        if synthetic is not None:
            request.synthetic_dataset = dataset_name(str(synthetic))
        return await self._evaluate(request, progress)

    async def report(self, job: str) -> Report:
        return Report.of(await self.jobs.get(job), await self.jobs.artifact(job, "report.json"),
                         await self.jobs.artifact(job, "report.html"))

    async def close(self) -> None:
        await self._connection.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def _submit(self, method: Any, request: Any, wait: bool, progress: bool) -> jobs_pb2.Job:
        job: jobs_pb2.Job = await self._connection.ask(method, request)
        return await self.jobs.wait(job.name, progress=progress) if wait else job

    async def _evaluate(self, request: synthesis_pb2.EvaluateRequest, progress: bool) -> Report:
        ended = await self._submit(self._connection.stubs.synthesis.Evaluate, request, True, progress)
        return await self.report(ended.name)

    async def _evaluate_flows(self, request: synthesis_pb2.EvaluateRequest, flows: Flows, home: Home,
                              progress: bool) -> Report:
        """Flows that are a dataset for as long as that takes, and this evaluation's alone."""
        header, source = await asyncio.to_thread(_requests.unnamed_upload, "synthetic", flows, home, "none",
                                                 request.request_id)
        request.synthetic_dataset = dataset_name(header.dataset)
        job = await self.datasets.upload(header, source)
        try:
            await self.jobs.wait(job.name, progress=progress)
            return await self._evaluate(request, progress)
        finally:
            await self._drop(request.synthetic_dataset, job.name)

    async def _drop(self, dataset: str, making: str) -> None:
        """A dataset that nobody else knows of, and the import that made it or still would."""
        try:
            try:
                await self.datasets.delete(dataset)
            except errors.NotFound:
                await self.jobs.cancel(making)  # The wait for it was interrupted, or it has failed.
        except errors.StanflowError as error:
            warnings.warn(f"{dataset} could not be deleted: {error}; "
                          f"later: await client.datasets.delete({dataset!r})", stacklevel=4)

    async def _dataset_of(self, data: Flows, home: Home, holdout: str, progress: bool) -> str:
        """Its name, uploaded first if it is none yet."""
        if is_dataset(data):
            return dataset_name(str(data))
        header, source = await asyncio.to_thread(_requests.unnamed_upload, "flows", data, home, holdout)
        try:
            return (await self.datasets.get(header.dataset)).name
        except errors.NotFound:
            job = await self.datasets.upload(header, source)
        await self.jobs.wait(job.name, progress=progress)
        return dataset_name(header.dataset)
