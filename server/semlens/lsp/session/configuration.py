"""What the user has set, pulled from the client for each folder.

A client that cannot be asked sends its settings with `initialize` or `didChangeConfiguration`; one
that does not answer in time gets the defaults, so that a search never waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lsprotocol import types as lsp

from semlens.lsp.session.folders import WorkspaceFolder
from semlens.settings import Settings, parse

PATIENCE = 2.0
"""Seconds that the client has to answer."""

SECTIONS = ("semlens", "files", "search")


class Asks(Protocol):
    async def ask(self, method: str, params: Any, timeout: float) -> Any: ...


class Configuration:
    """The settings of each folder, as far as the client has told them."""

    def __init__(self) -> None:
        self.can_pull = False
        """Whether the client answers `workspace/configuration`."""
        self._pushed: Mapping[str, Any] = {}

    def push(self, settings: object) -> None:
        """Take settings that the client sent by itself, with or without a "semlens" section."""
        if isinstance(settings, Mapping):
            self._pushed = settings if "semlens" in settings else {"semlens": settings}

    async def settings_of(
        self, client: Asks, folders: Sequence[WorkspaceFolder | None]
    ) -> tuple[list[Settings], list[str]]:
        """The settings of each of `folders`, in order, and a sentence for each bad value, once.

        None stands for what is in no folder.
        """
        answers: object = None
        if self.can_pull:
            items = [
                lsp.ConfigurationItem(scope_uri=folder.uri if folder else None, section=section)
                for folder in folders
                for section in SECTIONS
            ]
            params = lsp.ConfigurationParams(items=items)
            answers = await client.ask(lsp.WORKSPACE_CONFIGURATION, params, PATIENCE)
        width = len(SECTIONS)
        if not isinstance(answers, list) or len(answers) != width * len(folders):
            answers = [self._pushed.get(section) for _ in folders for section in SECTIONS]
        parsed = [settings_from(*answers[i : i + width]) for i in range(0, len(answers), width)]
        problems = dict.fromkeys(problem for _, found in parsed for problem in found)
        return [settings for settings, _ in parsed], list(problems)


def settings_from(semlens: object, files: object, search: object) -> tuple[Settings, list[str]]:
    """One folder's settings from the three sections that matter, and what is wrong with them."""
    if semlens is not None and not isinstance(semlens, Mapping):
        return parse(semlens)
    own = dict(semlens or {})
    own["files_exclude"] = _globs(files)
    own["search_exclude"] = _globs(search)
    return parse(own)


def _globs(section: object) -> dict[str, bool]:
    """The `exclude` of one of the editor's sections, without globs that hold under a condition only."""
    globs = section.get("exclude") if isinstance(section, Mapping) else None
    if not isinstance(globs, Mapping):
        return {}
    return {glob: on for glob, on in globs.items() if isinstance(on, bool)}
