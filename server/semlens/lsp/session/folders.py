"""Convert between the editor's URIs and this machine's paths, for folders and their files.

The engine knows a folder by its real path, so that a link and its target share one index. Answers to the
editor have URIs below the folder as the editor opened it. Editors encode URIs differently (`c%3A` or `C:`, a
folder with or without a final slash), so URIs are compared by the paths that they stand for.
"""

from __future__ import annotations

import os
import posixpath
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_from_bytes, unquote, unquote_to_bytes, urlsplit, urlunsplit

from semlens.types import RelativePath

WINDOWS = os.name == "nt"

_CELL_SCHEME = "vscode-notebook-cell"
_CELL_FRAGMENT = re.compile(r"[a-zA-Z]?[0-9]+s([\w-]+)=*")
_DRIVE = re.compile(r"/?([A-Za-z]):(?=/|$)")


def path_of(uri: str, windows: bool = WINDOWS) -> str | None:
    """The absolute path of a `file:` URI; None for an invalid URI or another scheme."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme.lower() != "file":
        return None
    path = _decoded(parts.path, windows)
    if "\0" in path:
        return None
    host = _decoded(parts.netloc, windows)
    if host and host.lower() != "localhost":
        path = f"//{host}{path}"
    if windows:
        drive = _DRIVE.match(path)
        if drive:
            path = f"{drive[1].lower()}:{path[drive.end() :] or '/'}"
        return path.replace("/", "\\")
    return path if path.startswith("/") else None


def notebook_path_of(uri: str, windows: bool = WINDOWS) -> str | None:
    """The absolute path of the notebook that has a cell's document; None for any other URI.

    VS Code keeps the scheme of the notebook in the fragment. A remote window's host is no part of the path.
    """
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme.lower() != _CELL_SCHEME:
        return None
    scheme = _scheme_in(unquote(parts.fragment))
    if scheme not in ("file", "vscode-remote"):
        return None
    host = parts.netloc if scheme == "file" else ""
    return path_of(urlunsplit(("file", host, parts.path, "", "")), windows)


def is_cell(uri: str) -> bool:
    """Whether a document is a cell of a notebook."""
    return uri.lower().startswith(f"{_CELL_SCHEME}:")


def _scheme_in(fragment: str) -> str:
    """The scheme at the end of a cell's fragment: a number to base seven, `s`, and the scheme in Base64."""
    found = _CELL_FRAGMENT.fullmatch(fragment)
    if not found:
        return "file"
    try:
        return urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode()
    except ValueError:
        return "file"


def uri_of(path: str, windows: bool = WINDOWS) -> str:
    """The `file:` URI of an absolute path, encoded as by VS Code."""
    if windows:
        path = path.replace("\\", "/")
    if path.startswith("//"):
        host, _, rest = path[2:].partition("/")
        return f"file://{quote(host)}/{_encoded(rest, windows)}"
    drive = _DRIVE.match(path) if windows else None
    if drive:
        return f"file:///{drive[1].lower()}%3A{_encoded(path[drive.end() :], windows)}"
    return f"file://{_encoded(path, windows)}"


def path_key(path: str, windows: bool = WINDOWS) -> str:
    """A key that is equal for two spellings of one path. Links are not resolved."""
    if windows:
        return path.replace("\\", "/").rstrip("/").lower()
    return posixpath.normpath(path)


@dataclass(frozen=True, slots=True)
class WorkspaceFolder:
    """A folder that is open in the editor."""

    uri: str
    """The URI as the editor wrote it."""
    name: str
    path: str | None
    """The path of the URI, with links; None if it is not on this machine's disk."""
    real_path: str
    """The path without links, for the engine; "" if it is not on this machine's disk."""

    @classmethod
    def opened(cls, uri: str, name: str = "") -> WorkspaceFolder:
        """The folder at `uri`; resolves its links."""
        path = path_of(uri)
        if path is None:
            return cls(uri, name or uri, None, "")
        real = os.path.realpath(path)
        return cls(uri, name or os.path.basename(real) or real, path, real)

    def file_uri(self, path: str) -> str:
        """The editor's URI of the file at `path`, relative to this folder."""
        return f"{self.uri.rstrip('/')}/{_encoded(path, WINDOWS)}"

    def file_path(self, path: str) -> str:
        """The absolute path of the file at `path`, relative to this folder."""
        return str(Path(self.path or self.real_path, path))


@dataclass(frozen=True, slots=True)
class WorkspacePath:
    """A file or a folder in a workspace folder."""

    folder: WorkspaceFolder
    path: RelativePath

    def relative(self, path: RelativePath) -> str:
        """`path`, at or below this one, as it is seen from here."""
        return path[len(self.path) :].lstrip("/")


class Folders:
    """The folders that are open in the editor, in its order."""

    def __init__(self) -> None:
        self._folders: dict[str, WorkspaceFolder] = {}

    def __iter__(self) -> Iterator[WorkspaceFolder]:
        return iter(list(self._folders.values()))

    def add(self, folder: WorkspaceFolder) -> None:
        self._folders[_uri_key(folder.uri)] = folder

    def remove(self, uri: str) -> None:
        self._folders.pop(_uri_key(uri), None)

    def find(self, uri: str) -> WorkspaceFolder | None:
        """The folder with this URI, however it is spelled."""
        return self._folders.get(_uri_key(uri))

    def local(self) -> list[WorkspaceFolder]:
        """The folders on this machine's disk, each real path once."""
        return list({folder.real_path: folder for folder in reversed(list(self)) if folder.path}.values())[
            ::-1
        ]

    def by_real_path(self, path: str) -> WorkspaceFolder | None:
        """The folder with this real path, as the engine names it."""
        key = path_key(path)
        return next((folder for folder in self.local() if path_key(folder.real_path) == key), None)

    def resolve(self, uri: str) -> WorkspacePath | None:
        """The folder that a file, or a cell's notebook, is in: the innermost one if they are nested."""
        path = path_of(uri) or notebook_path_of(uri)
        if path is None:
            return None
        return self._innermost(path) or self._innermost(os.path.realpath(path))

    def _innermost(self, path: str) -> WorkspacePath | None:
        found = [
            WorkspacePath(folder, RelativePath(relative))
            for folder in self
            for base in {folder.path, folder.real_path}
            if base and (relative := _below(path, base)) is not None
        ]
        return min(found, key=lambda inside: len(inside.path), default=None)


def paths_by_folder(files: Iterable[WorkspacePath]) -> dict[WorkspaceFolder, list[RelativePath]]:
    """The paths of each folder."""
    grouped: dict[WorkspaceFolder, list[RelativePath]] = {}
    for file in files:
        grouped.setdefault(file.folder, []).append(file.path)
    return grouped


def _below(path: str, base: str) -> str | None:
    """`path` relative to `base` with forward slashes, or None if it is not below it."""
    slashed = path.replace("\\", "/") if WINDOWS else posixpath.normpath(path)
    prefix = path_key(base).rstrip("/") + "/"
    start = slashed[: len(prefix)]
    if (start.lower() if WINDOWS else start) != prefix or len(slashed) == len(prefix):
        return None
    return slashed[len(prefix) :]


def _uri_key(uri: str) -> str:
    path = path_of(uri)
    return uri.rstrip("/") if path is None else path_key(path)


def _decoded(text: str, windows: bool) -> str:
    data = unquote_to_bytes(text)
    return data.decode("utf-8", "replace") if windows else os.fsdecode(data)


def _encoded(path: str, windows: bool) -> str:
    data = path.encode("utf-8", "replace") if windows else os.fsencode(path)
    return quote_from_bytes(data)
