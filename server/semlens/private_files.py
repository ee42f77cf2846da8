"""Files that only the user can read, written whole or not at all, with errors that are sentences."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from semlens.errors import DiskFullError, StorageError, UsageError, raise_shortage

DAMAGED = ".damaged"
"""The ending of what was set aside."""
UNFINISHED = ".unfinished"
"""The ending of what is being written."""
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_PERMISSION_ERRORS = {errno.EACCES, errno.EPERM}
_FULL_ERRORS = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def private_dir(path: Path) -> Path:
    """Make `path` a folder that only the user can enter, and return it. Raises `StorageError`.

    A file that has its name is set aside.
    """
    with storage_errors(path):
        if path.is_file():
            set_aside(path)
        path.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        if os.name == "posix" and path.stat().st_mode & 0o777 != _PRIVATE_FOLDER:
            path.chmod(_PRIVATE_FOLDER)
    return path


def make_private(path: Path) -> None:
    """Let only the user read a file that a library wrote."""
    if os.name == "posix":
        with suppress(FileNotFoundError, PermissionError):
            path.chmod(_PRIVATE_FILE)


def write_private(path: Path, content: bytes, durable: bool = True) -> None:
    """Replace the content of a file atomically. Raises `StorageError`.

    If not `durable`, skip fsync: a power failure may lose both the old and the new content.
    """
    with storage_errors(path):
        handle, temporary = tempfile.mkstemp(UNFINISHED, f".{path.name}.", path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            make_room(path)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    if durable:
        sync_folder(path.parent)


def read_small(path: Path, limit: int = 1 << 24) -> bytes:
    """The content of one of our own small files. Raises `OSError` if it is larger than `limit` bytes."""
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, "is too large", str(path))
    return content


def sync_folder(folder: Path) -> None:
    """fsync `folder`: files that were created, renamed or removed in it survive a power failure."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def discard(path: Path) -> None:
    """Remove a file or a tree; ignore what cannot be removed."""
    if path.is_dir() and not path.is_symlink():
        with suppress(OSError):
            path.chmod(_PRIVATE_FOLDER)
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def set_aside(path: Path) -> Path:
    """Move a damaged file or folder to `<name>.damaged`, in place of an earlier one; the new path."""
    aside = path.with_name(path.name + DAMAGED)
    discard(aside)
    with storage_errors(path):
        os.replace(path, aside)
    with suppress(OSError):
        os.utime(aside)  # From now on its age counts.
    return aside


def make_room(path: Path) -> None:
    """Set a folder aside that lies where a file belongs. Raises `StorageError`."""
    if path.is_dir() and not path.is_symlink():
        set_aside(path)


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` into a `StorageError` whose sentence says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL_ERRORS:
            raise DiskFullError.of(path.parent) from error
        raise_shortage(error)
        remedy = "check its owner and permissions" if error.errno in _PERMISSION_ERRORS else "check its disk"
        sentence = f"{path} cannot be used ({error.strerror or error}): {remedy}."
        raise StorageError(sentence) from error


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `target` if the block ends well; else nothing is left.

    :raises UsageError: `target` exists and is not an empty folder
    :raises StorageError: it cannot be made
    """
    check_is_new(target)
    unfinished = target.with_name(f".{target.name}{UNFINISHED}")
    with storage_errors(target):
        discard(unfinished)
        unfinished.mkdir(parents=True)
        try:
            yield unfinished
            if target.exists():
                target.rmdir()
            os.replace(unfinished, target)
        finally:
            discard(unfinished)


def check_is_new(target: Path) -> None:
    """Raise `UsageError` if there is a file at `target`, or a folder that is not empty."""
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise UsageError(f"{target} exists already: name a new folder.")
