"""As stanflow._connection, for asyncio."""
from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Any, AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Optional, TypeVar

import grpc
import grpc.aio

from stanflow._connection import CHANNEL_OPTIONS, Sending, Stubs, address_of, closed, new_channel
from stanflow._resume import Backoff, Item, Message, Resumable, until_again
from stanflow.errors import StanflowError, translated

Answer = TypeVar("Answer")


class Connection:
    """Belongs to the event loop that it was made in."""

    def __init__(self, address: Optional[str], timeout: float, retry_seconds: float,
                 credentials: Optional[grpc.ChannelCredentials]) -> None:
        self.address = address_of(address)
        self._timeout = timeout
        self._retry_seconds = retry_seconds
        self._channel = (grpc.aio.insecure_channel(self.address, CHANNEL_OPTIONS) if credentials is None else
                         grpc.aio.secure_channel(self.address, credentials, CHANNEL_OPTIONS))
        self._closed = False
        # Whether the server has ever answered.
        self.reached = False
        self.stubs = Stubs(self._channel)
        # grpc.aio forgets why a server refuses a call while it still takes requests: the status of a failed write
        # replaces the server's. So those calls are gRPC's synchronous ones.
        self._sending_channel = new_channel(self.address, credentials)
        self.sending = Stubs(self._sending_channel)

    async def call(self, method: Callable[..., Awaitable[Answer]], request: Any) -> Answer:
        """One request, one answer, one try."""
        with self._errors():
            return await method(request, timeout=self._timeout)

    async def ask(self, method: Callable[..., Awaitable[Answer]], request: Any) -> Answer:
        """As `call`, of a request that may be repeated: a look, or a submit with a request id."""
        return await self.again(lambda: self.call(method, request))

    async def again(self, attempt: Callable[[], Awaitable[Answer]]) -> Answer:
        """Makes an attempt, and another one wherever the server is gone for a while."""
        backoff = self.backoff()
        while True:
            try:
                return await attempt()
            except StanflowError as error:
                pause = until_again(error, backoff, self.reached)
            await asyncio.sleep(pause)

    async def pages(self, method: Callable[..., Any], request: Any, field: str) -> AsyncIterator[Any]:
        """`field` of every page of a list."""
        while True:
            answer = await self.ask(method, request)
            for item in getattr(answer, field):
                yield item
            if not answer.next_page_token:
                return
            request.page_token = answer.next_page_token

    async def send(self, method: Any, requests: Iterator[Any]) -> Any:
        """Many requests, one answer, by a method of `sending`. `requests` may block: a thread of gRPC's takes them."""
        loop, over, source = asyncio.get_running_loop(), asyncio.Event(), Sending(requests)

        def tell(_: object) -> None:
            with contextlib.suppress(RuntimeError):  # The loop is closed: nobody waits any more.
                loop.call_soon_threadsafe(over.set)

        with self._errors():
            call = method.future(source)
            call.add_done_callback(tell)
            try:
                await over.wait()
            except asyncio.CancelledError:
                call.cancel()
                raise
            if source.error is not None:
                raise source.error
            return call.result()

    async def receive(self, method: Callable[..., Any], request: Any) -> AsyncIterator[bytes]:
        """The bytes of a file, in order."""
        with self._reading(method, request) as call:
            async for chunk in call:
                yield chunk.data

    def backoff(self) -> Backoff:
        return Backoff(self._retry_seconds)

    async def follow(self, method: Callable[..., Any],
                     state: Resumable[Message, Item]) -> AsyncGenerator[Item, None]:
        """What `state` gives on of one call after another. Closing it cancels the call."""
        while True:
            error: Optional[StanflowError] = None
            try:
                with self._reading(method, state.request()) as call:
                    async for message in call:
                        item = state.take(message)
                        if item is not None:
                            yield item
            except StanflowError as caught:
                if self._closed:
                    raise
                error = caught
            pause = state.after(error)
            if pause is None:
                return
            await asyncio.sleep(pause)

    async def close(self) -> None:
        """Calls that run, and later ones, are Cancelled."""
        self._closed = True
        self._sending_channel.close()
        await self._channel.close()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """gRPC's errors of the block as this package's."""
        try:
            with translated(self.address):
                yield
            self.reached = True
        # What gRPC makes of a channel that is closed: ValueError and UsageError of a new call, CancelledError of one
        # that runs.
        except (StanflowError, ValueError, grpc.aio.UsageError, asyncio.CancelledError) as error:
            if self._closed and not task_is_cancelled():
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


def task_is_cancelled() -> bool:
    """Whether somebody cancelled the running task, rather than something that it awaits."""
    if sys.version_info < (3, 11):
        return False  # Tasks do not tell: of a client that is closed, they are taken for cancelled by that.
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
