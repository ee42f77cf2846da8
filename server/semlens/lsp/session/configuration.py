"""The user's settings, requested from the client for each folder.

A client that does not support such requests sends its settings with `initialize` or
`didChangeConfiguration`. A client that does not answer in time keeps the settings that it told last, or gets
the defaults, so that a search never waits for it; its answer counts once it comes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from lsprotocol import types as lsp

from semlens.lsp.session.folders import WorkspaceFolder
from semlens.settings import Settings, parse

log = logging.getLogger(__name__)

ANSWER_SECONDS = 2.0
"""How long the settings wait for the client's answer."""

LATE_SECONDS = 600.0
"""How long an answer may take to count at all: an editor that starts with many extensions is slow."""

SECTIONS = ("semlens", "files", "search")

Scopes = Sequence[WorkspaceFolder | None]
"""What the client has settings for; None stands for documents outside every folder."""


class LspClient(Protocol):
    """The client, as far as its settings are concerned."""

    async def request(self, method: str, params: Any, timeout: float) -> Any: ...


class Configuration:
    """The settings that the client has for each folder."""

    def __init__(self) -> None:
        self.can_pull = False
        """Whether the client answers `workspace/configuration`."""
        self.on_late: Callable[[], object] = lambda: None
        """Called when an answer has come for which `ask` did not wait."""
        self._pushed: Mapping[str, Any] = {}
        self._told: dict[WorkspaceFolder | None, list[object]] = {}
        """The sections of each folder in the client's last answer."""
        self._asking: asyncio.Task[bool] | None = None

    def push(self, settings: object) -> None:
        """Keep settings that the client sent unasked, with or without a "semlens" section."""
        if isinstance(settings, Mapping):
            self._pushed = settings if "semlens" in settings else {"semlens": settings}

    async def ask(self, client: LspClient, folders: Scopes) -> None:
        """Ask the client for the settings of `folders`, and wait `ANSWER_SECONDS` for the answer."""
        if not self.can_pull:
            return
        if self._asking is not None:
            self._asking.cancel()  # Its answer is older than this one's.
        self._asking = asking = asyncio.get_running_loop().create_task(self._pull(client, folders))
        done, _ = await asyncio.wait({asking}, timeout=ANSWER_SECONDS)
        if done:
            asking.result()
        else:
            log.warning("The client has not told its settings within %g s; they count later.", ANSWER_SECONDS)
            asking.add_done_callback(self._answered_late)

    def settings_of(self, folders: Scopes) -> tuple[list[Settings], list[str]]:
        """The settings of each of `folders`, in order, and one sentence for each distinct bad value."""
        parsed = [settings_from(*self._sections(folder)) for folder in folders]
        problems = dict.fromkeys(problem for _, found in parsed for problem in found)
        return [settings for settings, _ in parsed], list(problems)

    async def _pull(self, client: LspClient, folders: Scopes) -> bool:
        """Whether the client has answered."""
        items = [
            lsp.ConfigurationItem(scope_uri=folder.uri if folder else None, section=section)
            for folder in folders
            for section in SECTIONS
        ]
        params = lsp.ConfigurationParams(items=items)
        answers = await client.request(lsp.WORKSPACE_CONFIGURATION, params, LATE_SECONDS)
        width = len(SECTIONS)
        if not isinstance(answers, list) or len(answers) != width * len(folders):
            return False
        self._told = {folder: answers[i * width : (i + 1) * width] for i, folder in enumerate(folders)}
        return True

    def _answered_late(self, asking: asyncio.Task[bool]) -> None:
        if not asking.cancelled() and asking.exception() is None and asking.result():
            self.on_late()

    def _sections(self, folder: WorkspaceFolder | None) -> list[object]:
        told = self._told.get(folder) or self._told.get(None)  # A folder was added, and is not told of yet.
        return told or [self._pushed.get(section) for section in SECTIONS]


def settings_from(semlens: object, files: object, search: object) -> tuple[Settings, list[str]]:
    """One folder's settings from the client's sections `SECTIONS`, and one sentence for each bad value."""
    if semlens is not None and not isinstance(semlens, Mapping):
        return parse(semlens)
    own = dict(semlens or {})
    own["files_exclude"] = _globs(files)
    own["search_exclude"] = _globs(search)
    encoding = files.get("encoding") if isinstance(files, Mapping) else None
    own["files_encoding"] = encoding if isinstance(encoding, str) else ""
    return parse(own)


def _globs(section: object) -> dict[str, bool]:
    """The `exclude` globs of one of the editor's sections, without conditional ones."""
    globs = section.get("exclude") if isinstance(section, Mapping) else None
    if not isinstance(globs, Mapping):
        return {}
    return {glob: on for glob, on in globs.items() if isinstance(on, bool)}
