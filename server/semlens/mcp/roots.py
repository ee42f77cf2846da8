"""The folders that a client may ask about, and paths inside them.

A path is taken as the operating system resolves it, links followed: one that leads out of every folder is
refused, wherever it seems to lie.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from semlens.core.text.words import without_surrogates
from semlens.core.util.large_folder import is_too_large
from semlens.errors import FolderError, UsageError
from semlens.types import RelativePath

_GLOB_MARKS = re.compile(r"([*?\[{])")


@dataclass(frozen=True, slots=True)
class InRoot:
    """A file or folder in one of the roots."""

    root: str
    """The root's real path."""
    path: RelativePath
    """Empty for the root itself."""

    @property
    def glob(self) -> str:
        """A glob for this path and all below it."""
        return "/" + _GLOB_MARKS.sub(r"[\1]", self.path)

    @property
    def absolute(self) -> str:
        return os.path.join(self.root, self.path)

    @property
    def exists(self) -> bool:
        return os.path.lexists(self.absolute)


class Roots:
    """The allowed folders, by their real paths."""

    def __init__(self, folders: Sequence[str]) -> None:
        """Raises `FolderError` if one is no folder, or is so large that it can only be a mistake."""
        self.folders = tuple(dict.fromkeys(map(_real_folder, folders)))

    @property
    def all(self) -> list[InRoot]:
        """Each root."""
        return [InRoot(root, RelativePath("")) for root in self.folders]

    @property
    def shown(self) -> str:
        """The folder that answers name paths relative to: the only root, or the folder around all of them."""
        if len(self.folders) == 1:
            return self.folders[0]
        try:
            return os.path.commonpath(self.folders)
        except ValueError:  # on different drives
            return ""

    def find(self, path: str) -> InRoot:
        """A path that a client named: absolute, or relative to a root or to `shown`. It need not exist.

        Raises `UsageError` if it lies outside.
        """
        return self._meant(path, self._inside)[0]

    def find_all(self, path: str) -> list[InRoot]:
        """As `find`; a folder around several roots, which is none itself, stands for the roots in it."""
        if not self.shown and path in ("", "."):
            return self.all
        return self._meant(path, lambda real: self._inside(real) or self._roots_in(real))

    def name(self, *places: InRoot) -> str:
        """The folder of some places, or the only one, as answers name it: relative to `shown`, itself `.`."""
        if not self.shown:
            return places[0].absolute if len(places) == 1 else "."
        around = os.path.commonpath([place.absolute for place in places])
        return os.path.relpath(around, self.shown).replace(os.sep, "/")

    def _meant(self, path: str, places_at: Callable[[str], list[InRoot]]) -> list[InRoot]:
        """The places of the first reading of a path that has one that exists."""
        if "\0" in path:
            raise UsageError("A path cannot hold a NUL character.")
        try:
            found = [places for one in self._readings(path) if (places := places_at(os.path.realpath(one)))]
        except (OSError, ValueError) as error:
            raise UsageError(f"{_shown(path)} is no path that can be used here.") from error
        if not found:
            raise UsageError(f"{_shown(path)} is outside of {', '.join(self.folders)}.")
        return next((places for places in found if places[0].exists), found[0])

    def _readings(self, path: str) -> list[str]:
        """The absolute paths that a path may mean."""
        if path.startswith("file://"):
            path = path_of_uri(path)
        if os.path.isabs(path):
            return [path]
        bases = [self.shown, *self.folders] if len(self.folders) > 1 else self.folders
        return [os.path.join(base, path) for base in bases if base]

    def _inside(self, real: str) -> list[InRoot]:
        """The place of a real path in the innermost root that it lies in."""
        for root in sorted(self.folders, key=len, reverse=True):
            below = _below(real, root)
            if below is not None:
                return [InRoot(root, RelativePath(below.replace(os.sep, "/")))]
        return []

    def _roots_in(self, real: str) -> list[InRoot]:
        """The roots in a folder at or below `shown`."""
        if not self.shown or _below(real, self.shown) is None:
            return []
        return [place for place in self.all if _below(place.root, real) is not None]


def _below(path: str, folder: str) -> str | None:
    """A real path relative to a folder, empty for that folder; None if it does not lie there."""
    if os.path.normcase(path) == os.path.normcase(folder):
        return ""
    prefix = folder.rstrip(os.sep) + os.sep
    return path[len(prefix) :] if os.path.normcase(path).startswith(os.path.normcase(prefix)) else None


def path_of_uri(uri: str) -> str:
    """The path of a `file:` URI."""
    parts = urlsplit(uri)
    path = unquote(parts.path)
    if os.name == "nt" and re.match(r"/[A-Za-z]:", path):
        path = path[1:]
    return path


def existing_folders(uris: Sequence[str]) -> list[str]:
    """The paths of those `file:` URIs that name folders. Raises `FolderError` if none does."""
    paths = [path_of_uri(uri) for uri in uris]
    found = [path for path in paths if os.path.isabs(path) and os.path.isdir(path)]
    if not found:
        raise FolderError(f"{_shown(paths[0] or uris[0])} is not a folder.")
    return found


def _real_folder(folder: str) -> str:
    real = os.path.realpath(os.path.expanduser(folder))
    if not os.path.isdir(real):
        raise FolderError(f"{_shown(folder)} is not a folder.")
    if is_too_large(real):
        raise FolderError(
            f"{real} is too large to be a project. Start `semlens mcp` in a project's folder, or name one."
        )
    return real


def _shown(path: str) -> str:
    return without_surrogates(path[:200])
