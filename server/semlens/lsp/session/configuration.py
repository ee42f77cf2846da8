"""The user's settings, requested from the client for each folder.

A client that does not support such requests sends its settings with `initialize` or
`didChangeConfiguration`. A client that does not answer in time gets the defaults, so that a search never
waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lsprotocol import types as lsp

from semlens.lsp.session.folders import WorkspaceFolder
from semlens.settings import Settings, parse

ANSWER_SECONDS = 2.0
"""How long the client may take to answer."""

SECTIONS = ("semlens", "files", "search")


class LspClient(Protocol):
    """The client, as far as its settings are concerned."""

    async def request(self, method: str, params: Any, timeout: float) -> Any: ...


class Configuration:
    """The settings that the client has for each folder."""

    def __init__(self) -> None:
        self.can_pull = False
        """Whether the client answers `workspace/configuration`."""
        self._pushed: Mapping[str, Any] = {}

    def push(self, settings: object) -> None:
        """Keep settings that the client sent unasked, with or without a "semlens" section."""
        if isinstance(settings, Mapping):
            self._pushed = settings if "semlens" in settings else {"semlens": settings}

    async def settings_of(
        self, client: LspClient, folders: Sequence[WorkspaceFolder | None]
    ) -> tuple[list[Settings], list[str]]:
        """The settings of each of `folders`, in order, and one sentence for each distinct bad value.

        None stands for documents outside every folder.
        """
        answers: object = None
        if self.can_pull:
            items = [
                lsp.ConfigurationItem(scope_uri=folder.uri if folder else None, section=section)
                for folder in folders
                for section in SECTIONS
            ]
            params = lsp.ConfigurationParams(items=items)
            answers = await client.request(lsp.WORKSPACE_CONFIGURATION, params, ANSWER_SECONDS)
        width = len(SECTIONS)
        if not isinstance(answers, list) or len(answers) != width * len(folders):
            answers = [self._pushed.get(section) for _ in folders for section in SECTIONS]
        parsed = [settings_from(*answers[i : i + width]) for i in range(0, len(answers), width)]
        problems = dict.fromkeys(problem for _, found in parsed for problem in found)
        return [settings for settings, _ in parsed], list(problems)


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
