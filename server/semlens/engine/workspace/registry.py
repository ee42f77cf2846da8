"""The open workspaces, the clients that follow them, and the replacements that are being built.

Another model has another index of the same folder. It is built beside the old one, which answers until the
new one is full.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from attrs import evolve

from semlens.core.index.model_set import ModelSet
from semlens.engine.jobs.throttle import UserActivity
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.added_models import added_models
from semlens.engine.workspace.followers import Followers
from semlens.engine.workspace.last_model import last_model, remember_model, settings_of
from semlens.engine.workspace.pause_file import is_paused, note_paused
from semlens.engine.workspace.retiring import Retiring
from semlens.engine.workspace.usable_models import Refused, models_before, usable_models
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import FolderError, SemlensError
from semlens.protocol.notifications import FolderStatus, Message
from semlens.settings import Settings

log = logging.getLogger(__name__)

_SHUT = "The index of {0} is being deleted: ask again in a moment."


class WorkspaceRegistry:
    """Every open workspace by its real folder. Its methods are called on the event loop's thread."""

    def __init__(self, data_dir: Path, model_registry: ModelRegistry) -> None:
        self._data_dir = data_dir
        self._model_registry = model_registry
        self._serving: dict[Path, Workspace] = {}
        self._replacements: dict[Path, Workspace] = {}
        self._retiring = Retiring()
        self._shut: set[Path] = set()
        """The folders that `shut` keeps from being opened."""
        self._followers = Followers()
        self._refused: dict[Path, Refused] = {}
        self._opening = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.paused = is_paused(data_dir)
        self.activity = UserActivity()
        model_registry.on_other_model = self._other_model

    def __iter__(self) -> Iterator[Workspace]:
        """The workspaces that answer, in the order in which they were opened."""
        return iter(list(self._serving.values()))

    def __bool__(self) -> bool:
        return bool(self._serving)

    @property
    def every(self) -> list[Workspace]:
        """The workspaces that answer, and the replacements that are being built."""
        return [*self._serving.values(), *self._replacements.values()]

    @property
    def directories(self) -> set[Path]:
        """The private folders of all open indexes, with those that are being closed."""
        return {workspace.directory for workspace in [*self.every, *self._retiring]}

    @property
    def roots(self) -> Mapping[str, Path]:
        """The name of each open folder's private folder → the folder."""
        return {workspace.directory.parent.name: workspace.root for workspace in self.every}

    def followers(self, root: Path) -> list[str]:
        """The names of the programs that follow a folder."""
        return self._followers.names(root)

    @asynccontextmanager
    async def none_opens(self) -> AsyncIterator[None]:
        """While the block runs, no folder is opened and none gets another model."""
        async with self._opening:
            yield

    @asynccontextmanager
    async def shut(self, root: Path) -> AsyncIterator[None]:
        """While the block runs, a folder's indexes are closed, and nobody opens it. Then nobody follows it.

        Its last queries are answered first. If the block fails, those who follow the folder have it back.
        Not to be cancelled. Raises `FolderError` if it is shut already.
        """
        async with self._opening:
            self._refuse_shut(root)
            self._shut.add(root)
            leaving = self._of(root)
            self._serving.pop(root, None)
            self._replacements.pop(root, None)
        try:
            for workspace in leaving:
                self._retiring.close(workspace, workspace.retire)
            await self._retiring.wait(root)
            yield
        except BaseException:
            self._shut.discard(root)
            if leaving:
                await self._open_again(root, leaving[-1].settings)
            raise
        self._shut.discard(root)
        self._refused.pop(root, None)
        self._followers.dismiss(root, FolderStatus(str(root), "forgotten"))

    async def get(self, folder: str, settings: Settings | None = None) -> Workspace:
        """The workspace that answers for a folder, opened if it is not open. Raises `SemlensError`."""
        root = real_root(folder)
        self._refuse_shut(root)
        if root not in self._serving or settings is not None:
            # Shielded: a client that leaves must not leave an index open that nobody has.
            await asyncio.shield(asyncio.ensure_future(self._prepare(root, settings)))
        workspace = self._serving[root]
        if workspace.handle.broken:
            await asyncio.to_thread(workspace.handle.reopen)
        return workspace

    async def _prepare(self, root: Path, settings: Settings | None) -> None:
        async with self._opening:
            self._refuse_shut(root)
            if root not in self._serving:
                await self._begin(root, settings)
            elif settings is not None:
                await self._configure(root, settings)

    def opened(self, folder: str) -> list[Workspace]:
        """The workspace of a folder and its replacement, as far as they are open."""
        return self._of(real_root(folder))

    def newest(self, workspace: Workspace) -> Workspace:
        """The workspace to index: the replacement of `workspace` if one is being built, else itself."""
        return self._replacements.get(workspace.root, workspace)

    async def attach(self, workspace: Workspace, connection: Connection) -> None:
        """Follow a folder until `connection` detaches or closes. Raises `FolderError` if it was closed."""
        if workspace.root not in self._serving:
            raise FolderError(_SHUT.format(workspace.root))
        followed = {workspace, self.newest(workspace)}
        if workspace.root not in self._followers:  # Who follows it is told of its status at once.
            for one in followed:
                one.await_watch()
        first = self._followers.add(workspace.root, connection)
        if workspace.notice is not None:
            connection.notify(Message("warning", workspace.notice))
        if workspace.root in self._refused:
            connection.notify(Message("error", self._refused[workspace.root].sentence))
        if first:
            for one in followed:
                await asyncio.to_thread(one.watch)

    def detach(self, root: Path, connection: Connection) -> None:
        """Stop following a folder for `connection`."""
        if self._followers.remove(root, connection):
            for workspace in self._of(root):
                self._retiring.submit(workspace.unwatch, lambda: root in self._followers)

    def connection_closed(self, connection: Connection) -> None:
        """Detach a client from all its folders."""
        for root in self._followers.followed():
            self.detach(root, connection)

    async def pause(self, paused: bool) -> None:
        """Stop indexing in every workspace, or go on with it."""
        self.paused = paused
        await asyncio.to_thread(note_paused, self._data_dir, paused)
        for workspace in self.every:
            await asyncio.to_thread(workspace.pause, paused)

    def status(self, workspace: Workspace) -> FolderStatus:
        """The status of a folder, from any thread."""
        status = workspace.status()
        refused = self._refused.get(workspace.root)
        if refused is not None and status.error is None:
            return evolve(status.of_folder(workspace.root), message=refused.sentence)
        replacement = self._replacements.get(workspace.root)
        if replacement is None or status.error is not None:
            return status.of_folder(workspace.root)
        built = replacement.status()
        answering = replace(status, refilling=True, error=built.error).of_folder(workspace.root)
        if built.error is not None:
            return answering
        done = f"{built.coverage.deep:.0%} done" if built.coverage.chunks else "beginning"
        return evolve(
            answering, message=f"Changing to another model, {done}; the one before answers meanwhile."
        )

    async def close(self, unneeded: bool) -> None:
        """Close every index cleanly, in parallel. `unneeded`, for want of clients, also ends a pause."""
        if unneeded:
            note_paused(self._data_dir, False)
        await asyncio.gather(*(asyncio.to_thread(workspace.close) for workspace in self.every))
        self._retiring.stop()

    def _refuse_shut(self, root: Path) -> None:
        if root in self._shut:
            raise FolderError(_SHUT.format(root))

    async def _open_again(self, root: Path, settings: Settings) -> None:
        """Open a folder that could not be forgotten, for those who follow it."""
        try:
            async with self._opening:
                await self._begin(root, settings)
            if root in self._followers:
                for workspace in self._of(root):
                    await asyncio.to_thread(workspace.watch)
        except SemlensError as error:
            log.warning("%s cannot be opened again: %s", root, error)

    async def _begin(self, root: Path, settings: Settings | None) -> None:
        """Open a folder; if a change of its model was cut short, with the model that answered before."""
        if not await asyncio.to_thread(root.is_dir):
            raise FolderError(f"{root} is not a folder. Give a folder that exists.")
        last = await asyncio.to_thread(last_model, self._data_dir, root)
        wanted = settings_of(last) if settings is None else settings
        usable, refused = await asyncio.to_thread(usable_models, self._model_registry, last, wanted)
        self._refused.pop(root, None)
        if refused is not None:
            self._refused[root] = refused
        before = await asyncio.to_thread(
            models_before, self._model_registry, self._data_dir, root, last, usable
        )
        if before is None:
            self._serving[root] = await self._open(root, usable)
            await self._remember(self._serving[root])
        else:
            models = await asyncio.to_thread(self._model_registry.models, usable)
            self._serving[root] = await self._open(root, before.settings(usable))
            await self._begin_replacement(self._serving[root], models, usable)

    async def _open(self, root: Path, settings: Settings) -> Workspace:
        self._loop = asyncio.get_running_loop()
        models = await asyncio.to_thread(self._model_registry.models, settings)
        added = await asyncio.to_thread(added_models, self._model_registry, settings)

        def make() -> Workspace:
            workspace = Workspace(
                root,
                self._data_dir,
                models,
                settings,
                self._notify_status,
                self._notify_warning,
                self.activity,
                added,
                self._model_registry.text_reader,
            )
            workspace.paused = self.paused
            return workspace

        return await asyncio.to_thread(make)

    async def _configure(self, root: Path, settings: Settings) -> None:
        serving, replacement = self._serving[root], self._replacements.get(root)
        models = await asyncio.to_thread(self._model_registry.models, settings)
        self._refused.pop(root, None)
        if replacement is not None and replacement.models is not models:
            del self._replacements[root]
            self._retiring.close(replacement, replacement.close)
            replacement = None
        if serving.models is models:
            await self._apply(serving, settings)
            await self._remember(serving)
        elif replacement is not None:
            await self._apply(replacement, settings)
        else:
            await self._begin_replacement(serving, models, settings)

    async def _apply(self, workspace: Workspace, settings: Settings) -> None:
        """Give a workspace settings with the same first model."""
        added = await asyncio.to_thread(added_models, self._model_registry, settings)
        await asyncio.to_thread(workspace.configure, settings)
        await asyncio.to_thread(workspace.use_added, added)

    async def _remember(self, workspace: Workspace) -> None:
        await asyncio.to_thread(remember_model, self._data_dir, workspace.root, workspace.settings)

    async def _begin_replacement(self, serving: Workspace, models: ModelSet, settings: Settings) -> None:
        root = serving.root
        log.info("%s changes to the model %s", root, models.deep.name)
        replacement = self._replacements[root] = await self._open(root, settings)
        before = serving.settings
        same_model = evolve(settings, model=before.model, instant_model=before.instant_model)
        await self._apply(serving, same_model)
        if root in self._followers:
            await asyncio.to_thread(replacement.watch)

    async def reload(self, setting: str) -> None:
        """Open what a model's setting names now in every folder that has it, beside what answers there."""
        async with self._opening:
            wanted = {one.root: one.settings for one in self.every}
            wanted |= {root: one.settings for root, one in self._refused.items()}
            for root, settings in wanted.items():
                if setting in (settings.model, settings.second_model) and root in self._serving:
                    try:
                        await self._configure(root, settings)
                    except SemlensError as error:
                        log.warning("%s cannot change its model: %s", root, error)

    def _other_model(self, setting: str, sentence: str) -> None:
        """A server has another model, as any thread says."""
        if self._loop is None or self._loop.is_closed():
            return
        asked = [one for one in self.every if setting in (one.settings.model, one.settings.second_model)]
        for root in {one.root for one in asked}:
            self._followers.tell(root, Message("warning", sentence))
        asyncio.run_coroutine_threadsafe(self.reload(setting), self._loop)

    def _notify_status(self, workspace: Workspace) -> None:
        """Send a folder's status to its clients, from any thread, and use a replacement that is full."""
        if self._loop is None or self._loop.is_closed():
            return
        if self._replacements.get(workspace.root) is workspace and workspace.full:
            self._loop.call_soon_threadsafe(self._take_over, workspace)
        serving = self._serving.get(workspace.root)
        if serving is not None:
            self._followers.tell_status(workspace.root, lambda: self.status(serving))

    def _notify_warning(self, workspace: Workspace, text: str) -> None:
        self._followers.tell(workspace.root, Message("warning", text))

    def _take_over(self, replacement: Workspace) -> None:
        root = replacement.root
        if self._replacements.get(root) is replacement:
            del self._replacements[root]
            replaced, self._serving[root] = self._serving[root], replacement
            self._retiring.submit(remember_model, self._data_dir, root, replacement.settings)
            self._retiring.close(replaced, replaced.retire)
            self._retiring.submit(self._notify_status, replacement)

    def _of(self, root: Path) -> list[Workspace]:
        return [found[root] for found in (self._serving, self._replacements) if root in found]


def real_root(folder: str) -> Path:
    """The folder without links, so that a folder has one workspace under all its names."""
    return Path(os.path.realpath(folder))
