"""What was learned."""
from __future__ import annotations

from typing import Iterator

from stanflow._connection import Connection
from stanflow._files import Path, whole_file
from stanflow._names import model_name
from stanflow._sources import source_of
from stanflow.v1 import models_pb2


def import_requests(model: str, path: Path) -> Iterator[models_pb2.ImportModelRequest]:
    yield models_pb2.ImportModelRequest(header=models_pb2.ImportModelHeader(model=model))
    for block in source_of(path).blocks():
        yield models_pb2.ImportModelRequest(data=block)


class Models:
    """`client.models`. A version is named "M" (the newest), "M@3", "M@ALIAS" or "models/M/versions/3"."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = connection.stubs.models

    def get(self, name: str) -> models_pb2.ModelVersion:
        """With the whole manifest."""
        request = models_pb2.GetModelRequest(name=model_name(name))
        version: models_pb2.ModelVersion = self._connection.ask(self._stub.GetModel, request)
        return version

    def list(self) -> Iterator[models_pb2.ModelVersion]:
        """All versions of all models, without their manifests."""
        request = models_pb2.ListModelsRequest(page_size=1000)
        return self._connection.pages(self._stub.ListModels, request, "versions")

    def set_alias(self, model: str, alias: str, version: int) -> models_pb2.ModelAlias:
        """Points `model`@`alias` at a version; 0 removes the alias."""
        request = models_pb2.SetAliasRequest(model=model, alias=alias, version=version)
        changed: models_pb2.ModelAlias = self._connection.call(self._stub.SetAlias, request)
        return changed

    def delete(self, version: str) -> None:
        """FailedPrecondition while an alias points at it or a stream uses it."""
        self._connection.call(self._stub.DeleteVersion, models_pb2.DeleteVersionRequest(name=model_name(version)))

    def load(self, name: str) -> models_pb2.ModelVersion:
        """Ahead of the first generate."""
        request = models_pb2.LoadModelRequest(name=model_name(name))
        version: models_pb2.ModelVersion = self._connection.call(self._stub.LoadModel, request)
        return version

    def unload(self, name: str) -> models_pb2.ModelVersion:
        """Frees its memory; FailedPrecondition while a stream uses it. The next generate loads it again."""
        request = models_pb2.UnloadModelRequest(name=model_name(name))
        version: models_pb2.ModelVersion = self._connection.call(self._stub.UnloadModel, request)
        return version

    def export_bundle(self, name: str, path: Path) -> None:
        """Writes a version as one tar file."""
        request = models_pb2.ExportModelRequest(name=model_name(name))

        def export() -> None:
            with whole_file(path) as part, open(part, "wb") as file:
                file.writelines(self._connection.receive(self._stub.ExportModel, request))

        self._connection.again(export)

    def import_bundle(self, model: str, path: Path) -> models_pb2.ModelVersion:
        """Makes a bundle that `export_bundle` wrote the model's next version."""
        version: models_pb2.ModelVersion = self._connection.send(self._stub.ImportModel, import_requests(model, path))
        return version
