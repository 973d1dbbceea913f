"""The client for asyncio. Make it inside a coroutine:

    async with stanflow.aio.Client("127.0.0.1:50551") as client:
        async for batch in client.generate("edge", rows=100000):
            ...
"""
from stanflow.aio.client import Client
from stanflow.aio.stream import FlowStream

__all__ = ["Client", "FlowStream"]
