"""Paths in the user's data directory."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from semlens.errors import DiskFullError, ShortageError, StorageError, says_shortage
from semlens.private_files import UNFINISHED, private_dir, read_small, storage_errors, write_private
from semlens.types import Fingerprint

_PRIVATE_FILE = 0o600
_WORKSPACES = "workspaces"
_VECTORS = "vectors.db"
_ROOT_FILE = "folder"
_USED_FILE = "used"
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_FULL_MESSAGE = re.compile(r"disk is full|no space left|\bos error 28\b", re.I)
_DISK_MESSAGE = re.compile(
    r"unable to open|i/o error|input/output|read-?only|denied|\bos error (1|5|13|19|30|1117)\b", re.I
)
"""With codes of Windows: 5 is access denied, 19 write-protected, 1117 a device error."""


def workspace_dir(data_dir: Path, root: Path) -> Path:
    """The private folder of the workspace at `root`, created if it is missing.

    Its name comes from the real path, so a link and its target share one folder. Raises `StorageError`.
    """
    real = os.path.realpath(root)
    folder = private_dir(workspaces_dir(data_dir) / workspace_name(real))
    if _named_root(folder) is None:
        write_private(folder / _ROOT_FILE, os.fsencode(real))
    return folder


def workspace_path(data_dir: Path, root: Path) -> Path:
    """Where the private folder of the workspace at `root` is, if there is one."""
    return data_dir / _WORKSPACES / workspace_name(os.path.realpath(root))


def is_known_workspace(data_dir: Path, root: Path) -> bool:
    """Whether there is a private folder of the workspace at `root`. Raises `StorageError`."""
    with storage_errors(data_dir / _WORKSPACES):
        return workspace_path(data_dir, root).is_dir()


def workspace_name(real: str) -> str:
    """The name of a workspace's private folder, from its path without links."""
    digest = hashlib.sha256(os.fsencode(os.path.normcase(real))).hexdigest()[:16]
    slug = _NOT_SLUG.sub("-", os.path.basename(real).lower()).strip("-")[:32] or "root"
    return f"{slug}-{digest}"


def _named_root(folder: Path) -> Path | None:
    """The workspace that a private folder belongs to; None if the file that says so is lost or damaged."""
    with suppress(OSError, ValueError):
        root = os.fsdecode(read_small(folder / _ROOT_FILE))
        if workspace_name(root) == folder.name:
            return Path(root)
    return None


def index_dir(data_dir: Path, root: Path, fingerprint: Fingerprint) -> Path:
    """The private folder of one model's index of the workspace at `root`, marked as used now."""
    folder = private_dir(workspace_dir(data_dir, root) / index_dir_name(fingerprint))
    with storage_errors(folder):
        (folder / _USED_FILE).touch(_PRIVATE_FILE)
    return folder


def index_dir_name(fingerprint: Fingerprint) -> str:
    """The name of the private folder of a model's index, in the workspace's."""
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:12]


def keep_index_dir(folder: Path, root: Path) -> None:
    """Make what `index_dir` has made again, if it is lost. Raises `StorageError`."""
    workspace = folder.parent
    if _named_root(workspace) is None or not folder.is_dir():
        for made in (workspace.parent, workspace, folder):
            private_dir(made)
        write_private(workspace / _ROOT_FILE, os.fsencode(os.path.realpath(root)))


def last_used(folder: Path) -> float:
    """When `index_dir` last returned this folder, in seconds since the epoch; 0 if never."""
    with suppress(OSError):
        return (folder / _USED_FILE).stat().st_mtime
    return 0.0


def workspaces_dir(data_dir: Path) -> Path:
    """The folder that holds the folders of all workspaces."""
    return private_dir(data_dir / _WORKSPACES)


def workspaces(data_dir: Path) -> Iterator[tuple[Path, Path | None]]:
    """The private folder of each workspace, with the workspace's root.

    The root is None if the file that says it is lost or damaged, until the workspace is opened again.
    Raises `StorageError`.
    """
    with storage_errors(workspaces_dir(data_dir)):
        folders = sorted((data_dir / _WORKSPACES).iterdir())
    for folder in folders:
        if folder.is_dir() and not folder.name.startswith("."):
            yield folder, _named_root(folder)


def take_away(folder: Path) -> Path:
    """Rename a workspace's private folder, so that it belongs to nothing any more; the new path.

    One step, so that a kill leaves either all of it or nothing. Whoever calls this deletes the rest; if that
    is killed, the cleanup does. Raises `StorageError`, and then all is as it was.
    """
    away = folder.with_name(f".{folder.name}.{time.time_ns()}{UNFINISHED}")
    with storage_errors(folder):
        os.rename(folder, away)
    return away


def vectors_path(data_dir: Path) -> Path:
    """The file of the vector cache that all workspaces share."""
    return private_dir(data_dir) / _VECTORS


def other_vectors(data_dir: Path) -> list[Path]:
    """The files of vectors that other versions of Semlens have left in the data folder."""
    with suppress(OSError):
        return sorted(data_dir.glob(f"{_VECTORS}.v*"))
    return []


def disk_usage(path: Path) -> int:
    """Bytes that a file or a tree takes on the disk; the holes of sparse files do not count."""
    total = 0
    for name in _files(path):
        with suppress(OSError):
            status = name.stat(follow_symlinks=False)
            total += getattr(status, "st_blocks", -(-status.st_size // 512)) * 512
    return total


def failure(what: str, folder: Path, message: str) -> StorageError:
    """The error for a library's `message` about its files in `folder`, which has no error number."""
    if _FULL_MESSAGE.search(message):
        return DiskFullError.of(folder)
    short = says_shortage(message)
    if short is not None:
        return ShortageError(short)
    remedy = "check its disk and its permissions" if _DISK_MESSAGE.search(message) else "index again"
    return StorageError(f"{what} in {folder} failed ({message}): {remedy}.")


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir() or path.is_symlink():
        yield path
        return
    for folder, _, names in os.walk(path):
        for name in names:
            yield Path(folder, name)
