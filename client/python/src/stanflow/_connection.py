"""One server: its address, its stubs, and how its errors reach the caller."""
from __future__ import annotations

import contextlib
import os
import threading
from typing import Any, Callable, Generator, Iterator, Optional, TypeVar

import grpc

from stanflow._resume import Backoff, Item, Message, Resumable, until_again
from stanflow.errors import Cancelled, StanflowError, translated
from stanflow.v1 import datasets_pb2_grpc, jobs_pb2_grpc, models_pb2_grpc, synthesis_pb2_grpc

Answer = TypeVar("Answer")

# A lost server is found again within two seconds of its return. It is reached directly: a proxy that is set for the
# web would be asked for loopback addresses too.
CHANNEL_OPTIONS = (
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1000),
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_receive_message_length", -1),
    # A machine that vanished without a word would be waited for without end. gRPC's servers take pings more often than
    # every five minutes for abuse, and its clients send no more than two without data of theirs.
    ("grpc.keepalive_time_ms", 360000),
    ("grpc.keepalive_timeout_ms", 20000),
    ("grpc.http2.max_pings_without_data", 0),
)


def address_of(address: Optional[str]) -> str:
    return address or os.environ.get("STANFLOW_SERVER") or "127.0.0.1:50551"


def new_channel(address: str, credentials: Optional[grpc.ChannelCredentials]) -> grpc.Channel:
    return (grpc.insecure_channel(address, CHANNEL_OPTIONS) if credentials is None else
            grpc.secure_channel(address, credentials, CHANNEL_OPTIONS))


def closed() -> Cancelled:
    return Cancelled("the client was closed")


class Stubs:
    """The four services on a channel, synchronous or asyncio's."""

    def __init__(self, channel: Any) -> None:
        self.synthesis = synthesis_pb2_grpc.SynthesisStub(channel)
        self.jobs = jobs_pb2_grpc.JobsStub(channel)
        self.models = models_pb2_grpc.ModelsStub(channel)
        self.datasets = datasets_pb2_grpc.DatasetsStub(channel)


class Connection:
    """Connects with the first call, and again whenever the connection is lost. Thread-safe."""

    def __init__(self, address: Optional[str], timeout: float, retry_seconds: float,
                 credentials: Optional[grpc.ChannelCredentials]) -> None:
        self.address = address_of(address)
        self._timeout = timeout
        self._retry_seconds = retry_seconds
        self._channel = new_channel(self.address, credentials)
        self._closed = threading.Event()
        # Whether the server has ever answered.
        self.reached = False
        self.stubs = Stubs(self._channel)

    def call(self, method: Callable[..., Answer], request: Any) -> Answer:
        """One request, one answer, one try."""
        with self._errors():
            return method(request, timeout=self._timeout)

    def ask(self, method: Callable[..., Answer], request: Any) -> Answer:
        """As `call`, of a request that may be repeated: a look, or a submit with a request id."""
        return self.again(lambda: self.call(method, request))

    def again(self, attempt: Callable[[], Answer]) -> Answer:
        """Makes an attempt, and another one wherever the server is gone for a while."""
        backoff = self.backoff()
        while True:
            try:
                return attempt()
            except StanflowError as error:
                pause = until_again(error, backoff, self.reached)
            self._closed.wait(pause)

    def send(self, method: Any, requests: Iterator[Any]) -> Any:
        """Many requests, one answer. What `requests` raises reaches the caller, and the call is cancelled; so it is by
        an exception in the caller's thread, Ctrl-C for instance."""
        sending = Sending(requests)
        try:
            with self._errors():
                return answer_of(method.future(sending))
        except StanflowError:
            # gRPC then says only that there was an exception.
            if sending.error is not None:
                raise sending.error from None
            raise

    def receive(self, method: Callable[..., Any], request: Any) -> Iterator[bytes]:
        """The bytes of a file, in order."""
        with self._reading(method, request) as call:
            for chunk in call:
                yield chunk.data

    def pages(self, method: Callable[..., Any], request: Any, field: str) -> Iterator[Any]:
        """`field` of every page of a list."""
        while True:
            answer = self.ask(method, request)
            yield from getattr(answer, field)
            if not answer.next_page_token:
                return
            request.page_token = answer.next_page_token

    def backoff(self) -> Backoff:
        return Backoff(self._retry_seconds)

    def follow(self, method: Callable[..., Any],
               state: Resumable[Message, Item]) -> Generator[Item, None, None]:
        """What `state` gives on of one call after another. Closing it cancels the call."""
        while True:
            error: Optional[StanflowError] = None
            try:
                with self._reading(method, state.request()) as call:
                    for message in call:
                        item = state.take(message)
                        if item is not None:
                            yield item
            except StanflowError as caught:
                if self._closed.is_set():
                    raise
                error = caught
            pause = state.after(error)
            if pause is None:
                return
            self._closed.wait(pause)

    def close(self) -> None:
        """Calls that run, and later ones, are Cancelled."""
        self._closed.set()
        self._channel.close()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """gRPC's errors of the block as this package's."""
        try:
            with translated(self.address):
                yield
            self.reached = True
        # ValueError is gRPC's word for a channel that is closed already.
        except (StanflowError, ValueError) as error:
            if self._closed.is_set():
                raise closed() from error
            self.reached |= isinstance(error, StanflowError) and error.told
            raise

    @contextlib.contextmanager
    def _reading(self, method: Callable[..., Any], request: Any) -> Iterator[Any]:
        """The answers to a request. The call ends with the block."""
        with self._errors():
            call = method(request)
            try:
                yield call
            finally:
                call.cancel()


def answer_of(call: Any) -> Any:
    """Waits for it. gRPC itself lets a call go on that nobody waits for any more."""
    try:
        return call.result()
    except BaseException:
        call.cancel()
        raise


class Sending:
    """Keeps what goes wrong while gRPC, in a thread of its own, takes the next request."""

    def __init__(self, requests: Iterator[Any]) -> None:
        self._requests = requests
        self.error: Optional[Exception] = None

    def __iter__(self) -> Sending:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._requests)
        except StopIteration:
            raise
        except Exception as error:
            self.error = error
            raise
