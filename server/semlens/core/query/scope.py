"""The files that a search may answer from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from semlens.core.files.globs import glob_matcher
from semlens.core.files.images import IMAGE
from semlens.core.files.role import Role, role_of
from semlens.core.text.languages import LANGUAGES, TEXT, languages_named
from semlens.core.text.words import composed
from semlens.types import RelativePath, Scope

Admits = Callable[[RelativePath, str | None], bool]
"""Whether a file, by its path and its language, is in a scope. None is the language of plain text."""

_WILDCARDS = "*?[{/"
_LITERAL_MARKS = "[]{}?*\\"
"""What globs give a meaning, and folders of web frameworks have in their names: `app/[slug]`."""

_FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "typescript": ("tsx",),
    "ocaml": ("ocaml_interface",),
}
"""Languages that a filter for another one admits too."""


class ScopeFilter:
    """A compiled `Scope`. Composed and decomposed letters are the same.

    A glob without wildcards and slashes matches any part of the path. One with a slash inside or in front
    starts at the workspace folder; any other one matches at any depth. A glob that matches a folder
    matches everything in it. A glob with brackets is also the path that has them in its name.
    """

    def __init__(self, scope: Scope) -> None:
        self._include = _matcher(scope.include)
        self._exclude = _matcher(scope.exclude)
        self._languages = _language_test(scope.languages)
        self._not_languages = _language_test(scope.exclude_languages)
        self._tests = scope.tests
        self._images = scope.images
        self.everything = scope == Scope()
        """Whether the scope admits every file."""

    def admits(self, path: RelativePath, language: str | None) -> bool:
        """Whether a file is in the scope; `language` is None for plain text."""
        if self._languages is not None and not self._languages(path, language):
            return False
        if self._not_languages is not None and self._not_languages(path, language):
            return False
        if self._tests is not None and (role_of(path) is Role.TEST) is not self._tests:
            return False
        if self._images is not None and (language == IMAGE) is not self._images:
            return False
        path = RelativePath(composed(path))
        if self._include is not None and not self._include(path):
            return False
        return self._exclude is None or not self._exclude(path)


def names_of(language: str) -> tuple[str, ...]:
    """The name of a language and its other names."""
    known = LANGUAGES.get(language)
    return (language, *(known.aliases if known else ()))


def _language_test(names: Iterable[str]) -> Admits | None:
    """Whether a file has one of these languages; None if there are none.

    A name that is no language's is the ending of a file's name.
    """
    found = frozenset().union(*(languages_named(name) for name in names if name.strip()))
    if not found:
        return None
    languages = {one for language in found for one in (language, *_FAMILIES.get(language, ()))}
    endings = tuple(f".{name.lstrip('.')}" for name in found if name not in LANGUAGES and name != TEXT)

    def test(path: RelativePath, language: str | None) -> bool:
        return (language or TEXT) in languages or (bool(endings) and path.lower().endswith(endings))

    return test


def _matcher(globs: Iterable[str]) -> Callable[[str], bool] | None:
    given = [composed(glob.strip()) for glob in globs if glob.strip()]
    if not given:
        return None
    normalized = [reading for glob in given for reading in _readings(glob)]
    anchored = glob_matcher(glob for glob in normalized if glob.startswith("/"))
    others = glob_matcher((glob for glob in normalized if not glob.startswith("/")), anywhere=True)
    literals = [glob.removeprefix("./") for glob in given if any(mark in glob for mark in _LITERAL_MARKS)]

    def matches(path: str) -> bool:
        if anchored(path) is not None or others(path) is not None:
            return True
        return any(_is_at(literal, path) for literal in literals)

    return matches


def _readings(glob: str) -> list[str]:
    """The globs that one may stand for: its brackets are a choice of characters, or they are themselves."""
    glob = glob.replace("\\", "/").removeprefix("./")
    if not any(mark in glob for mark in _WILDCARDS):
        return [f"*{glob}*"]
    return [glob, glob.replace("[", "[[]")] if "[" in glob else [glob]


def _is_at(literal: str, path: str) -> bool:
    """Whether `path` has these characters: a part of it, or whole folders if there is a slash among them."""
    if literal.startswith("/"):
        return f"/{path}/".startswith(f"{literal.rstrip('/')}/")
    return f"/{literal.strip('/')}/" in f"/{path}/" if "/" in literal else literal in path
