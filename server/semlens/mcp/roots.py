"""The folders that a client may ask about, and paths inside them.

A path is taken as the operating system resolves it, links followed: one that leads out of every folder is
refused, wherever it seems to lie.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

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


class Roots:
    """The allowed folders, by their real paths."""

    def __init__(self, folders: Sequence[str]) -> None:
        """Raises `FolderError` if one is no folder, or is so large that it can only be a mistake."""
        self.folders = tuple(dict.fromkeys(map(_real_folder, folders)))

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
        if "\0" in path:
            raise UsageError("A path cannot hold a NUL character.")
        try:
            found = [place for place in map(self._inside, self._readings(path)) if place is not None]
        except (OSError, ValueError) as error:
            raise UsageError(f"{_shown(path)} is no path that can be used here.") from error
        if not found:
            raise UsageError(f"{_shown(path)} is outside of {', '.join(self.folders)}.")
        return next((one for one in found if os.path.lexists(os.path.join(one.root, one.path))), found[0])

    def _readings(self, path: str) -> list[str]:
        """The absolute paths that a path may mean."""
        if path.startswith("file://"):
            path = path_of_uri(path)
        if os.path.isabs(path):
            return [path]
        bases = [self.shown, *self.folders] if len(self.folders) > 1 else self.folders
        return [os.path.join(base, path) for base in bases if base]

    def _inside(self, path: str) -> InRoot | None:
        real = os.path.realpath(path)
        for root in sorted(self.folders, key=len, reverse=True):
            if os.path.normcase(real) == os.path.normcase(root):
                return InRoot(root, RelativePath(""))
            prefix = root.rstrip(os.sep) + os.sep
            if os.path.normcase(real).startswith(os.path.normcase(prefix)):
                return InRoot(root, RelativePath(real[len(prefix) :].replace(os.sep, "/")))
        return None


def path_of_uri(uri: str) -> str:
    """The path of a `file:` URI."""
    parts = urlsplit(uri)
    path = unquote(parts.path)
    if os.name == "nt" and re.match(r"/[A-Za-z]:", path):
        path = path[1:]
    return path


def _real_folder(folder: str) -> str:
    real = os.path.realpath(os.path.expanduser(folder))
    if not os.path.isdir(real):
        raise FolderError(f"{_shown(folder)} is not a folder.")
    if real == os.path.dirname(real) or real == os.path.realpath(Path.home()):
        raise FolderError(
            f"{real} is too large to be a project. Start `semlens mcp` in a project's folder, or name one."
        )
    return real


def _shown(path: str) -> str:
    return path[:200].encode("utf-8", "replace").decode()
