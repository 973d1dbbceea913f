"""What has come of a call that is continued where it breaks off. Knows neither gRPC's calls nor sleeping."""
from __future__ import annotations

import time
from typing import Callable, Generic, Optional, TypeVar

from stanflow._columns import decode
from stanflow.batch import FlowBatch
from stanflow.errors import DataLoss, StanflowError, Unavailable
from stanflow.v1 import jobs_pb2, synthesis_pb2

Message = TypeVar("Message")
Item = TypeVar("Item")


class Backoff:
    """Growing pauses between tries, until too much time has passed since anything last worked."""

    first_seconds = 0.1
    longest_seconds = 2.0

    def __init__(self, patience_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience_seconds
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Something worked: pauses and patience start anew."""
        self._failing_since: Optional[float] = None
        self._next = self.first_seconds

    def pause(self, at_least: float) -> Optional[float]:
        """Seconds until the next try, `at_least` as many as the server asks for; None once patience is over."""
        now = self._clock()
        if self._failing_since is None:
            self._failing_since = now
        left = self._failing_since + self._patience - now
        if left <= 0:
            return None
        pause = min(max(self._next, at_least), left)
        self._next = min(2 * self._next, self.longest_seconds)
        return pause


def until_again(error: StanflowError, backoff: Backoff, reached: bool) -> float:
    """Seconds until a call is repeated that may be; raises its error where that mends nothing.

    `reached`: the server has answered before. Waiting for one that never did would hide a wrong address.
    """
    # CALLS_FULL: the server has not looked at the call.
    passes = error.code == "UNAVAILABLE" or error.reason == "CALLS_FULL"
    pause = backoff.pause(error.retry_seconds or 0) if passes and reached else None
    if pause is None:
        raise error
    return pause


class Resumable(Generic[Message, Item]):
    """One call after another. A driver (Connection.follow) sends `request`, hands every message to `take`, and at the
    end of a call asks `after`."""

    def request(self) -> object:
        """Of the next call; it goes on after what has been taken."""
        raise NotImplementedError

    def take(self, message: Message) -> Optional[Item]:
        """What is given on of it, if anything."""
        raise NotImplementedError

    def after(self, error: Optional[StanflowError]) -> Optional[float]:
        """None: all has come. Else seconds until the next call. Raises what no further call mends."""
        raise NotImplementedError


class Generation(Resumable[synthesis_pb2.GenerateResponse, FlowBatch]):
    """The flows of one Generate as one sequence without a gap or a repeat."""

    # UNAVAILABLE: the server is gone or going. CANCELLED, DEADLINE_EXCEEDED: it, or something in between, ended a
    # stream that nobody read for long (no cancel or deadline of this side's comes here). RESOURCE_EXHAUSTED: the slot
    # that the stream had is another one's by now; one will be free again.
    _GOES_ON = ("UNAVAILABLE", "CANCELLED", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED")

    def __init__(self, request: synthesis_pb2.GenerateRequest, backoff: Backoff) -> None:
        self.header: Optional[synthesis_pb2.GenerateHeader] = None
        self.next_row = 0
        self.resume_token = request.resume_token
        self.reconnects = 0
        self._request = request
        self._backoff = backoff
        self._rows_of_call = 0
        self._complete = False

    def request(self) -> synthesis_pb2.GenerateRequest:
        self._rows_of_call = 0
        self._request.resume_token = self.resume_token
        return self._request

    def take(self, message: synthesis_pb2.GenerateResponse) -> Optional[FlowBatch]:
        part = message.WhichOneof("part")
        if part == "chunk":
            return self._take_chunk(message.chunk)
        if part == "header":
            self._take_header(message.header)
        elif part == "summary":
            self._take_summary(message.summary)
        return None

    def after(self, error: Optional[StanflowError]) -> Optional[float]:
        if error is None and self._complete:
            return None
        if error is not None and error.code not in self._GOES_ON:
            raise error
        error = error or Unavailable("the server ended the stream early")
        # Without a header there was never a stream: waiting would hide a wrong address.
        pause = self._backoff.pause(error.retry_seconds or 0) if self.header is not None else None
        if pause is None:
            raise error
        self.reconnects += 1
        return pause

    def _take_header(self, header: synthesis_pb2.GenerateHeader) -> None:
        if self.header is None and self.resume_token:
            # A token of the caller's: where it goes on is the server's to say.
            self.next_row = header.first_row
        if header.first_row != self.next_row:
            raise DataLoss(f"the stream goes on at flow {header.first_row} instead of {self.next_row}")
        if self.header is None:
            self.header = header
        elif header.model_version != self.header.model_version:
            raise DataLoss(f"the stream goes on with {header.model_version} instead of {self.header.model_version}")

    def _take_chunk(self, chunk: synthesis_pb2.GenerateChunk) -> Optional[FlowBatch]:
        if chunk.first_row != self.next_row:
            raise DataLoss(f"the server sent flow {chunk.first_row} where flow {self.next_row} was due")
        batch = FlowBatch(decode(chunk.columns), chunk.first_row, chunk.resume_token)
        self.next_row += len(batch)
        self._rows_of_call += len(batch)
        self.resume_token = batch.resume_token
        self._backoff.reset()
        return batch if len(batch) > 0 else None

    def _take_summary(self, summary: synthesis_pb2.GenerateSummary) -> None:
        # A summary counts the flows of its own call.
        if summary.rows != self._rows_of_call:
            raise DataLoss(f"the server says that it sent {summary.rows} flows, but {self._rows_of_call} came")
        self._complete = True


ENDED = (jobs_pb2.JOB_STATE_SUCCEEDED, jobs_pb2.JOB_STATE_FAILED, jobs_pb2.JOB_STATE_CANCELLED)


class Watch(Resumable[jobs_pb2.JobEvent, jobs_pb2.JobEvent]):
    """Every event of a job, once and in order, until the one that ends it.

    `reached`: the server has answered before; one that never does is an error at once otherwise.
    """

    # RESOURCE_EXHAUSTED: more calls wait than the server lets.
    _GOES_ON = ("UNAVAILABLE", "RESOURCE_EXHAUSTED")

    def __init__(self, name: str, after_sequence: int, backoff: Backoff, reached: bool) -> None:
        self._request = jobs_pb2.WatchJobRequest(name=name, after_sequence=after_sequence)
        self._backoff = backoff
        self._reached = reached
        self._any_in_call = False
        self._ended = False

    def request(self) -> jobs_pb2.WatchJobRequest:
        self._any_in_call = False
        return self._request

    def take(self, message: jobs_pb2.JobEvent) -> jobs_pb2.JobEvent:
        self._any_in_call = self._reached = True
        self._backoff.reset()
        self._request.after_sequence = message.sequence
        self._ended = message.state in ENDED
        return message

    def after(self, error: Optional[StanflowError]) -> Optional[float]:
        # Without a new event a watch ends well only where the last one was known already.
        if self._ended or (error is None and not self._any_in_call):
            return None
        if error is not None and error.code not in self._GOES_ON:
            raise error
        error = error or Unavailable("the server ended the watch early")
        self._reached |= error.told
        pause = self._backoff.pause(error.retry_seconds or 0) if self._reached else None
        if pause is None:
            raise error
        return pause
