"""The server as an object."""
from __future__ import annotations

import warnings
from typing import Any, Mapping, Optional

import grpc

from stanflow import _requests, errors
from stanflow._connection import Connection
from stanflow._names import Home, dataset_name, is_dataset
from stanflow._requests import Duration, Start, WhenFull
from stanflow._sources import Flows, source_of
from stanflow.datasets import Datasets
from stanflow.jobs import Jobs
from stanflow.models import Models
from stanflow.report import Report
from stanflow.stream import FlowStream
from stanflow.v1 import datasets_pb2, jobs_pb2, synthesis_pb2


class Client:
    """One stanflowd at `address`: default $STANFLOW_SERVER, else 127.0.0.1:50551. Connects with the first call.

    `timeout`: seconds to wait for a single answer; uploads, downloads, streams and waits for jobs take as long as they
    take. `retry_seconds`: for how long after the server was lost a stream or a wait goes on trying, and a look or a
    submit is repeated; a server that never answered is an error at once. `credentials`: for a server behind TLS.
    Thread-safe; a FlowStream is not. Errors are those of stanflow.errors.

    Of every job: `request_id`: the same request with the same id answers the same job, so a program that died may ask
    again; by default an id of its own. `priority`: of those that are queued the largest runs first. `progress`: shows
    a bar.
    """

    def __init__(self, address: Optional[str] = None, *, timeout: float = 60, retry_seconds: float = 60,
                 credentials: Optional[grpc.ChannelCredentials] = None) -> None:
        self._connection = Connection(address, timeout, retry_seconds, credentials)
        self.jobs = Jobs(self._connection)
        self.models = Models(self._connection)
        self.datasets = Datasets(self._connection)

    def import_dataset(self, name: str, data: Flows, *, home: Home, holdout: str = "none", format: str = "auto",
                       max_rejected_share: float = 0.01, request_id: str = "", priority: int = 0,
                       progress: bool = False) -> datasets_pb2.Dataset:
        """Uploads real flows and waits until they are a dataset.

        `data`: a path or open binary file of a format that the server reads, plain or compressed, or a pandas frame
        with the columns of FlowBatch.to_pandas. `home`: networks in CIDR form whose addresses are home hosts.
        `holdout`: rows that training never reads: "none", "hours=odd", "hours=even", "hosts=SHARE", "after=TIME".
        `max_rejected_share`: of rows that can't be read, 0 to 1; from it on the import fails.
        """
        header = _requests.upload_header(name, home=home, holdout=holdout, format=format,
                                         max_rejected_share=max_rejected_share, request_id=request_id,
                                         priority=priority)
        job = self.datasets.upload(header, source_of(data))
        return self.datasets.get(self.jobs.wait(job.name, progress=progress).result)

    def collect(self, name: str, *, listen: str = "127.0.0.1:2055", home: Home = (), holdout: str = "",
                max_rows: int = 0, max_minutes: float = 0, publish_seconds: int = 60, request_id: str = "",
                priority: int = 0, wait: bool = True, progress: bool = False) -> jobs_pb2.Job:
        """The server listens for NetFlow v5, v9 and IPFIX and appends what comes to a dataset; a job, which goes on over
        restarts of the server. Its `result_json` counts what came and what was lost.

        `name`: one that is there is gone on with, and has its own `home` and `holdout` (import_dataset says what they
        are); leave them out then. `listen`: IPv4 address and UDP port, the server's. `max_rows`: of the dataset; 0 is
        the server's limit. `max_minutes`: on the clock; 0 is no limit. `publish_seconds`: what came is in the dataset
        after so long, 2 to 86400.
        Without a limit it ends by `jobs.cancel` alone, which loses nothing, so give `wait=False`. A wait that is
        interrupted leaves the job running.
        """
        request = _requests.collect_request(name, listen=listen, home=home, holdout=holdout, max_rows=max_rows,
                                            max_minutes=max_minutes, publish_seconds=publish_seconds,
                                            request_id=request_id, priority=priority)
        return self._submit(self._connection.stubs.datasets.Collect, request, wait, progress)

    def train(self, data: Flows, *, model: str, preset: str = "causal", max_minutes: float = 0,
              options: Optional[Mapping[str, object]] = None, seed: int = 1, home: Home = (), holdout: str = "none",
              request_id: str = "", priority: int = 0, wait: bool = True, progress: bool = False) -> jobs_pb2.Job:
        """Trains a new version of `model`; the job's `result` names it.

        `data`: a dataset's name, or flows as import_dataset takes them (then with `home`, and `holdout` to have
        something to evaluate against): they become a dataset that is named after its contents. `max_minutes`: of
        trained time; 0 is no limit. `options`: of the preset. Without `wait` the job may not have started yet.
        """
        dataset = self._dataset_of(data, home, holdout, progress)
        request = _requests.train_request(dataset, model=model, preset=preset, max_minutes=max_minutes,
                                          options=options, seed=seed, request_id=request_id, priority=priority)
        return self._submit(self._connection.stubs.synthesis.Train, request, wait, progress)

    def generate(self, model: str, *, rows: Optional[int] = None, duration: Optional[Duration] = None, hosts: int = 0,
                 seed: int = 1, stream: int = 0, home: str = "", start: Optional[Start] = None,
                 chunk_rows: int = _requests.CHUNK_ROWS, resume_token: bytes = b"",
                 progress: bool = False) -> FlowStream:
        """Flows of `model` ("edge", "edge@3", "edge@prod"), in order of their end; the same arguments give the same.

        `rows` flows, or `duration` seconds of simulated time from `start` on; neither: without an end. `hosts`: home
        hosts, by default as many as were learned from, 90 at most. `stream`: different flows of the same seed. `home`:
        CIDR, by default 10.0.0.0/16. `start`: UTC; by default the midnight before the training data.
        `resume_token`: of the last batch that was received before; all else as it was.
        """
        request = _requests.generate_request(model, rows=rows, duration=duration, hosts=hosts, seed=seed,
                                             stream=stream, home=home, start=start, chunk_rows=chunk_rows,
                                             resume_token=resume_token)
        return FlowStream(self._connection, request, progress)

    def stream(self, model: str, *, to: str, rows: Optional[int] = None, duration: Optional[Duration] = None,
               hosts: int = 0, seed: int = 1, stream: int = 0, home: str = "", start: Optional[Start] = None,
               rate: Optional[float] = None, speed: Optional[float] = None, when_full: WhenFull = "wait",
               exporters: int = 1, request_id: str = "", priority: int = 0, wait: bool = True,
               progress: bool = False) -> jobs_pb2.Job:
        """The server itself sends to `to` what generate would give with the same arguments; a job, which goes on over
        restarts of the server. Its `result_json` counts what was sent, dropped and sent again.

        `to`: netflow5://HOST[:PORT], netflow9://, ipfix://, kafka://BROKER[:PORT][,BROKER...]/TOPIC, file:PATH (the
        server's), syslog://HOST[:PORT]; docs/streams.md has their options. `rate`: flows a second; `speed`: so many
        times as fast as the flows' own times, 1 is real time; neither: as fast as they are taken. `when_full`: while
        `to` takes nothing, flows "wait", or "drop": are given up and counted. `exporters`: of NetFlow, IPFIX and syslog
        over UDP, that the hosts are spread over.
        Without `rows` and `duration` it ends by `jobs.cancel` alone, so give `wait=False`. A wait that is interrupted
        leaves the job running.
        """
        flows = _requests.generate_request(model, rows=rows, duration=duration, hosts=hosts, seed=seed, stream=stream,
                                           home=home, start=start)
        request = _requests.stream_request(flows, to=to, rate=rate, speed=speed, when_full=when_full,
                                           exporters=exporters, request_id=request_id, priority=priority)
        return self._submit(self._connection.stubs.synthesis.Stream, request, wait, progress)

    def evaluate(self, model: str, dataset: str, *, synthetic: Optional[Flows] = None,
                 synthetic_home: Home = "10.0.0.0/16", rows: Optional[int] = None, duration: Optional[Duration] = None,
                 hosts: int = 0, seed: int = 1, stream: int = 0, home: str = "", start: Optional[Start] = None,
                 task_rows: Optional[int] = None, max_likelihood_rows: int = 0, request_id: str = "",
                 priority: int = 0, progress: bool = False) -> Report:
        """Judges a model's flows against the hold-out of a dataset, and waits for the report.

        It judges what generate would give with the same arguments, or `synthetic`: a dataset's name, or flows as
        import_dataset takes them, which are a dataset while they are judged; one that could not be deleted again, since
        the wait was interrupted for instance, is warned of. `task_rows`: rows that each learner of the two tasks
        learns from; 0 leaves the tasks out, which are most of the time. `max_likelihood_rows`: hold-out rows to score
        at most; 0 is all.
        """
        flows = _requests.generate_request("", rows=rows, duration=duration, hosts=hosts, seed=seed, stream=stream,
                                           home=home, start=start)
        request = _requests.evaluate_request(model, dataset, flows, task_rows=task_rows,
                                             max_likelihood_rows=max_likelihood_rows, request_id=request_id,
                                             priority=priority)
        if synthetic is not None and not is_dataset(synthetic):
            return self._evaluate_flows(request, synthetic, synthetic_home, progress)
        if synthetic is not None:
            request.synthetic_dataset = dataset_name(str(synthetic))
        return self._evaluate(request, progress)

    def report(self, job: str) -> Report:
        """Of an evaluation that has SUCCEEDED."""
        return Report.of(self.jobs.get(job), self.jobs.artifact(job, "report.json"),
                         self.jobs.artifact(job, "report.html"))

    def close(self) -> None:
        """Ends the connection. Streams and calls that still run, and later ones, raise Cancelled; jobs go on."""
        self._connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _submit(self, method: Any, request: Any, wait: bool, progress: bool) -> jobs_pb2.Job:
        job: jobs_pb2.Job = self._connection.ask(method, request)
        return self.jobs.wait(job.name, progress=progress) if wait else job

    def _evaluate(self, request: synthesis_pb2.EvaluateRequest, progress: bool) -> Report:
        return self.report(self._submit(self._connection.stubs.synthesis.Evaluate, request, True, progress).name)

    def _evaluate_flows(self, request: synthesis_pb2.EvaluateRequest, flows: Flows, home: Home,
                        progress: bool) -> Report:
        """Flows that are a dataset for as long as that takes, and this evaluation's alone."""
        header, source = _requests.unnamed_upload("synthetic", flows, home, "none", request.request_id)
        request.synthetic_dataset = dataset_name(header.dataset)
        job = self.datasets.upload(header, source)
        try:
            self.jobs.wait(job.name, progress=progress)
            return self._evaluate(request, progress)
        finally:
            self._drop(request.synthetic_dataset, job.name)

    def _drop(self, dataset: str, making: str) -> None:
        """A dataset that nobody else knows of, and the import that made it or still would."""
        try:
            try:
                self.datasets.delete(dataset)
            except errors.NotFound:
                self.jobs.cancel(making)  # The wait for it was interrupted, or it has failed.
        except errors.StanflowError as error:
            warnings.warn(f"{dataset} could not be deleted: {error}; "
                          f"later: client.datasets.delete({dataset!r})", stacklevel=4)

    def _dataset_of(self, data: Flows, home: Home, holdout: str, progress: bool) -> str:
        """Its name, uploaded first if it is none yet."""
        if is_dataset(data):
            return dataset_name(str(data))
        header, source = _requests.unnamed_upload("flows", data, home, holdout)
        try:
            return self.datasets.get(header.dataset).name
        except errors.NotFound:
            job = self.datasets.upload(header, source)
        self.jobs.wait(job.name, progress=progress)
        return dataset_name(header.dataset)
