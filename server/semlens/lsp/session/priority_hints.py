"""Hints for the engine about the user's work, by which it orders its own: open files, changes, typing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence

from semlens.errors import SemlensError
from semlens.lsp.session.attachments import Attachments
from semlens.lsp.session.documents import Documents
from semlens.lsp.session.engine import Engine, ask_engine
from semlens.lsp.session.folders import Folders, WorkspaceFolder, WorkspacePath, paths_by_folder
from semlens.protocol.engine import Attend, Focus, Touch
from semlens.protocol.request import Request
from semlens.types import RelativePath

log = logging.getLogger(__name__)

HINT_SECONDS = 10.0
"""How long the engine may take to acknowledge a hint."""

FOCUS_SECONDS = 0.2
"""Editors open and close several documents at once."""

ATTEND_SECONDS = 1.0
"""The least time between two hints that the user is typing."""

MakeHint = Callable[[str, list[RelativePath]], Request[None]]
"""A hint about files of one folder: its real path, and the files' paths in it."""


class Hints:
    """Sends hints about open documents, changed files and typing."""

    def __init__(
        self, engine: Engine, folders: Folders, documents: Documents, attachments: Attachments
    ) -> None:
        self._engine = engine
        self._folders = folders
        self._documents = documents
        self._attachments = attachments
        self._focusing: asyncio.Task[None] | None = None
        self._attending: asyncio.Task[None] | None = None
        self._attended = -ATTEND_SECONDS

    def focus_soon(self) -> None:
        """Tell the engine which documents are open, once for several changes."""
        if self._focusing is not None:
            self._focusing.cancel()
        self._focusing = asyncio.get_running_loop().create_task(self._focus())

    def attend(self, uri: str) -> None:
        """Tell the engine that the user types in a document, if background work should give way to that."""
        now = time.monotonic()
        if self._attachments.settings_at(uri).deep_tier_while_busy or now - self._attended < ATTEND_SECONDS:
            return
        self._attended = now
        attend = _logging_errors(ask_engine(self._engine, Attend(), HINT_SECONDS))
        self._attending = asyncio.get_running_loop().create_task(attend)

    async def touch(self, uris: Sequence[str]) -> None:
        """Tell the engine that files may have changed. Raises `SemlensError`."""
        await self._send(Touch, uris)

    async def _focus(self) -> None:
        await asyncio.sleep(FOCUS_SECONDS)
        await _logging_errors(self._send(Focus, self._documents.uris()))

    async def _send(self, make_hint: MakeHint, uris: Sequence[str]) -> None:
        """Send one hint for each attached folder that has some of the files."""
        attached = self._attachments.attached()
        files = [file for uri in uris if (file := self._folders.resolve(uri)) is not None]
        for folder, paths in paths_by_folder(_served(file, attached) for file in files).items():
            if folder in attached:
                await ask_engine(self._engine, make_hint(folder.real_path, paths), HINT_SECONDS)


async def _logging_errors(hint: Coroutine[None, None, None]) -> None:
    try:
        await hint
    except SemlensError as error:
        log.info("%s", error)


def _served(file: WorkspacePath, attached: Sequence[WorkspaceFolder]) -> WorkspacePath:
    """`file` in the attached folder with the same real path: a link and its target may both be open."""
    if file.folder in attached:
        return file
    same = [folder for folder in attached if folder.real_path == file.folder.real_path]
    return WorkspacePath(same[0], file.path) if same else file
