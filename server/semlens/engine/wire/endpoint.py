"""The address of the user's one engine, and the lock that makes it the owner of the data folder.

The process that holds the lock on `engine.lock` is the owner; the operating system frees the lock when the
process dies. `engine.json` tells where the owner listens. The file stays when the owner ends, so that clients
find an owner that hangs while it ends. A client believes the file once the handshake has proven that the
other side knows its token.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

import semlens
from semlens.errors import EngineError, StorageError, raise_shortage
from semlens.private_files import discard, make_private, make_room, private_dir

HOST = "127.0.0.1"

_REPLACE_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Build:
    """The version of the code that a process runs. The larger build is the newer one."""

    version: tuple[int, ...]
    changed_ns: int
    """Nanoseconds since the epoch of the last change to a source file: a pulled checkout is a new build."""

    def __lt__(self, other: Build) -> bool:
        return (self.version, self.changed_ns) < (other.version, other.changed_ns)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an engine listens, and the secret that proves it."""

    port: int
    token: str
    pid: int
    version: str
    started: float
    """Seconds since the epoch."""


@cache
def this_build() -> Build:
    """The build of this process. Called once early: the files may change under a running process."""
    root = Path(semlens.__file__).parent
    changed = max(file.stat().st_mtime_ns for file in root.rglob("*.py"))
    return Build(tuple(int(part) for part in semlens.__version__.split(".")), changed)


def default_data_dir() -> Path:
    """`SEMLENS_DATA_DIR`, or the user's data folder of the platform."""
    named = os.environ.get("SEMLENS_DATA_DIR")
    if named:
        return Path(named).absolute()
    from platformdirs import user_data_path

    return user_data_path("semlens", appauthor=False)


def prepare(data_dir: Path) -> Path:
    """The data folder's real path; it is made if it is missing, for this user alone. Raises OSError."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        with suppress(OSError):
            data_dir.chmod(0o700)
    with suppress(StorageError):  # It does without logs.
        private_dir(data_dir / "logs")
    return Path(os.path.realpath(data_dir))


def usable(data_dir: Path) -> Path:
    """As `prepare`. Raises `EngineError` with what to do if that fails."""
    try:
        return prepare(data_dir)
    except FileExistsError as error:
        raise EngineError(f"The Semlens engine cannot be started: {data_dir} is no folder.") from error
    except PermissionError as error:
        raise EngineError(
            f"The Semlens engine cannot be started: {error.strerror or error} ({data_dir}). "
            "The folder and all in it must belong to you."
        ) from error
    except OSError as error:
        raise_shortage(error)
        raise EngineError(
            f"The data folder {data_dir} cannot be made ({error.strerror or error}): "
            "name another one in SEMLENS_DATA_DIR."
        ) from error


def log_file(data_dir: Path) -> Path:
    """The log to read if the engine fails."""
    return data_dir / "logs" / "engine.log"


def stderr_log(data_dir: Path) -> Path:
    """What the engine's libraries write, and its last words if it crashes."""
    return data_dir / "logs" / "engine.stderr.log"


def owner_lock(data_dir: Path) -> FileLock:
    """The lock that the engine holds for as long as it lives."""
    return _lock(data_dir / "engine.lock")


def start_lock(data_dir: Path) -> FileLock:
    """The lock that a client holds while it starts an engine."""
    return _lock(data_dir / "start.lock")


def is_owned(data_dir: Path) -> bool:
    """Whether an engine, healthy or not, holds the data."""
    lock = owner_lock(data_dir)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def publish(data_dir: Path, port: int) -> Endpoint:
    """Write the endpoint file of this process, whole or not at all; the caller holds the owner lock.

    Port 0 stands for an engine that does not listen yet.
    """
    endpoint = Endpoint(port, secrets.token_hex(32), os.getpid(), semlens.__version__, time.time())
    partial = data_dir / "engine.json.partial"
    discard(partial)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(endpoint), file)
    make_room(_path(data_dir))
    _replace(partial, _path(data_dir))
    return endpoint


def read(data_dir: Path) -> Endpoint | None:
    """The last published endpoint; None without one, or if other users can write the file."""
    try:
        with open(_path(data_dir), encoding="utf-8") as file:
            if not _is_private(file.fileno()):
                return None
            raw = json.loads(file.read(4096))
        return Endpoint(
            port=int(raw["port"]),
            token=str(raw["token"]),
            pid=int(raw["pid"]),
            version=str(raw["version"]),
            started=float(raw["started"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _lock(path: Path) -> FileLock:
    with suppress(StorageError):
        make_room(path)
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        make_private(path)
    return FileLock(path, mode=0o600, thread_local=False)


def _replace(source: Path, target: Path) -> None:
    """`os.replace`, tried again while a client reads `target`: Windows refuses it then."""
    for _ in range(_REPLACE_ATTEMPTS):
        with suppress(PermissionError):
            os.replace(source, target)
            return
        time.sleep(0.01)
    os.replace(source, target)


def _path(data_dir: Path) -> Path:
    return data_dir / "engine.json"


def _is_private(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True  # the user's profile folder is private by its access list
    status = os.fstat(descriptor)
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077
