"""Everything that one client's session holds, and its beginning and end."""

from __future__ import annotations

import asyncio
import logging
import subprocess

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from semlens import __version__
from semlens.core.cost.types import Source
from semlens.lsp.session.attachments import Attachments
from semlens.lsp.session.configuration import Configuration
from semlens.lsp.session.counting import TokenCounter
from semlens.lsp.session.documents import Documents, split_lines
from semlens.lsp.session.engine import Engine
from semlens.lsp.session.folders import Folders, WorkspaceFolder, is_cell
from semlens.lsp.session.priority_hints import Hints
from semlens.lsp.session.progress import ProgressTasks
from semlens.lsp.session.statuses import (
    ENGINE_LOST,
    current_status,
    folder_status,
    forgotten_status,
    off_status,
)
from semlens.lsp.transport.dispatch import StrictProtocol
from semlens.lsp.words.words import Words
from semlens.protocol import editor
from semlens.protocol.notifications import FolderStatus, Message
from semlens.settings import Settings
from semlens.types import RelativePath

log = logging.getLogger(__name__)

_LEVELS = {"error": lsp.MessageType.Error, "warning": lsp.MessageType.Warning}


TYPING_SECONDS = 0.5
"""After this time without a change the user is taken to read, and may hover."""


class Session(LanguageServer):
    """One client, its folders, its documents, and its engine."""

    protocol: StrictProtocol

    def __init__(self, engine: Engine, counting: subprocess.Popen[bytes] | None = None) -> None:
        super().__init__("semlens", __version__, protocol_cls=StrictProtocol)
        self.engine = engine
        self.folders = Folders()
        self.documents = Documents()
        self.configuration = Configuration()
        self.tokens = TokenCounter(counting)
        self.tokens.on_problem = lambda sentence: self.show("warning", sentence)
        self.words = Words()
        self.protocol.words = self.words
        self.progress_tasks = ProgressTasks(self.protocol.notify, self.words.say)
        self.attachments = Attachments(
            engine, self.folders, self.configuration, self.announce, self._settings_are_wrong
        )
        self.configuration.on_late = lambda: self.attachments.refresh(None)
        self.hints = Hints(engine, self.folders, self.documents, self.attachments)
        self._shown: set[str] = set()
        self._announcing: asyncio.Task[None] | None = None
        self._engine_lost = False
        self._warming: asyncio.TimerHandle | None = None
        engine.on_notification = self._engine_notified
        engine.on_connection = self._engine_connected

    async def close(self) -> None:
        """End the session. The engine goes on for other clients."""
        self.tokens.close()
        await self.engine.close()

    def open_folders(self, params: lsp.InitializeParams) -> None:
        """Take the client's folders; older clients have one root."""
        folders = [(folder.uri, folder.name) for folder in params.workspace_folders or ()]
        if params.workspace_folders is None and params.root_uri:
            folders = [(params.root_uri, "")]
        for uri, name in folders:
            self.folders.add(WorkspaceFolder.opened(uri, name))

    def settings_of(self, uri: str | None) -> Settings:
        """The settings of the folder that a document is in."""
        return self.attachments.settings_at(uri)

    def is_large(self, uri: str, text: str) -> bool:
        """Whether a document is too long for the index, so that it is not cut into chunks either."""
        return len(text) > self.settings_of(uri).max_file_size_kb * 1024

    def source(self, uri: str, text: str) -> Source:
        """The text of a document with the language and the model that it is read with."""
        from semlens.core.text.languages import TEXT, language_of

        lines = split_lines(text)
        file = self.folders.resolve(uri)
        path = file.path if file else RelativePath(uri.rpartition("/")[2])
        document = self.documents.get(uri)
        of_document = document.language_id if document else TEXT
        language = of_document if is_cell(uri) else language_of(path, text) or of_document
        settings = self.settings_of(uri)
        return Source("\n".join(lines), language, settings.model, tuple(settings.tokenizers))

    def warm(self, uri: str) -> None:
        """Prepare hovers over a document in the background."""
        document = self.documents.get(uri)
        hover = self.settings_of(uri).hover
        if document is not None and hover != "off" and not self.is_large(uri, document.text):
            self.tokens.warm(self.source(uri, document.text), chunks=hover == "full")

    def warm_soon(self, uri: str) -> None:
        """Prepare hovers over a document once it has not changed for a while."""
        if self._warming is not None:
            self._warming.cancel()
        self._warming = asyncio.get_running_loop().call_later(TYPING_SECONDS, self.warm, uri)

    def announce(self, folder: WorkspaceFolder, status: FolderStatus | None) -> None:
        """Forward a folder's new status to the client; None if the engine does not serve the folder."""
        if self.attachments.is_off(folder):
            self._notify_status(off_status(folder))
            return
        self._notify_status(folder_status(status, folder, self.attachments.failure(folder)))

    def leave_out(self, folder: WorkspaceFolder) -> None:
        """A folder's index was deleted: leave the folder out, and say so."""
        if not self.attachments.is_forgotten(folder):
            self.attachments.leave_out(folder)
            self._notify_status(forgotten_status(folder))

    def _notify_status(self, status: editor.FolderStatus) -> None:
        self.protocol.notify("semlens/statusChanged", status)

    def show(self, level: str, text: str) -> None:
        """Show the user a message, once; a message that is neither an error nor a warning goes to the log."""
        kind = _LEVELS.get(level)
        if kind is None:
            log.info("%s", text)
        elif text not in self._shown:
            self._shown.add(text)
            self.protocol.notify(lsp.WINDOW_SHOW_MESSAGE, lsp.ShowMessageParams(kind, text))

    def _settings_are_wrong(self, text: str) -> None:
        self._shown.discard(text)  # They were right in between.
        self.show("warning", text)

    def _engine_notified(self, notification: Message | FolderStatus) -> None:
        if isinstance(notification, Message):
            self.show(notification.level, notification.text)
            return
        folder = self.folders.by_real_path(notification.folder)
        if folder is not None and notification.state == "forgotten":
            self.leave_out(folder)
        elif folder is not None:
            self.attachments.note_status(folder)
            self.announce(folder, notification)

    def _engine_connected(self, connected: bool) -> None:
        """Announce a lost engine, and its return; messages that were shown before may then be shown again."""
        if not connected:
            self._engine_lost = True
            for folder in self.attachments.attached():
                self.announce(folder, ENGINE_LOST)
        elif self._engine_lost:
            self._engine_lost = False
            self._shown.clear()
            self._announcing = asyncio.get_running_loop().create_task(self._announce_all())

    async def _announce_all(self) -> None:
        for status in (await current_status(self.engine, self.folders, self.attachments)).folders:
            self._notify_status(status)


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
            ls.protocol.request(lsp.CLIENT_REGISTER_CAPABILITY, lsp.RegistrationParams(wanted), timeout=10.0)
        )
