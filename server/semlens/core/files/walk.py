"""Walks a workspace folder: which files belong to the index now, and why the others do not.

The walk follows no link. The target of a link is found at its own path, or lies outside the workspace.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from semlens.core.files.membership import Membership
from semlens.core.files.permission import LARGEST_LET_IN, Permission
from semlens.errors import FolderError, raise_shortage
from semlens.types import CancelToken, FileStamp, RelativePath, Skipped

ROOT = RelativePath("")

TOO_LARGE = "is larger than"
"""How the reason begins for a file of too many bytes."""


_FOLDS_CASE = sys.platform in ("darwin", "win32")
"""Whether a file may be found under names in other letters than its own."""

_MIXED = 0x9E3779B97F4A7C15
"""An odd number by which inodes are spread over 64 bits (Knuth, multiplicative hashing)."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that belongs to the index by its path and size."""

    path: RelativePath
    stamp: FileStamp
    permission: Permission = Permission.NONE
    """How far a rule of the user lets the file in, whatever its content is."""
    is_image: bool = False
    """Whether it is found by what others say of it, and not by its text."""


def walk(
    root: Path, membership: Membership, cancel: CancelToken | None = None, below: RelativePath = ROOT
) -> Iterator[FoundFile | Skipped]:
    """Every file below `below` that belongs, and a `Skipped` for each file or folder that does not, by name.

    Reads the rules afresh. The content of a skipped folder is not listed. Raises `FolderError` if the root
    cannot be read, `ShortageError`, and `Cancelled`.
    """
    membership.reload()
    yield from _walk_folder(root, membership, cancel or CancelToken(), below)


def walk_path(
    root: Path, membership: Membership, path: RelativePath, cancel: CancelToken | None = None
) -> Iterator[FoundFile | Skipped]:
    """As `walk`, at and below `path`: one file, a folder's files, or nothing if the path is gone.

    To update an index for a changed path, remove from it all that lies at or below the path and that this
    does not yield as a `FoundFile`. Raises `FolderError` and `Cancelled` as `walk` does.
    """
    if path == ROOT:
        yield from walk(root, membership, cancel)
        return
    if path.startswith("/") or ".." in path.split("/"):
        yield Skipped(path, "does not lie in the workspace")
        return
    if _first_link(root, path) is not None:
        yield _skipped_link(root, path)
        return
    try:
        status = os.lstat(root / path)
        if _FOLDS_CASE and not _is_spelled(root, path):
            return
    except (OSError, ValueError):
        return
    if stat.S_ISDIR(status.st_mode):
        membership.reload()
        refusal = membership.refuse(path, True)
        if refusal:
            yield refusal
        else:
            yield from _walk_folder(root, membership, cancel or CancelToken(), path)
    else:
        yield _check_file(membership, path, status)


def member_folders(
    root: Path,
    membership: Membership,
    below: RelativePath = ROOT,
    enter: Callable[[RelativePath], None] = lambda folder: None,
) -> Iterator[RelativePath]:
    """The folders at and below `below` whose content belongs; `below` itself is not checked.

    Calls `enter` with each folder before reading its rules and its content.
    """
    pending = [below]
    while pending:
        folder = pending.pop()
        enter(folder)
        membership.forget(folder)
        yield folder
        try:
            with os.scandir(os.path.join(root, folder)) as entries:
                names = [entry.name for entry in entries if _is_folder(entry)]
        except OSError:
            continue
        for name in names:
            path = _join(folder, name)
            if membership.refuse(path, True) is None:
                pending.append(path)


def is_link(status: os.stat_result) -> bool:
    """Whether `status` is of a symbolic link or, on Windows, of a junction."""
    reparse = getattr(status, "st_reparse_tag", 0)
    return stat.S_ISLNK(status.st_mode) or reparse in (0xA0000003, 0xA000000C)


def _walk_folder(
    root: Path, membership: Membership, cancel: CancelToken, below: RelativePath
) -> Iterator[FoundFile | Skipped]:
    pending: list[Iterator[os.DirEntry[str]]] = []
    folders = [below]
    pending.append(_entries(root, below, []))
    while pending:
        cancel.check()
        entry = next(pending[-1], None)
        if entry is None:
            pending.pop()
            folders.pop()
            continue
        path = _join(folders[-1], entry.name)
        verdict = _check_entry(root, membership, path, entry)
        if verdict is not None:
            yield verdict
            continue
        problems: list[Skipped] = []
        pending.append(_entries(root, path, problems))
        folders.append(path)
        yield from problems


def _entries(root: Path, folder: RelativePath, problems: list[Skipped]) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(os.path.join(root, folder)) as found:
            return iter(sorted(found, key=lambda entry: entry.name))
    except OSError as error:
        raise_shortage(error)
        if folder == ROOT:
            raise FolderError(f"The folder {root} cannot be read: {_why(error)}.") from error
        problems.append(Skipped(folder, f"cannot be read: {_why(error)}"))
        return iter(())


def _check_entry(
    root: Path, membership: Membership, path: RelativePath, entry: os.DirEntry[str]
) -> FoundFile | Skipped | None:
    """The verdict on one entry; None for a folder to walk into."""
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        raise_shortage(error)
        return Skipped(path, f"cannot be read: {_why(error)}")
    if is_link(status):
        return membership.refuse(path, False) or _skipped_link(root, path)
    if stat.S_ISDIR(status.st_mode):
        return membership.refuse(path, True)
    if os.name == "nt":
        status = os.lstat(os.path.join(root, path))
    return _check_file(membership, path, status)


def _check_file(membership: Membership, path: RelativePath, status: os.stat_result) -> FoundFile | Skipped:
    refusal = membership.refuse(path, False)
    if refusal:
        return refusal
    if not stat.S_ISREG(status.st_mode):
        return Skipped(path, "is not a regular file")
    permission = membership.permission(path)
    if membership.is_image(path, permission):
        return FoundFile(path, stamp_of(status), is_image=True)
    let_in = LARGEST_LET_IN if permission >= Permission.PATH else 0
    if status.st_size > max(membership.max_bytes, let_in):
        return Skipped(path, f"{TOO_LARGE} {membership.settings.max_file_size_kb} KB")
    return FoundFile(path, stamp_of(status, permission), permission)


def stamp_of(status: os.stat_result, permission: Permission = Permission.NONE) -> FileStamp:
    """The stamp that tells whether a file, or the permission to index it, changed."""
    changed = status.st_ctime_ns if os.name == "posix" else 0  # Elsewhere it is the time of creation.
    identity = (status.st_ino * _MIXED + changed + permission) % 2**63
    return FileStamp(status.st_size, status.st_mtime_ns, identity)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False) and not is_link(entry.stat(follow_symlinks=False))
    except OSError:
        return False


def _first_link(root: Path, path: RelativePath) -> str | None:
    """The first link on the way from the root to `path`, which may be `path` itself, or None."""
    for end in (*(at for at, character in enumerate(path) if character == "/"), len(path)):
        try:
            if is_link(os.lstat(root / path[:end])):
                return path[:end]
        except (OSError, ValueError):
            return None
    return None


def _is_spelled(root: Path, path: RelativePath) -> bool:
    """Whether a path's names are those on the disk, letter for letter. Raises `OSError`."""
    folder = os.fspath(root)
    for name in path.split("/"):
        if name not in os.listdir(folder):
            return False
        folder = os.path.join(folder, name)
    return True


def _skipped_link(root: Path, path: RelativePath) -> Skipped:
    try:
        inside = Path(os.path.realpath(root / path)).is_relative_to(os.path.realpath(root))
    except (OSError, ValueError):
        inside = True
    if inside:
        return Skipped(path, "is a link: what it leads to is found where it is")
    return Skipped(path, "is a link that leads out of the workspace")


def _join(folder: RelativePath, name: str) -> RelativePath:
    return RelativePath(f"{folder}/{name}" if folder else name)


def _why(error: OSError) -> str:
    return (error.strerror or errno.errorcode.get(error.errno or 0, "unknown error")).lower()
