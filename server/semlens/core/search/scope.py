"""Which files a search may answer from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pathspec import PathSpec
from pathspec.patterns.gitwildmatch import GitWildMatchPattern

from semlens.types import RelativePath, Scope


class ScopeFilter:
    """Decides by path and language. A glob without wildcards names any part of the path."""

    def __init__(self, scope: Scope) -> None:
        self._include = _spec(scope.include)
        self._exclude = _spec(scope.exclude)
        self._languages = frozenset(name.lower() for name in scope.languages)
        self.everything = not (scope.include or scope.exclude or scope.languages)

    def admits(self, path: RelativePath, language: str | None) -> bool:
        if self._languages and (language or "text").lower() not in self._languages:
            return False
        if self._include is not None and not self._include.match_file(path):
            return False
        return self._exclude is None or not self._exclude.match_file(path)


def _spec(globs: Iterable[str]) -> PathSpec[Any] | None:
    patterns = [_normal(glob) for glob in globs if glob.strip()]
    return PathSpec.from_lines(GitWildMatchPattern, patterns) if patterns else None


def _normal(glob: str) -> str:
    glob = glob.strip().replace("\\", "/").removeprefix("./").lstrip("!#")
    return glob if any(mark in glob for mark in "*?[/") else f"*{glob}*"
