"""Everything that one client's session holds, and its beginning and end."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import time
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from semlens import __version__
from semlens.core.cost.types import Source
from semlens.lsp.counting.client import TokenCounter
from semlens.lsp.features.indexing import attend, focus
from semlens.lsp.features.status import folder_status, status
from semlens.lsp.session.attachments import Attachments
from semlens.lsp.session.configuration import Configuration
from semlens.lsp.session.documents import Documents, split_lines
from semlens.lsp.session.engine import Engine
from semlens.lsp.session.folders import Folders, WorkspaceFolder
from semlens.lsp.session.progress import Watched
from semlens.lsp.transport.wire import Wire
from semlens.protocol.editor import StatusParams
from semlens.settings import Settings
from semlens.types import RelativePath

log = logging.getLogger(__name__)

_LOST = {"state": "rebuilding", "message": "The Semlens engine is being restarted."}

ATTEND_SECONDS = 1.0
"""How often the engine is told that the user types."""

_LEVELS = {"error": lsp.MessageType.Error, "warning": lsp.MessageType.Warning}


class Session(LanguageServer):
    """One client, its folders, its documents, and its engine."""

    protocol: Wire

    def __init__(self, engine: Engine, counting: subprocess.Popen[bytes] | None = None) -> None:
        super().__init__("semlens", __version__, protocol_cls=Wire)
        self.engine = engine
        self.folders = Folders()
        self.documents = Documents()
        self.configuration = Configuration()
        self.tokens = TokenCounter(counting)
        self.watched = Watched(self.protocol.notify)
        self.attachments = Attachments(
            engine, self.folders, self.configuration, self.announce, self._settings_are_wrong
        )
        self._shown: set[str] = set()
        self._focusing: asyncio.Task[None] | None = None
        self._attended = -ATTEND_SECONDS
        self._attending: asyncio.Task[None] | None = None
        self._announcing: asyncio.Task[None] | None = None
        self._engine_lost = False
        engine.on_notification = self._engine_says
        engine.on_connection = self._engine_connected

    async def close(self) -> None:
        """Let go of the engine, which goes on for other clients."""
        self.tokens.close()
        await self.engine.close()

    def open_folders(self, params: lsp.InitializeParams) -> None:
        """Take the client's folders; older clients have one root."""
        folders = [(folder.uri, folder.name) for folder in params.workspace_folders or ()]
        if params.workspace_folders is None and params.root_uri:
            folders = [(params.root_uri, "")]
        for uri, name in folders:
            self.folders.add(WorkspaceFolder.opened(uri, name))

    def focus_soon(self) -> None:
        """The open documents changed: tell the engine, once for several changes."""
        if self._focusing is not None:
            self._focusing.cancel()
        self._focusing = asyncio.get_running_loop().create_task(focus(self))

    def attend(self, uri: str) -> None:
        """The user types: tell the engine, now and then, where its work is to give way to that."""
        now = time.monotonic()
        if self.settings_of(uri).deep_tier_while_busy or now - self._attended < ATTEND_SECONDS:
            return
        self._attended = now
        self._attending = asyncio.get_running_loop().create_task(attend(self))

    def settings_of(self, uri: str | None) -> Settings:
        """What is set for the folder that a document is in."""
        place = self.folders.place(uri) if uri else None
        return self.attachments.settings_of(place.folder if place else None)

    def source(self, uri: str, text: str) -> Source:
        """The text of a document with the language and the model that it is read with."""
        from semlens.core.text.languages import TEXT, language_of

        lines = split_lines(text)
        place = self.folders.place(uri)
        path = place.path if place else RelativePath(uri.rpartition("/")[2])
        document = self.documents.get(uri)
        language = language_of(path, lines[0]) or (document.language_id if document else TEXT)
        return Source("\n".join(lines), language, self.settings_of(uri).model)

    def announce(self, folder: WorkspaceFolder, status: dict[str, Any]) -> None:
        """Forward a folder's new status to the client."""
        told = folder_status(status, folder, self.attachments.failure(folder))
        self.protocol.notify("semlens/statusChanged", told)

    def show(self, level: str, text: str) -> None:
        """Tell the user something, once; what needs no attention goes to the log."""
        kind = _LEVELS.get(level)
        if kind is None:
            log.info("%s", text)
        elif text not in self._shown:
            self._shown.add(text)
            self.protocol.notify(lsp.WINDOW_SHOW_MESSAGE, lsp.ShowMessageParams(kind, text))

    def _settings_are_wrong(self, text: str) -> None:
        self._shown.discard(text)  # They were right in between.
        self.show("warning", text)

    def _engine_says(self, method: str, params: dict[str, Any]) -> None:
        if method == "message":
            self.show(str(params.get("level")), str(params.get("text")))
        elif method == "status_changed":
            folder = self.folders.by_real_path(str(params.get("folder")))
            if folder is not None:
                self.attachments.note_news(folder)
                self.announce(folder, params)

    def _engine_connected(self, connected: bool) -> None:
        """A lost engine is a status; so is its return, after which old messages may be new again."""
        if not connected:
            self._engine_lost = True
            for folder in self.attachments.attached():
                self.announce(folder, _LOST)
        elif self._engine_lost:
            self._engine_lost = False
            self._shown.clear()
            self._announcing = asyncio.get_running_loop().create_task(self._announce_all())

    async def _announce_all(self) -> None:
        for told in (await status(self, StatusParams())).folders:
            self.protocol.notify("semlens/statusChanged", told)


async def register_for_events(ls: Session) -> None:
    """Ask the client for its events of settings and files, where it lets a server ask."""
    workspace = ls.client_capabilities.workspace
    if workspace is None:
        return
    wanted = []
    if workspace.did_change_configuration and workspace.did_change_configuration.dynamic_registration:
        wanted.append(lsp.Registration("settings", lsp.WORKSPACE_DID_CHANGE_CONFIGURATION))
    if workspace.did_change_watched_files and workspace.did_change_watched_files.dynamic_registration:
        everything = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher("**/*")])
        wanted.append(lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, everything))
    if wanted:
        await asyncio.shield(
            ls.protocol.ask(lsp.CLIENT_REGISTER_CAPABILITY, lsp.RegistrationParams(wanted), timeout=10.0)
        )
