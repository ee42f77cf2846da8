"""Notices when the files by which the engine owns the data, and is found, are deleted under it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from filelock import FileLock, Timeout

from semlens.engine.wire import endpoint

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
"""How often the files are looked at."""

_RETAKE_SECONDS = 0.5
"""A client holds a lock file for a moment, to see whether an engine has it."""


class Ownership:
    """The lock of a running engine and its endpoint file."""

    def __init__(self, data_dir: Path, lock: FileLock) -> None:
        """`lock` is held, and stays so as long as the process lives."""
        self._data_dir = data_dir
        self._locks = [lock]
        self._path = Path(lock.lock_file)
        self._identity = self._file_identity()

    def retake(self) -> bool:
        """Whether this engine still owns the data. Takes the lock again if its file is another one by now.

        Blocks for half a second at most. Raises OSError.
        """
        if self._identity is not None and self._file_identity() == self._identity:
            return True
        lock = endpoint.owner_lock(self._data_dir)
        try:
            lock.acquire(timeout=_RETAKE_SECONDS)
        except Timeout:
            return False
        log.warning("%s was deleted: it is made and held again", self._path)
        self._locks.append(lock)
        self._identity = self._file_identity()
        return True

    def is_published(self) -> bool:
        """Whether the endpoint file leads to this process."""
        found = endpoint.read(self._data_dir)
        return found is not None and found.pid == os.getpid()

    def _file_identity(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino
