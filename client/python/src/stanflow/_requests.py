"""Requests out of arguments; both faces of the client use them."""
from __future__ import annotations

import datetime
import uuid
from typing import Literal, Mapping, Optional, Tuple, Union, get_args

from stanflow._names import Home, dataset_id, dataset_id_of_contents, dataset_name, networks
from stanflow._sources import Flows, Source, source_of
from stanflow.v1 import datasets_pb2, synthesis_pb2

Start = Union[datetime.datetime, str]
Duration = Union[datetime.timedelta, float]
# What becomes of flows while their sink takes none.
WhenFull = Literal["wait", "drop"]

# Flows a chunk: the most that a server takes, for fewer messages a flow.
CHUNK_ROWS = 4096


def generate_request(model: str, *, rows: Optional[int], duration: Optional[Duration], hosts: int, seed: int,
                     stream: int, home: str, start: Optional[Start], chunk_rows: int = 0,
                     resume_token: bytes = b"") -> synthesis_pb2.GenerateRequest:
    if rows is not None and duration is not None:
        raise ValueError("rows and duration: give one of them")
    if rows is not None and rows < 1:
        raise ValueError(f"rows: {rows}; give 1 or more, or leave it out for a stream without an end")
    request = synthesis_pb2.GenerateRequest(model=model, seed=seed, hosts=hosts, home=home, chunk_rows=chunk_rows,
                                            stream=stream, resume_token=resume_token)
    if rows is not None:
        request.rows = rows
    if duration is not None:
        request.duration_seconds = (duration.total_seconds() if isinstance(duration, datetime.timedelta) else
                                    float(duration))
    if start is not None:
        request.start.FromDatetime(_time(start))
    return request


def submit_id(given: str) -> str:
    """The caller's, or a new one: a submit whose answer was lost is repeated, and makes no second job."""
    return given or uuid.uuid4().hex


def train_request(dataset: str, *, model: str, preset: str, max_minutes: float,
                  options: Optional[Mapping[str, object]], seed: int, request_id: str,
                  priority: int) -> synthesis_pb2.TrainRequest:
    return synthesis_pb2.TrainRequest(dataset=dataset_name(dataset), model=model, preset=preset,
                                      max_minutes=max_minutes, seed=seed, request_id=submit_id(request_id),
                                      priority=priority,
                                      options={name: str(value) for name, value in (options or {}).items()})


def stream_request(generate: synthesis_pb2.GenerateRequest, *, to: str, rate: Optional[float],
                   speed: Optional[float], when_full: WhenFull, exporters: int, request_id: str,
                   priority: int) -> synthesis_pb2.StreamRequest:
    if rate is not None and speed is not None:
        raise ValueError("rate and speed: give one of them")
    if when_full not in get_args(WhenFull):
        raise ValueError(f"when_full: {when_full!r}; give one of {get_args(WhenFull)}")
    return synthesis_pb2.StreamRequest(generate=generate, to=to, flows_per_second=rate, speed=speed,
                                       exporters=exporters, when_full="WHEN_FULL_" + when_full.upper(),
                                       request_id=submit_id(request_id), priority=priority)


def evaluate_request(model: str, dataset: str, generate: synthesis_pb2.GenerateRequest, *, task_rows: Optional[int],
                     max_likelihood_rows: int, request_id: str, priority: int) -> synthesis_pb2.EvaluateRequest:
    """`generate`: of no model."""
    return synthesis_pb2.EvaluateRequest(model=model, dataset=dataset_name(dataset), generate=generate,
                                         task_rows=task_rows, max_likelihood_rows=max_likelihood_rows,
                                         request_id=submit_id(request_id), priority=priority)


def upload_header(name: str, *, home: Home, holdout: str, format: str, max_rejected_share: Optional[float],
                  request_id: str, priority: int) -> datasets_pb2.UploadHeader:
    return datasets_pb2.UploadHeader(dataset=dataset_id(name), home=networks(home), holdout=holdout, format=format,
                                     max_rejected_share=max_rejected_share, request_id=submit_id(request_id),
                                     priority=priority)


def collect_request(name: str, *, listen: str, home: Home, holdout: str, max_rows: int, max_minutes: float,
                    publish_seconds: int, request_id: str, priority: int) -> datasets_pb2.CollectRequest:
    return datasets_pb2.CollectRequest(dataset=dataset_id(name), listen=listen, home=networks(home), holdout=holdout,
                                       max_rows=max_rows, max_minutes=max_minutes, publish_seconds=publish_seconds,
                                       request_id=submit_id(request_id), priority=priority)


def unnamed_upload(kind: str, data: Flows, home: Home, holdout: str,
                   user: str = "") -> Tuple[datasets_pb2.UploadHeader, Source]:
    """Of flows that are named after their contents, and after who uses them if nobody else may: "KIND-DIGEST"."""
    if not networks(home):
        raise ValueError("home: empty; name the networks whose addresses are home hosts, such as home='10.0.0.0/16'")
    source = source_of(data)
    measured = source.measure()
    if measured is None:
        raise ValueError("an open file can be read only once: give its path, or import_dataset under a name")
    name = dataset_id_of_contents(kind, measured.sha256, home, holdout, user)
    header = upload_header(name, home=home, holdout=holdout, format="auto", max_rejected_share=None, request_id="",
                           priority=0)
    return header, source


def _time(start: Start) -> datetime.datetime:
    """Without a zone it is UTC."""
    if isinstance(start, datetime.datetime):
        return start
    # Before Python 3.11 fromisoformat knows no Z.
    return datetime.datetime.fromisoformat(start[:-1] + "+00:00" if start.endswith("Z") else start)
