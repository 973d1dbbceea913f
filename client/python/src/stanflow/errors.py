"""What the server refuses, as exceptions that say what is wrong and what would do."""
from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator, NamedTuple, Optional, Sequence, Type

import grpc

from stanflow.v1 import error_details_pb2, jobs_pb2


class FieldViolation(NamedTuple):
    field: str  # path in the request: "hosts", "generate.home"
    description: str


class StanflowError(Exception):
    """Any error that a server or the way to it answered.

    `code`: canonical name, "NOT_FOUND" for instance. `reason`: stable, for programs: "INVALID_FIELD", "DISK_FULL", or
    the code's name. `violations`: the fields at fault. `retry_seconds`: where waiting helps, how long.
    `told`: the server itself said so; else it is the connection's word.
    """

    code = "UNKNOWN"

    def __init__(self, message: str, *, code: Optional[str] = None, reason: str = "",
                 violations: Sequence[FieldViolation] = (), retry_seconds: Optional[float] = None,
                 metadata: Optional[Dict[str, str]] = None, told: bool = False) -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.reason = reason or self.code
        self.violations = tuple(violations)
        self.retry_seconds = retry_seconds
        self.metadata = dict(metadata or {})
        self.told = told


class InvalidArgument(StanflowError):
    code = "INVALID_ARGUMENT"


class NotFound(StanflowError):
    code = "NOT_FOUND"


class AlreadyExists(StanflowError):
    code = "ALREADY_EXISTS"


class FailedPrecondition(StanflowError):
    """Not in this state: still in use, not ready in time, not in this build."""

    code = "FAILED_PRECONDITION"


class ResourceExhausted(StanflowError):
    """A limit is reached: streams, queue or disk."""

    code = "RESOURCE_EXHAUSTED"


class Unavailable(StanflowError):
    """The server can't be reached, or is shutting down."""

    code = "UNAVAILABLE"


class DeadlineExceeded(StanflowError):
    code = "DEADLINE_EXCEEDED"


class Cancelled(StanflowError):
    code = "CANCELLED"


class DataLoss(StanflowError):
    """What came is damaged or not whole."""

    code = "DATA_LOSS"


class Unimplemented(StanflowError):
    code = "UNIMPLEMENTED"


class Internal(StanflowError):
    code = "INTERNAL"


class JobFailed(StanflowError):
    """A job that was waited for has failed; `job` is how it ended."""

    job: jobs_pb2.Job


class JobCancelled(JobFailed):
    """A job that was waited for was cancelled."""


_BY_CODE: Dict[str, Type[StanflowError]] = {
    kind.code: kind for kind in (InvalidArgument, NotFound, AlreadyExists, FailedPrecondition, ResourceExhausted,
                                 Unavailable, DeadlineExceeded, Cancelled, DataLoss, Unimplemented, Internal)}


def from_job(job: jobs_pb2.Job) -> JobFailed:
    """Of a job that ended otherwise than SUCCEEDED."""
    error: JobFailed
    if job.state == jobs_pb2.JOB_STATE_CANCELLED:
        error = JobCancelled(f"{job.name} was cancelled", code="CANCELLED", told=True)
    else:
        error = JobFailed(f"{job.name} failed: {job.error_code}: {job.error_message}", code=job.error_code, told=True)
    error.job = job
    return error


def from_rpc(error: grpc.RpcError, address: str) -> StanflowError:
    """Of a call to the server at `address`, synchronous or asyncio's."""
    code = error.code().name
    message = error.details() or code
    details = _details(error)
    if details is None:
        message = _untold(code, message, address)
    out = _BY_CODE.get(code, StanflowError)(message, code=code, told=details is not None)
    for detail in details.details if details is not None else ():
        _add(detail.type_url.rpartition(".")[2], detail.value, out)
    out.__cause__ = error
    return out


@contextlib.contextmanager
def translated(address: str) -> Iterator[None]:
    """gRPC's errors of the block as this package's; also around `await`."""
    try:
        yield
    except grpc.RpcError as error:
        raise from_rpc(error, address) from error


def _details(error: grpc.RpcError) -> Optional[error_details_pb2.ErrorStatus]:
    metadata: Any = error.trailing_metadata()
    for key, value in metadata or ():
        if key == "grpc-status-details-bin":
            return error_details_pb2.ErrorStatus.FromString(value)
    return None


def _add(kind: str, value: bytes, out: StanflowError) -> None:
    if kind == "ErrorInfo":
        info = error_details_pb2.ErrorInfo.FromString(value)
        out.reason = info.reason or out.reason
        out.metadata.update(info.metadata)
    elif kind == "BadRequest":
        bad = error_details_pb2.BadRequest.FromString(value)
        out.violations += tuple(FieldViolation(v.field, v.description) for v in bad.field_violations)
    elif kind == "RetryInfo":
        delay = error_details_pb2.RetryInfo.FromString(value).retry_delay
        out.retry_seconds = delay.seconds + delay.nanos / 1e9


def _untold(code: str, message: str, address: str) -> str:
    """What gRPC itself says, which knows no mend."""
    if code == "UNAVAILABLE":
        return (f"the server at {address} can't be reached ({message}); start one with stanflowd, or set "
                "STANFLOW_SERVER or name its address")
    if code == "DEADLINE_EXCEEDED":
        return (f"the server at {address} did not answer in time; look at its log, or give it longer: "
                "Client(timeout=...)")
    if code == "UNIMPLEMENTED":
        return f"the server at {address} does not know this call; is it a stanflowd of this version?"
    return message
