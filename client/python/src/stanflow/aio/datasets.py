"""As stanflow.datasets, for asyncio."""
from __future__ import annotations

from typing import AsyncIterator

from stanflow._names import dataset_name
from stanflow._sources import Source, may_be_repeated, upload_requests
from stanflow.aio._connection import Connection
from stanflow.v1 import datasets_pb2, jobs_pb2


class Datasets:
    """`client.datasets`, as stanflow.datasets.Datasets."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = connection.stubs.datasets

    async def get(self, name: str) -> datasets_pb2.Dataset:
        request = datasets_pb2.GetDatasetRequest(name=dataset_name(name))
        return await self._connection.ask(self._stub.GetDataset, request)

    def list(self) -> AsyncIterator[datasets_pb2.Dataset]:
        request = datasets_pb2.ListDatasetsRequest(page_size=1000)
        return self._connection.pages(self._stub.ListDatasets, request, "datasets")

    async def delete(self, name: str) -> None:
        request = datasets_pb2.DeleteDatasetRequest(name=dataset_name(name))
        await self._connection.call(self._stub.DeleteDataset, request)

    async def upload(self, header: datasets_pb2.UploadHeader, source: Source) -> jobs_pb2.Job:
        method = self._connection.sending.datasets.Upload

        async def attempt() -> jobs_pb2.Job:
            job: jobs_pb2.Job = await self._connection.send(method, upload_requests(header, source))
            return job

        return await (self._connection.again(attempt) if may_be_repeated(header, source) else attempt())
