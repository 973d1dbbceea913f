"""As stanflow.models, for asyncio."""
from __future__ import annotations

from typing import AsyncIterator

from stanflow._files import Path, whole_file
from stanflow._names import model_name
from stanflow.aio._connection import Connection
from stanflow.aio._threads import finished
from stanflow.models import import_requests
from stanflow.v1 import models_pb2


class Models:
    """`client.models`, as stanflow.models.Models."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = connection.stubs.models

    async def get(self, name: str) -> models_pb2.ModelVersion:
        return await self._connection.ask(self._stub.GetModel, models_pb2.GetModelRequest(name=model_name(name)))

    def list(self) -> AsyncIterator[models_pb2.ModelVersion]:
        request = models_pb2.ListModelsRequest(page_size=1000)
        return self._connection.pages(self._stub.ListModels, request, "versions")

    async def set_alias(self, model: str, alias: str, version: int) -> models_pb2.ModelAlias:
        request = models_pb2.SetAliasRequest(model=model, alias=alias, version=version)
        return await self._connection.call(self._stub.SetAlias, request)

    async def delete(self, version: str) -> None:
        request = models_pb2.DeleteVersionRequest(name=model_name(version))
        await self._connection.call(self._stub.DeleteVersion, request)

    async def load(self, name: str) -> models_pb2.ModelVersion:
        return await self._connection.call(self._stub.LoadModel, models_pb2.LoadModelRequest(name=model_name(name)))

    async def unload(self, name: str) -> models_pb2.ModelVersion:
        return await self._connection.call(self._stub.UnloadModel, models_pb2.UnloadModelRequest(name=model_name(name)))

    async def export_bundle(self, name: str, path: Path) -> None:
        request = models_pb2.ExportModelRequest(name=model_name(name))

        async def export() -> None:
            with whole_file(path) as part, open(part, "wb") as file:
                async for data in self._connection.receive(self._stub.ExportModel, request):
                    await finished(file.write, data)

        await self._connection.again(export)

    async def import_bundle(self, model: str, path: Path) -> models_pb2.ModelVersion:
        method = self._connection.sending.models.ImportModel
        version: models_pb2.ModelVersion = await self._connection.send(method, import_requests(model, path))
        return version
