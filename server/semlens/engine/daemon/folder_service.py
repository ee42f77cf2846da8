"""The handlers of the requests about the folders that have an index."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from semlens.core.store.layout import disk_usage, take_away, workspaces
from semlens.engine.daemon.team_service import TeamService
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.folder_inventory import kept_folders
from semlens.engine.workspace.registry import WorkspaceRegistry
from semlens.errors import SemlensError
from semlens.private_files import discard
from semlens.protocol.editor import KeptFolder
from semlens.protocol.folders import ForgetFolders, ForgetFoldersAnswer, ListFolders, ListFoldersAnswer
from semlens.protocol.request import Request

log = logging.getLogger(__name__)


class FolderService:
    """Lists indexed folders, and forgets some: their indexes, and what was chosen for them alone.

    Vectors and counts of tokens stay: they are kept by content, other folders may share them, and what no
    index uses goes by itself (`engine/jobs/cleanup.py`).
    """

    def __init__(self, data_dir: Path, folders: WorkspaceRegistry, team: TeamService) -> None:
        self._data_dir = data_dir
        self._folders = folders
        self._team = team
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            ListFolders: self._list,
            ForgetFolders: self._forget,
        }

    async def _list(self, request: ListFolders, connection: Connection) -> ListFoldersAnswer:
        return ListFoldersAnswer(await self.kept())

    async def _forget(self, request: ForgetFolders, connection: Connection) -> ForgetFoldersAnswer:
        # Shielded: a client that leaves must not leave a folder half closed.
        return await asyncio.shield(asyncio.ensure_future(self.forget(request.places)))

    async def kept(self) -> list[KeptFolder]:
        """Every folder that has an index, by path. Raises `StorageError`."""
        return await asyncio.to_thread(self._kept)

    async def forget(self, places: list[str]) -> ForgetFoldersAnswer:
        """As `ForgetFolders`. Not to be cancelled. Raises `StorageError`."""
        kept = {one.place: one for one in await self.kept()}
        private = {folder.name: folder for folder, _ in await asyncio.to_thread(self._private)}
        forgotten, freed, problems = [], 0, []
        for place in dict.fromkeys(places):
            if place not in kept or place not in private:
                continue
            try:
                away = await self._taken_away(private[place], kept[place].folder)
            except SemlensError as error:
                problems.append(str(error))
                continue
            log.info("forgot %s", kept[place].folder or place)
            forgotten.append(kept[place])
            left = await asyncio.to_thread(_deleted, away)
            freed += max(0, kept[place].disk_bytes - left)
            if left or away.exists():
                problems.append(f"Not all of {away} could be deleted: delete it yourself.")
            try:
                await asyncio.to_thread(self._team.forget, Path(kept[place].folder))
            except SemlensError as error:
                problems.append(str(error))
        return ForgetFoldersAnswer(forgotten, freed, problems)

    async def _taken_away(self, private: Path, folder: str) -> Path:
        """Close a folder, and rename its private folder, which is what `take_away` returns."""
        if not folder:  # Nobody knows which folder it is, so that nobody can have it open.
            async with self._folders.none_opens():
                return await asyncio.to_thread(take_away, private)
        async with self._folders.shut(Path(folder)):
            return await asyncio.to_thread(take_away, private)

    def _kept(self) -> list[KeptFolder]:
        return kept_folders(self._data_dir, self._folders.roots, self._folders.followers)

    def _private(self) -> list[tuple[Path, Path | None]]:
        return list(workspaces(self._data_dir))


def _deleted(away: Path) -> int:
    """Delete a folder; how many bytes could not be deleted."""
    discard(away)
    return disk_usage(away)
