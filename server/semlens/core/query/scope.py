"""The files that a search may answer from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from semlens.core.files.globs import glob_matcher
from semlens.core.files.role import Role, role_of
from semlens.core.text.languages import TEXT, languages_named
from semlens.types import RelativePath, Scope

_WILDCARDS = "*?[{/"


class ScopeFilter:
    """A compiled `Scope`.

    A glob without wildcards and slashes matches any part of the path. One with a slash inside or in front
    starts at the workspace folder; any other one matches at any depth. A glob that matches a folder
    matches everything in it.
    """

    def __init__(self, scope: Scope) -> None:
        self._include = _matcher(scope.include)
        self._exclude = _matcher(scope.exclude)
        self._languages = frozenset().union(*map(languages_named, scope.languages))
        self._tests = scope.tests
        self.everything = scope == Scope()
        """Whether the scope admits every file."""

    def admits(self, path: RelativePath, language: str | None) -> bool:
        """Whether a file is in the scope; `language` is None for plain text."""
        if self._languages and (language or TEXT) not in self._languages:
            return False
        if self._tests is not None and (role_of(path) is Role.TEST) is not self._tests:
            return False
        if self._include is not None and not self._include(path):
            return False
        return self._exclude is None or not self._exclude(path)


def _matcher(globs: Iterable[str]) -> Callable[[str], bool] | None:
    normalized = [_normalized(glob) for glob in globs if glob.strip()]
    if not normalized:
        return None
    anchored = glob_matcher(glob for glob in normalized if glob.startswith("/"))
    others = glob_matcher((glob for glob in normalized if not glob.startswith("/")), anywhere=True)
    return lambda path: anchored(path) is not None or others(path) is not None


def _normalized(glob: str) -> str:
    glob = glob.strip().replace("\\", "/").removeprefix("./").lstrip("!#")
    return glob if any(mark in glob for mark in _WILDCARDS) else f"*{glob}*"
