"""Which workspaces are open, who looks at them, and which is being made to take another's place.

Another model has another index of the same folder. It is made beside the old one, which answers
until the new one is full.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from attrs import evolve

from semlens.core.index.model_set import ModelSet
from semlens.core.store.layout import index_dir
from semlens.engine.jobs.activity import UserActivity
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.last_model import LastModel, last_model, remember_model
from semlens.engine.workspace.pause_file import is_paused, note_paused
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import FolderError, ModelError
from semlens.settings import Settings

log = logging.getLogger(__name__)


class WorkspaceRegistry:
    """Every open workspace by its real folder. Its methods are called on the event loop's thread."""

    def __init__(self, data_dir: Path, shelf: ModelRegistry) -> None:
        self._data_dir = data_dir
        self._shelf = shelf
        self._serving: dict[Path, Workspace] = {}
        self._coming: dict[Path, Workspace] = {}
        self._watching: dict[Path, set[Connection]] = {}
        self._opening = asyncio.Lock()
        self._looks = itertools.count(1)
        self._telling = threading.Lock()
        self._told: dict[Path, int] = {}
        self._farewells = ThreadPoolExecutor(max_workers=2, thread_name_prefix="farewell")
        self._loop: asyncio.AbstractEventLoop | None = None
        self.paused = is_paused(data_dir)
        self.attention = UserActivity()

    def __iter__(self) -> Iterator[Workspace]:
        """Those that answer, in the order in which they were opened."""
        return iter(list(self._serving.values()))

    def __bool__(self) -> bool:
        return bool(self._serving)

    @property
    def every(self) -> list[Workspace]:
        """Those that answer and those that are being made."""
        return [*self._serving.values(), *self._coming.values()]

    async def get(self, folder: str, settings: Settings | None = None) -> Workspace:
        """The workspace that answers for a folder, opened when it is first named. Raises `SemlensError`."""
        root = real_root(folder)
        if root not in self._serving or settings is not None:
            async with self._opening:
                if root not in self._serving:
                    await self._begin(root, settings)
                elif settings is not None:
                    await self._configure(root, settings)
        if self._serving[root].handle.broken:
            await asyncio.to_thread(self._serving[root].handle.reopen)
        return self._serving[root]

    def newest(self, workspace: Workspace) -> Workspace:
        """The one to work on: what is being made in place of `workspace`, if anything is."""
        return self._coming.get(workspace.root, workspace)

    async def attach(self, workspace: Workspace, connection: Connection) -> None:
        """Follow a folder for as long as `connection` looks at it."""
        clients = self._watching.setdefault(workspace.root, set())
        clients.add(connection)
        if workspace.notice is not None:
            connection.notify("message", _warning(workspace.notice))
        if len(clients) == 1:
            for one in {workspace, self.newest(workspace)}:
                await asyncio.to_thread(one.watch)

    def detach(self, root: Path, connection: Connection) -> None:
        clients = self._watching.get(root, set())
        if connection not in clients:
            return
        clients.discard(connection)
        if not clients:
            del self._watching[root]
            for workspace in self._of(root):
                self._farewells.submit(workspace.unwatch)

    def connection_closed(self, connection: Connection) -> None:
        for root in list(self._watching):
            self.detach(root, connection)

    async def pause(self, paused: bool) -> None:
        self.paused = paused
        await asyncio.to_thread(note_paused, self._data_dir, paused)
        for workspace in self.every:
            await asyncio.to_thread(workspace.pause, paused)

    def status(self, workspace: Workspace) -> dict[str, Any]:
        """A `FolderStatus` with the folder's path; from any thread."""
        standing = workspace.standing()
        coming = self._coming.get(workspace.root)
        if coming is not None and standing.error is None:
            making = coming.standing()
            standing = replace(standing, refilling=True, error=making.error)
            if making.error is None:
                done = f"{making.coverage.deep:.0%} done" if making.coverage.chunks else "beginning"
                return {
                    **standing.status(workspace.root),
                    "message": f"Changing to another model, {done}; the one before answers meanwhile.",
                }
        return standing.status(workspace.root)

    async def close(self, unneeded: bool) -> None:
        """Close every index cleanly, side by side. A pause ends with what nobody needs any more."""
        if unneeded:
            note_paused(self._data_dir, False)
        await asyncio.gather(*(asyncio.to_thread(workspace.close) for workspace in self.every))
        self._farewells.shutdown(wait=False, cancel_futures=True)

    async def _begin(self, root: Path, settings: Settings | None) -> None:
        """Open a folder; of a change of model that was cut short, with the model that answered before."""
        if not await asyncio.to_thread(root.is_dir):
            raise FolderError(f"{root} is not a folder. Give a folder that exists.")
        last = await asyncio.to_thread(last_model, self._data_dir, root)
        if settings is None:
            settings = Settings(model=last.model) if last is not None and last.chosen else Settings()
        before = await asyncio.to_thread(self._models_before, root, last, settings)
        if before is None:
            self._serving[root] = await self._open(root, settings)
            await asyncio.to_thread(remember_model, self._data_dir, root, settings.model)
        else:
            assert last is not None
            models = await asyncio.to_thread(self._shelf.models, settings)
            self._serving[root] = await self._open(root, evolve(settings, model=last.model))
            await self._begin_to_replace(self._serving[root], models, settings)

    def _models_before(self, root: Path, last: LastModel | None, settings: Settings) -> ModelSet | None:
        """The models that answered last, if they are others and their index is still there."""
        if last is None or last.model == settings.model:
            return None
        with suppress(ModelError):
            models = self._shelf.models(evolve(settings, model=last.model))
            if (index_dir(self._data_dir, root, models.deep_fingerprint) / "index.db").exists():
                return models
        return None

    async def _open(self, root: Path, settings: Settings) -> Workspace:
        self._loop = asyncio.get_running_loop()
        models = await asyncio.to_thread(self._shelf.models, settings)

        def make() -> Workspace:
            workspace = Workspace(
                root, self._data_dir, models, settings, self._say_status, self._say, self.attention
            )
            workspace.paused = self.paused
            return workspace

        return await asyncio.to_thread(make)

    async def _configure(self, root: Path, settings: Settings) -> None:
        serving, coming = self._serving[root], self._coming.get(root)
        models = await asyncio.to_thread(self._shelf.models, settings)
        if coming is not None and coming.models is not models:
            del self._coming[root]
            self._farewells.submit(coming.close)
            coming = None
        if serving.models is models:
            await asyncio.to_thread(serving.configure, settings)
        elif coming is not None:
            await asyncio.to_thread(coming.configure, settings)
        else:
            await self._begin_to_replace(serving, models, settings)

    async def _begin_to_replace(self, serving: Workspace, models: ModelSet, settings: Settings) -> None:
        root = serving.root
        log.info("%s changes to the model %s", root, models.deep.name)
        coming = self._coming[root] = await self._open(root, settings)
        rest = evolve(settings, model=serving.settings.model)
        await asyncio.to_thread(serving.configure, rest)
        if root in self._watching:
            await asyncio.to_thread(coming.watch)

    def _say_status(self, workspace: Workspace) -> None:
        """Called by a workspace on any of its threads."""
        if self._loop is None or self._loop.is_closed():
            return
        if self._coming.get(workspace.root) is workspace and workspace.full:
            self._loop.call_soon_threadsafe(self._take_over, workspace)
        serving = self._serving.get(workspace.root)
        if serving is not None:
            look = next(self._looks)
            status = self.status(serving)
            with self._telling:
                if look > self._told.get(workspace.root, 0):  # What is told last was looked at last.
                    self._told[workspace.root] = look
                    self._tell(workspace.root, "status_changed", status)

    def _say(self, workspace: Workspace, text: str) -> None:
        self._tell(workspace.root, "message", _warning(text))

    def _tell(self, root: Path, method: str, params: dict[str, Any]) -> None:
        for connection in list(self._watching.get(root, ())):
            connection.notify(method, params)

    def _take_over(self, coming: Workspace) -> None:
        if self._coming.get(coming.root) is coming:
            del self._coming[coming.root]
            replaced, self._serving[coming.root] = self._serving[coming.root], coming
            self._farewells.submit(remember_model, self._data_dir, coming.root, coming.settings.model)
            self._farewells.submit(replaced.retire)
            self._farewells.submit(self._say_status, coming)

    def _of(self, root: Path) -> list[Workspace]:
        return [found[root] for found in (self._serving, self._coming) if root in found]


def real_root(folder: str) -> Path:
    """One workspace a real folder, by whatever name it is opened."""
    return Path(os.path.realpath(folder))


def _warning(text: str) -> dict[str, Any]:
    return {"level": "warning", "text": text}
