"""The service in this process. Its flows follow from their index alone; its resume token is the next flow's index."""
import concurrent.futures
import threading

import grpc
import numpy as np

from stanflow.v1 import (datasets_pb2, datasets_pb2_grpc, error_details_pb2, flow_pb2, jobs_pb2, jobs_pb2_grpc,
                         models_pb2, models_pb2_grpc, synthesis_pb2, synthesis_pb2_grpc)

START_MS = 1460332800000  # 2016-04-11
CHUNK_ROWS = 100
GONE = (grpc.StatusCode.UNAVAILABLE, "the server is shutting down")


def flows(first, end):
    """Flows `first` to `end` by fields of FlowColumns."""
    row = np.arange(first, end, dtype=np.int64)
    even = row % 2 == 0
    packets = 1 + row % 10
    return {
        "flow_end_milliseconds": START_MS + row * 7,
        "flow_duration_milliseconds": row * 4 % 9000,
        "source_ipv4_address": 0x0A000001 + row % 7,
        "destination_ipv4_address": 0xC6336400 + row % 251,
        "source_transport_port": 1024 + row % 60000,
        "destination_transport_port": np.where(even, 443, 53),
        "protocol_identifier": np.where(even, 6, 17),
        "tcp_control_bits": np.where(even, 27, 0),
        "ip_class_of_service": row % 3,
        "packet_delta_count": packets,
        "octet_delta_count": packets * (40 + row % 1000),
    }


def columns(first, end):
    return flow_pb2.FlowColumns(**{field: values.tolist() for field, values in flows(first, end).items()})


def refuse(context, code, message, **details):
    """As server/rpc/status.cc writes it; `details` by the name of their type."""
    status = error_details_pb2.ErrorStatus(code=code.value[0], message=message)
    for kind, detail in details.items():
        status.details.add(type_url="type.googleapis.com/google.rpc." + kind, value=detail.SerializeToString())
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, message)


class LostAnswers(grpc.ServerInterceptor):
    """Calls that do what they do, but whose answer gets lost with the connection; of a stream all but the first."""

    def __init__(self):
        # How many calls of a method, by its name, and those that came so far.
        self.of, self.calls = {}, []

    def intercept_service(self, continuation, details):
        handler, method = continuation(details), details.method.rpartition("/")[2]
        self.calls.append(method)
        if self.of.get(method, 0) == 0:
            return handler
        self.of[method] -= 1

        def one(request, context):
            (handler.unary_unary or handler.stream_unary)(request, context)
            context.abort(*GONE)

        def many(request, context):
            yield next(iter(handler.unary_stream(request, context)))
            context.abort(*GONE)

        changed = {kind: many if kind == "unary_stream" else one
                   for kind in ("unary_unary", "stream_unary", "unary_stream") if getattr(handler, kind)}
        return handler._replace(**changed)


class FakeSynthesis(synthesis_pb2_grpc.SynthesisServicer):
    def __init__(self):
        self.generates, self.trains, self.streams, self.evaluates = [], [], [], []
        # Released once for every call that is over, whoever ended it.
        self.over = threading.Semaphore(0)
        # The n-th call ends so after so many of its flows; later calls don't.
        self.breaks = []
        self.break_with = GONE
        # The n-th call is refused so, unless None.
        self.refusals = []
        # Called with each chunk and summary before it goes out; they may change it.
        self.change_chunk = lambda chunk: None
        self.change_summary = lambda summary: None

    def Generate(self, request, context):
        context.add_callback(self.over.release)
        call = len(self.generates)
        self.generates.append(request)
        if call < len(self.refusals) and self.refusals[call] is not None:
            self.refusals[call](context)
        first = row = int(request.resume_token or b"0")
        end = request.rows or 1 << 62
        stop = row + self.breaks[call] if call < len(self.breaks) else 1 << 62
        yield synthesis_pb2.GenerateResponse(header=synthesis_pb2.GenerateHeader(
            model_version="models/edge/versions/3", seed=request.seed, first_row=row))
        while row < min(end, stop):
            after = min(row + CHUNK_ROWS, end, stop)
            chunk = synthesis_pb2.GenerateChunk(first_row=row, columns=columns(row, after),
                                                resume_token=str(after).encode())
            self.change_chunk(chunk)
            yield synthesis_pb2.GenerateResponse(chunk=chunk)
            row = after
        if row >= stop:
            if self.break_with is None:
                return
            context.abort(*self.break_with)
        summary = synthesis_pb2.GenerateSummary(rows=row - first)
        self.change_summary(summary)
        yield synthesis_pb2.GenerateResponse(summary=summary)

    def Train(self, request, context):
        self.trains.append(request)
        return jobs_pb2.Job(name="jobs/train-1", state=jobs_pb2.JOB_STATE_QUEUED)

    def Stream(self, request, context):
        self.streams.append(request)
        return jobs_pb2.Job(name="jobs/stream-1", state=jobs_pb2.JOB_STATE_QUEUED)

    def Evaluate(self, request, context):
        self.evaluates.append(request)
        return jobs_pb2.Job(name="jobs/evaluate-1", state=jobs_pb2.JOB_STATE_QUEUED)


class FakeJobs(jobs_pb2_grpc.JobsServicer):
    """Every job ends as `ended`, after `events`."""

    def __init__(self):
        self.watches, self.lists, self.cancelled = [], [], []
        self.listed = 1
        # The first watch breaks after so many events; 0: never.
        self.break_watch_after = 0
        self.break_watch = lambda context: context.abort(*GONE)
        self.artifacts = {"report.json": b'{"jsd": {"bytes": {"value": 0.03, "floor": 0.01, "b1": null}}}',
                          "report.html": b"<p>a report</p>"}
        self.ended = jobs_pb2.Job(state=jobs_pb2.JOB_STATE_SUCCEEDED, result="models/edge/versions/3")
        self.events = [jobs_pb2.JobEvent(sequence=i, state=jobs_pb2.JOB_STATE_RUNNING) for i in (1, 2, 3)]
        self.events[1].progress.fraction = 0.25
        self.events[1].progress.phase = "training"

    def end_as(self, state, code="", message=""):
        self.ended = jobs_pb2.Job(state=state, error_code=code, error_message=message)

    def GetJob(self, request, context):
        job = jobs_pb2.Job.FromString(self.ended.SerializeToString())
        job.name = request.name
        if "import" in request.name and job.state == jobs_pb2.JOB_STATE_SUCCEEDED:
            job.result = "datasets/office"
        return job

    def ListJobs(self, request, context):
        self.lists.append(request)
        at = int(request.page_token or 0)
        # Pages smaller than what was asked for: a client has to go on.
        end = min(at + 2, self.listed)
        jobs = [jobs_pb2.Job(name=f"jobs/{i}") for i in range(at, end)]
        return jobs_pb2.ListJobsResponse(jobs=jobs, next_page_token=str(end) if end < self.listed else "")

    def WatchJob(self, request, context):
        first = not self.watches
        self.watches.append((request.name, request.after_sequence))
        last = jobs_pb2.JobEvent(sequence=len(self.events) + 1, state=self.ended.state)
        for sent, event in enumerate([*self.events, last]):
            if first and 0 < self.break_watch_after <= sent:
                self.break_watch(context)
            if event.sequence > request.after_sequence:
                yield event

    def CancelJob(self, request, context):
        self.cancelled.append(request.name)
        return jobs_pb2.Job(name=request.name, state=jobs_pb2.JOB_STATE_CANCELLING)

    def GetArtifact(self, request, context):
        data = self.artifacts[request.artifact]
        for part in (data[:5], data[5:]):
            yield jobs_pb2.ArtifactChunk(data=part)


class FakeDatasets(datasets_pb2_grpc.DatasetsServicer):
    def __init__(self):
        self.uploads, self.collects, self.deleted = [], [], []
        self.existing = set()
        # Whether an import makes its dataset.
        self.keeps = True
        # Released once for every upload that has reached the server, and once it is over, whoever ended it.
        self.begun = threading.Semaphore(0)
        self.over = threading.Semaphore(0)
        # Answered instead of taking the file.
        self.refuse_upload = None
        self.refuse_delete = None

    def Upload(self, request_iterator, context):
        if not context.add_callback(self.over.release):
            self.over.release()  # It was over before.
        self.begun.release()
        if self.refuse_upload is not None:
            self.refuse_upload(context)
        header = next(request_iterator).header
        data = b"".join(request.data for request in request_iterator)
        self.uploads.append((header, data))
        if self.keeps:
            self.existing.add("datasets/" + header.dataset)
        return jobs_pb2.Job(name="jobs/import-1", state=jobs_pb2.JOB_STATE_QUEUED)

    def Collect(self, request, context):
        self.collects.append(request)
        return jobs_pb2.Job(name="jobs/collect-1", state=jobs_pb2.JOB_STATE_QUEUED)

    def GetDataset(self, request, context):
        if request.name not in self.existing:
            context.abort(grpc.StatusCode.NOT_FOUND, f"name: there is no dataset '{request.name}'")
        return datasets_pb2.Dataset(name=request.name, rows=7)

    def ListDatasets(self, request, context):
        return datasets_pb2.ListDatasetsResponse(datasets=[datasets_pb2.Dataset(name="datasets/office")])

    def DeleteDataset(self, request, context):
        self.deleted.append(request.name)
        if self.refuse_delete is not None:
            self.refuse_delete(context)
        if request.name not in self.existing:
            context.abort(grpc.StatusCode.NOT_FOUND, f"name: there is no dataset '{request.name}'")
        self.existing.remove(request.name)
        return datasets_pb2.DeleteDatasetResponse()


class FakeModels(models_pb2_grpc.ModelsServicer):
    def __init__(self):
        self.imported = []
        self.bundle = b"b" * 3000000

    def GetModel(self, request, context):
        return models_pb2.ModelVersion(name=request.name)

    def ListModels(self, request, context):
        return models_pb2.ListModelsResponse(versions=[models_pb2.ModelVersion(name="models/edge/versions/3")])

    def SetAlias(self, request, context):
        return models_pb2.ModelAlias(model=request.model, alias=request.alias, version=request.version)

    def ExportModel(self, request, context):
        for at in range(0, len(self.bundle), 1000000):
            yield models_pb2.BundleChunk(data=self.bundle[at:at + 1000000])

    def ImportModel(self, request_iterator, context):
        model = next(request_iterator).header.model
        self.imported.append((model, b"".join(request.data for request in request_iterator)))
        return models_pb2.ModelVersion(name=f"models/{model}/versions/1")


class FakeServer:
    def __init__(self):
        self.synthesis, self.jobs = FakeSynthesis(), FakeJobs()
        self.datasets, self.models = FakeDatasets(), FakeModels()
        self.lost = LostAnswers()
        self.port = 0

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        """On the port that it had before, if any."""
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(8), interceptors=[self.lost])
        synthesis_pb2_grpc.add_SynthesisServicer_to_server(self.synthesis, self._server)
        jobs_pb2_grpc.add_JobsServicer_to_server(self.jobs, self._server)
        datasets_pb2_grpc.add_DatasetsServicer_to_server(self.datasets, self._server)
        models_pb2_grpc.add_ModelsServicer_to_server(self.models, self._server)
        self.port = self._server.add_insecure_port(self.address)
        self._server.start()

    def stop(self):
        """As if it were killed: no call is let to its end."""
        self._server.stop(None).wait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()
