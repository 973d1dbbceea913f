"""The client for asyncio. Make it inside a coroutine:

    async with stanflow.aio.Client("127.0.0.1:50551") as client:
        async for batch in client.generate("edge", rows=100000):
            ...
"""
import inspect

import stanflow.client
import stanflow.stream
from stanflow.aio import datasets, jobs, models
from stanflow.aio.client import Client
from stanflow.aio.stream import FlowStream

__all__ = ["Client", "FlowStream"]

# A method says what its synchronous twin says.
for _face, _twin in ((Client, stanflow.client.Client), (FlowStream, stanflow.stream.FlowStream),
                     (datasets.Datasets, stanflow.datasets.Datasets), (jobs.Jobs, stanflow.jobs.Jobs),
                     (models.Models, stanflow.models.Models)):
    for _name, _method in inspect.getmembers(_face, inspect.isfunction):
        if _name[0] != "_":
            _method.__doc__ = inspect.getdoc(getattr(_twin, "close" if _name == "aclose" else _name))
