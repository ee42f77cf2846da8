"""Keeps the engine in step with the client's open folders and their settings."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from semlens.errors import EngineError, ModelError, NeedsFullError, SemlensError, UsageError
from semlens.lsp.session.configuration import Configuration, LspClient
from semlens.lsp.session.engine import Engine, ask_engine
from semlens.lsp.session.folders import Folders, WorkspaceFolder, WorkspacePath, path_of
from semlens.protocol.engine import Attach, Configure, Detach
from semlens.protocol.notifications import FolderStatus
from semlens.settings import DEFAULT_MODEL, Settings
from semlens.types import RelativePath

log = logging.getLogger(__name__)

PATIENCE = 15.0
"""Seconds that a request waits for folders to be attached."""

ATTACH_SECONDS = 30.0

FORGOTTEN = "The index was deleted: reindex the workspace, or open the folder again."
"""What a folder says that is left out; short enough for a row of a list."""

SWITCHED_OFF = "Switched off by the setting semlens.enabled."
"""What a folder says that the user does not want served."""

Announce = Callable[[WorkspaceFolder, FolderStatus | None], None]
"""Called with a folder's new status; None if the engine does not serve the folder."""


class Attachments:
    """The folders that the engine serves for this client, and their settings."""

    def __init__(
        self,
        engine: Engine,
        folders: Folders,
        configuration: Configuration,
        announce: Announce,
        warn: Callable[[str], None],
    ) -> None:
        self._engine = engine
        self._folders = folders
        self._configuration = configuration
        self._announce = announce
        self._warn = warn
        self._attached: dict[WorkspaceFolder, Settings] = {}
        self._settings: dict[WorkspaceFolder | None, Settings] = {}
        self._failures: dict[WorkspaceFolder, SemlensError] = {}
        self._forgotten: set[str] = set()
        """The real paths of folders whose index was deleted: they are left out until they are taken back."""
        self._off: set[WorkspaceFolder] = set()
        """The folders that were announced as switched off."""
        self._problems: list[str] = []
        self._statuses: Counter[WorkspaceFolder] = Counter()
        """How many statuses of a folder the engine has sent."""
        self._lock = asyncio.Lock()
        self._latest: asyncio.Task[None] | None = None

    def settings_of(self, folder: WorkspaceFolder | None) -> Settings:
        """The settings of `folder`, or of files in no folder; the defaults until the client has answered."""
        return self._settings.get(folder) or self._settings.get(None) or Settings()

    def settings_at(self, uri: str | None) -> Settings:
        """The settings of the folder that a document is in."""
        file = self._folders.resolve(uri) if uri else None
        return self.settings_of(file.folder if file else None)

    def failure(self, folder: WorkspaceFolder) -> str | None:
        """Why `folder` is not served, if it should be."""
        return str(self._failures[folder]) if folder in self._failures else None

    def is_forgotten(self, folder: WorkspaceFolder) -> bool:
        """Whether the folder's index was deleted, and the user has not asked for it since."""
        return folder.real_path in self._forgotten

    def is_off(self, folder: WorkspaceFolder) -> bool:
        """Whether the user has the folder switched off, whatever the engine still says of it."""
        return not self.settings_of(folder).enabled

    def leave_out(self, folder: WorkspaceFolder) -> None:
        """A folder was forgotten: attach it no more."""
        self._forgotten.add(folder.real_path)
        self._attached.pop(folder, None)
        self._failures.pop(folder, None)

    def take_back(self, folders: Iterable[WorkspaceFolder]) -> bool:
        """Attach folders again at the next refresh that were left out; whether there was one."""
        back = {folder.real_path for folder in folders} & self._forgotten
        self._forgotten -= back
        return bool(back)

    def failures(self) -> list[SemlensError]:
        """Why each folder that should be served is not."""
        return list(self._failures.values())

    def attached(self) -> list[WorkspaceFolder]:
        """The folders that the engine serves now."""
        return list(self._attached)

    def note_status(self, folder: WorkspaceFolder) -> None:
        """The engine has sent a status of `folder`: an answer that comes at the same time may be older."""
        self._statuses[folder] += 1

    def refresh(self, client: LspClient | None) -> asyncio.Task[None]:
        """Ask for the settings again, then attach, configure and detach folders as they require.

        Without a client, as the settings that it told last require.
        """
        self._latest = asyncio.get_running_loop().create_task(self._synchronise(client))
        return self._latest

    async def ready(self, client: LspClient, uris: Sequence[str] | None = None) -> list[WorkspaceFolder]:
        """The folders of `uris` that are attached, or all attached ones. Raises `SemlensError`.

        A folder that could not be attached before is tried again.
        """
        await self._wait_for(self._latest or self.refresh(client))
        wanted = self._wanted(uris)
        if not any(folder in self._attached for folder in wanted) and self._failures:
            await self._wait_for(self.refresh(client))
        ready = [folder for folder in wanted if folder in self._attached]
        if ready:
            return ready
        failures = [self._failures[folder] for folder in wanted if folder in self._failures]
        if failures:
            raise failures[0]
        if any(map(self.is_forgotten, wanted)):
            raise UsageError(FORGOTTEN)
        raise UsageError("Semlens is switched off for this workspace by the setting semlens.enabled.")

    async def _wait_for(self, task: asyncio.Task[None]) -> None:
        """Wait for `task`; it goes on if the caller is cancelled or the wait takes too long."""
        # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes as the task ends.
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if not done:
            raise EngineError(
                f"The Semlens engine has not taken this workspace within {PATIENCE:g} s; try again."
            )
        task.result()

    def _wanted(self, uris: Sequence[str] | None) -> list[WorkspaceFolder]:
        local = self._folders.local()
        if uris:
            return [self._local_folder(uri) for uri in uris]
        if local:
            return local
        remote = next(iter(self._folders), None)
        if remote is not None:
            raise UsageError(not_local(remote))
        raise UsageError("No folder is open: open one, and Semlens will find code in it.")

    def _local_folder(self, uri: str) -> WorkspaceFolder:
        folder = self._folders.find(uri)
        if folder is None:
            raise UsageError(f"{uri} is not a folder of this workspace.")
        if folder.path is None:
            raise UsageError(not_local(folder))
        return self._folders.by_real_path(folder.real_path) or folder

    async def _synchronise(self, client: LspClient | None) -> None:
        async with self._lock:
            folders: list[WorkspaceFolder | None] = [*self._folders.local(), None]
            if client is not None:
                await self._configuration.ask(client, folders)
            settings, problems = self._configuration.settings_of(folders)
            if problems and problems != self._problems:
                self._warn(" ".join(problems))
            self._problems = problems
            self._settings = dict(zip(folders, settings, strict=True))
            enabled = {folder: found for folder, found in self._settings.items() if folder and found.enabled}
            off = {folder for folder in self._folders.local() if folder not in enabled}
            for folder in off - self._off:  # At once: an engine that is busy or lost answers late.
                self._announce(folder, None)
            self._off = off
            self._forgotten &= {folder.real_path for folder in enabled}  # Switched on or opened again.
            wanted = {one: found for one, found in enabled.items() if not self.is_forgotten(one)}
            failed, self._failures = self._failures, {}
            for folder in [folder for folder in self._attached if folder not in wanted]:
                await self._detach(folder)
            again = [self._attach(folder, found, folder in failed) for folder, found in wanted.items()]
            await asyncio.gather(*again)

    async def _attach(self, folder: WorkspaceFolder, settings: Settings, failed: bool) -> None:
        """Make the engine follow `folder` with its settings; `failed` tells that this failed before."""
        if self._attached.get(folder) == settings and not failed:
            return
        is_new = folder not in self._attached
        request = Attach(folder.real_path, settings) if is_new else Configure(folder.real_path, settings)
        statuses = self._statuses[folder]
        try:
            status = await ask_engine(self._engine, request, ATTACH_SECONDS)
        except SemlensError as error:
            if self.is_forgotten(folder):
                return
            self._failures[folder] = with_remedy(error, settings)
            self._announce(folder, None)
            return
        if self.is_forgotten(folder):  # Meanwhile.
            return
        self._attached[folder] = settings
        if (is_new or failed) and statuses == self._statuses[folder]:
            self._announce(folder, status)

    async def _detach(self, folder: WorkspaceFolder) -> None:
        del self._attached[folder]
        try:
            await ask_engine(self._engine, Detach(folder.real_path), ATTACH_SECONDS)
        except SemlensError as error:
            log.warning("%s", error)


def with_remedy(error: SemlensError, settings: Settings) -> SemlensError:
    """Name the setting if the model that cannot be used is the user's choice."""
    chosen = isinstance(error, ModelError) and settings.model != DEFAULT_MODEL
    if chosen and not isinstance(error, NeedsFullError):
        sentence = str(error)
        return ModelError(f"Correct the setting semlens.model: {sentence[:1].lower()}{sentence[1:]}")
    return error


def local_folder(folders: Folders, uri: str) -> WorkspacePath:
    """The folder at `uri` in its workspace folder, which may be the same one. Raises `UsageError`."""
    whole = folders.find(uri)
    asked = WorkspacePath(whole, RelativePath("")) if whole else folders.resolve(uri)
    if asked is None:
        raise UsageError(f"{path_of(uri) or uri} is in no folder of this workspace.")
    if asked.folder.path is None:
        raise UsageError(not_local(asked.folder))
    return asked


def not_local(folder: WorkspaceFolder) -> str:
    """Why a folder of a virtual workspace is not served."""
    scheme = folder.uri.partition(":")[0]
    return f"{folder.name} is not on this machine's disk ({scheme}:), so that Semlens cannot index it."
