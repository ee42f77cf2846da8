"""Paths in the user's data directory, and private files: only the user can read them."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from semlens.errors import DiskFullError, ShortageError, StorageError, raise_shortage, says_shortage
from semlens.types import Fingerprint

_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_WORKSPACES = "workspaces"
_VECTORS = "vectors.db"
_ROOT_FILE = "folder"
_USED_FILE = "used"
DAMAGED = ".damaged"
"""The ending of what was set aside."""
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_PERMISSION_ERRORS = {errno.EACCES, errno.EPERM}
_FULL_MESSAGE = re.compile(r"disk is full|no space left|\bos error 28\b", re.I)
_DISK_MESSAGE = re.compile(
    r"unable to open|i/o error|input/output|read-?only|denied|\bos error (1|5|13|19|30|1117)\b", re.I
)
"""With codes of Windows: 5 is access denied, 19 write-protected, 1117 a device error."""
_FULL_ERRORS = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def workspace_dir(data_dir: Path, root: Path) -> Path:
    """The private folder of the workspace at `root`, created if it is missing.

    Its name comes from the real path, so a link and its target share one folder. Raises `StorageError`.
    """
    real = os.path.realpath(root)
    folder = private_dir(workspaces_dir(data_dir) / _workspace_name(real))
    if _named_root(folder) is None:
        write_private(folder / _ROOT_FILE, os.fsencode(real))
    return folder


def is_known_workspace(data_dir: Path, root: Path) -> bool:
    """Whether there is a private folder of the workspace at `root`."""
    return (data_dir / _WORKSPACES / _workspace_name(os.path.realpath(root))).is_dir()


def _workspace_name(real: str) -> str:
    digest = hashlib.sha256(os.fsencode(os.path.normcase(real))).hexdigest()[:16]
    slug = _NOT_SLUG.sub("-", os.path.basename(real).lower()).strip("-")[:32] or "root"
    return f"{slug}-{digest}"


def _named_root(folder: Path) -> Path | None:
    """The workspace that a private folder belongs to; None if the file that says so is lost or damaged."""
    with suppress(OSError, ValueError):
        root = os.fsdecode(read_small(folder / _ROOT_FILE))
        if _workspace_name(root) == folder.name:
            return Path(root)
    return None


def index_dir(data_dir: Path, root: Path, fingerprint: Fingerprint) -> Path:
    """The private folder of one model's index of the workspace at `root`, marked as used now."""
    name = hashlib.sha256(fingerprint.encode()).hexdigest()[:12]
    folder = private_dir(workspace_dir(data_dir, root) / name)
    with storage_errors(folder):
        (folder / _USED_FILE).touch(_PRIVATE_FILE)
    return folder


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
    """
    for folder in sorted(workspaces_dir(data_dir).iterdir()):
        if folder.is_dir():
            yield folder, _named_root(folder)


def vectors_path(data_dir: Path) -> Path:
    """The file of the vector cache that all workspaces share."""
    return private_dir(data_dir) / _VECTORS


def other_vectors(data_dir: Path) -> list[Path]:
    """The files of vectors that other versions of Semlens have left in the data folder."""
    return sorted(data_dir.glob(f"{_VECTORS}.v*"))


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
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
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


def disk_usage(path: Path) -> int:
    """Bytes that a file or a tree takes on the disk; the holes of sparse files do not count."""
    total = 0
    for name in _files(path):
        with suppress(OSError):
            status = name.stat(follow_symlinks=False)
            total += getattr(status, "st_blocks", -(-status.st_size // 512)) * 512
    return total


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
        remedy = "its permissions" if error.errno in _PERMISSION_ERRORS else "its disk"
        sentence = f"{path} cannot be used ({error.strerror or error}): check {remedy}."
        raise StorageError(sentence) from error


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
