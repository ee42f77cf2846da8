"""The handlers of the requests about embedding servers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from attrs import evolve

from semlens.core.served.encoder import ServerEncoder
from semlens.core.served.model import ServedModel, parse_place
from semlens.engine.models.instant import is_instant
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.servers import Wishes
from semlens.engine.models.trained import named
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.registry import WorkspaceRegistry
from semlens.errors import ModelError
from semlens.protocol.request import Request
from semlens.protocol.served import (
    JoinModelServer,
    LeaveModelServer,
    LeaveModelServerAnswer,
    ListModelServers,
    ModelServerInfo,
    ModelServersAnswer,
    TellModelTokens,
    UseModel,
    UseModelAnswer,
)
from semlens.settings import Settings


class ServedService:
    """Joins and leaves embedding servers. Its handlers are called on the event loop's thread."""

    def __init__(self, models: ModelRegistry, folders: WorkspaceRegistry) -> None:
        self._models = models
        self._servers = models.servers
        self._folders = folders
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            JoinModelServer: self._join,
            LeaveModelServer: self._leave,
            ListModelServers: self._list,
            TellModelTokens: self._tell,
            UseModel: self._use,
        }

    async def _join(self, request: JoinModelServer, connection: Connection) -> ModelServerInfo:
        wishes = Wishes(request.query_prompt, request.document_prompt, request.window, request.token_variable)
        model = await asyncio.to_thread(self._servers.join, parse_place(request.place), wishes)
        await self._changed(model)
        return _info(model, None)

    async def _leave(self, request: LeaveModelServer, connection: Connection) -> LeaveModelServerAnswer:
        gone = await asyncio.to_thread(self._servers.leave, parse_place(request.place))
        for model in gone:
            await asyncio.to_thread(self._models.reconnect, model.place.setting)
        return LeaveModelServerAnswer([_info(model, None) for model in gone])

    async def _list(self, request: ListModelServers, connection: Connection) -> ModelServersAnswer:
        models = await asyncio.to_thread(self._servers.joined)
        said = await asyncio.gather(*(asyncio.to_thread(self._problem, one, request.probe) for one in models))
        return ModelServersAnswer([_info(one, problem) for one, problem in zip(models, said, strict=True)])

    async def _tell(self, request: TellModelTokens, connection: Connection) -> None:
        if self._servers.tell(request.tokens):
            for model in await asyncio.to_thread(self._servers.joined):
                if model.token_variable:
                    await self._changed(model)

    async def _use(self, request: UseModel, connection: Connection) -> UseModelAnswer:
        workspace = await self._folders.get(request.folder)
        name = await asyncio.to_thread(named, self._models.data_dir, request.model)
        now = workspace.settings
        if request.second:
            changed = evolve(now, second_model=name)
        elif await asyncio.to_thread(is_instant, name):
            changed = evolve(now, instant_model=name)
        else:
            changed = evolve(now, model=name)
        await self._folders.get(request.folder, changed)
        return UseModelAnswer((await asyncio.to_thread(self._folders.status, workspace)).message)

    async def _changed(self, model: ServedModel) -> None:
        """Have the folders that name the model use it."""
        setting = model.place.setting
        await asyncio.to_thread(self._models.reconnect, setting)
        await self._folders.reload(setting)
        for workspace in self._folders.every:
            if setting in (workspace.settings.model, workspace.settings.second_model):
                workspace.improve()

    def _problem(self, model: ServedModel, probe: bool) -> str | None:
        """Why a server's model cannot be used, in a sentence; without `probe`, as far as that is known."""
        try:
            encoder = self._models.models(Settings(model=model.place.setting)).encoder
            if probe and isinstance(encoder, ServerEncoder):
                encoder.check()
            return encoder.message
        except ModelError as error:
            return str(error)


def _info(model: ServedModel, message: str | None) -> ModelServerInfo:
    return ModelServerInfo(
        setting=model.place.setting,
        host=model.place.host,
        model=model.name,
        dialect=model.dialect,
        dimension=model.dim,
        window=model.window,
        limit=model.limit,
        query_prompt=model.prompts.query,
        document_prompt=model.prompts.document,
        token_variable=model.token_variable,
        message=message,
    )
