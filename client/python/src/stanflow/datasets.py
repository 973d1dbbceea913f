"""Real flows on the server."""
from __future__ import annotations

from typing import Iterator

from stanflow._connection import Connection
from stanflow._names import dataset_name
from stanflow._sources import Source, may_be_repeated, upload_requests
from stanflow.v1 import datasets_pb2, jobs_pb2


class Datasets:
    """`client.datasets`. A dataset's name is "datasets/ID" or "ID"."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = connection.stubs.datasets

    def get(self, name: str) -> datasets_pb2.Dataset:
        """NotFound before its import has SUCCEEDED."""
        request = datasets_pb2.GetDatasetRequest(name=dataset_name(name))
        dataset: datasets_pb2.Dataset = self._connection.ask(self._stub.GetDataset, request)
        return dataset

    def list(self) -> Iterator[datasets_pb2.Dataset]:
        """All that there are."""
        request = datasets_pb2.ListDatasetsRequest(page_size=1000)
        return self._connection.pages(self._stub.ListDatasets, request, "datasets")

    def delete(self, name: str) -> None:
        """Models that learned from it stay."""
        self._connection.call(self._stub.DeleteDataset, datasets_pb2.DeleteDatasetRequest(name=dataset_name(name)))

    def upload(self, header: datasets_pb2.UploadHeader, source: Source) -> jobs_pb2.Job:
        """Sends the bytes; the answered job imports them. `Client.import_dataset` also waits for that."""
        source.measure()  # Here, so that a file that can't be read is an error before there is a call.

        def attempt() -> jobs_pb2.Job:
            job: jobs_pb2.Job = self._connection.send(self._stub.Upload, upload_requests(header, source))
            return job

        return self._connection.again(attempt) if may_be_repeated(header, source) else attempt()
