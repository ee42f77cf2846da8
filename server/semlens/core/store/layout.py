"""Where things lie in the user's data directory, readable by the user alone."""

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

from semlens.errors import DiskFullError, StorageError
from semlens.types import Fingerprint

_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_ROOT_FILE = "folder"
_USED_FILE = "used"
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_FORBIDDEN = {errno.EACCES, errno.EPERM}
_SAYS_FULL = re.compile(r"disk is full|no space left|\bos error 28\b", re.I)
_SAYS_DISK = re.compile(
    r"unable to open|i/o error|input/output|read-?only|denied|\bos error (1|5|13|19|30|1117)\b", re.I
)
"""Also of Windows: 5 is access denied, 19 write-protected, 1117 an error of the device."""
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def workspace_dir(data_dir: Path, root: Path) -> Path:
    """The private folder of the workspace at `root`, made if need be.

    It is named after the real path, so that a link and its target share one index.
    """
    real = os.path.realpath(root)
    digest = hashlib.sha256(os.fsencode(os.path.normcase(real))).hexdigest()[:16]
    slug = _NOT_SLUG.sub("-", os.path.basename(real).lower()).strip("-")[:32] or "root"
    folder = private_dir(workspaces_dir(data_dir) / f"{slug}-{digest}")
    if not (folder / _ROOT_FILE).exists():
        write_private(folder / _ROOT_FILE, os.fsencode(real))
    return folder


def index_dir(data_dir: Path, root: Path, fingerprint: Fingerprint) -> Path:
    """The private folder of the index that one model has of the workspace at `root`, for whoever opens it."""
    name = hashlib.sha256(fingerprint.encode()).hexdigest()[:12]
    folder = private_dir(workspace_dir(data_dir, root) / name)
    with storage_errors(folder):
        (folder / _USED_FILE).touch(_PRIVATE_FILE)
    return folder


def last_used(folder: Path) -> float:
    """When `index_dir` last gave this folder; in seconds since the epoch."""
    with suppress(OSError):
        return (folder / _USED_FILE).stat().st_mtime
    return 0.0


def workspaces_dir(data_dir: Path) -> Path:
    return private_dir(data_dir / "workspaces")


def workspaces(data_dir: Path) -> Iterator[tuple[Path, Path]]:
    """Each workspace's private folder with the root that it stands for."""
    for folder in sorted(workspaces_dir(data_dir).iterdir()):
        with suppress(OSError, ValueError):
            yield folder, Path(os.fsdecode(read_small(folder / _ROOT_FILE)))


def vectors_path(data_dir: Path) -> Path:
    """The cache of vectors that all workspaces share."""
    return private_dir(data_dir) / "vectors.db"


def private_dir(path: Path) -> Path:
    """`path` as a folder that only the user can enter, made if need be."""
    with storage_errors(path):
        path.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(_PRIVATE_FOLDER)
    return path


def make_private(path: Path) -> None:
    """Take a file that a library wrote away from everybody else."""
    if os.name == "posix":
        with suppress(FileNotFoundError):
            path.chmod(_PRIVATE_FILE)


def write_private(path: Path, content: bytes, lasting: bool = True) -> None:
    """Write a whole file, which is there afterwards as it was before or as it is meant to be.

    Unless it is `lasting`, that is not true of a loss of power, and the disk is not waited for.
    """
    with storage_errors(path):
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    if lasting:
        sync_folder(path.parent)


def read_small(path: Path, limit: int = 1 << 24) -> bytes:
    """The content of one of our own small files; an `OSError` if it has grown to what it cannot be."""
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, "is too large", str(path))
    return content


def sync_folder(folder: Path) -> None:
    """Make names that came into `folder`, or left it, survive a loss of power."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def disk_usage(path: Path) -> int:
    """Bytes that a file or a tree takes on the disk; holes of sparse files take none."""
    total = 0
    for name in _files(path):
        with suppress(OSError):
            status = name.stat(follow_symlinks=False)
            total += getattr(status, "st_blocks", -(-status.st_size // 512)) * 512
    return total


def discard(path: Path) -> None:
    """Remove a file or a tree as far as it can be removed now; never an error."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def set_aside(path: Path) -> Path:
    """Move a damaged file to `<name>.damaged`, in place of an earlier one, and return its new place."""
    aside = path.with_name(path.name + ".damaged")
    discard(aside)
    with storage_errors(path):
        os.replace(path, aside)
    return aside


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn the system's errors into sentences that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError.of(path.parent) from error
        remedy = "its permissions" if error.errno in _FORBIDDEN else "its disk"
        sentence = f"{path} cannot be used ({error.strerror or error}): check {remedy}."
        raise StorageError(sentence) from error


def failure(what: str, folder: Path, said: str) -> StorageError:
    """For what a library `said` of its files in `folder`, which has no number that tells what is wrong."""
    if _SAYS_FULL.search(said):
        return DiskFullError.of(folder)
    remedy = "check its disk and its permissions" if _SAYS_DISK.search(said) else "index again"
    return StorageError(f"{what} in {folder} failed ({said}): {remedy}.")


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir() or path.is_symlink():
        yield path
        return
    for folder, _, names in os.walk(path):
        for name in names:
            yield Path(folder, name)
