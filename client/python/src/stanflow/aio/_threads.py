"""Work that blocks."""
from __future__ import annotations

import asyncio
import contextlib
from typing import Callable, TypeVar

Answer = TypeVar("Answer")


async def finished(function: Callable[..., Answer], *arguments: object) -> Answer:
    """What the function answers in a thread. A cancel is raised once that thread is done with it: what it works on is
    the caller's again then."""
    working = asyncio.get_running_loop().run_in_executor(None, function, *arguments)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        while not working.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([working])
        raise
