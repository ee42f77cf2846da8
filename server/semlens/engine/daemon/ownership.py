"""Notices when the files by which the engine owns the data, and is found, are deleted under it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from filelock import FileLock, Timeout

from semlens.core.store.file_states import is_other, state_of
from semlens.engine.wire import endpoint

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
"""How often the files are looked at."""

_RETAKE_SECONDS = 0.5
"""A client holds a lock file for a moment, to see whether an engine has it."""


class OwnershipLost(Exception):
    """This engine no longer owns the data: nothing may be written any more. The reason is a phrase."""


class Ownership:
    """The lock of a running engine and its endpoint file."""

    def __init__(self, data_dir: Path, lock: FileLock) -> None:
        """`lock` is held, and stays so as long as the process lives."""
        self._data_dir = data_dir
        self._locks = [lock]
        self._lock_path = Path(lock.lock_file)
        self._lock_file = state_of(self._lock_path)
        self._folder = state_of(data_dir)

    def keep(self, port: int) -> str | None:
        """Make lost files again, so that clients find this engine and none starts a second.

        Blocks for half a second at most.

        :param port: where the engine listens
        :return: the token of a new endpoint file; None if the one before was in its place
        :raises OwnershipLost: another engine owns the data, or the data folder is another one
        :raises OSError: the files cannot be made
        """
        folder = state_of(self._data_dir)
        if folder is None or self._folder is None or is_other(folder, self._folder):
            raise OwnershipLost("the data folder was deleted or moved")
        lock_file = state_of(self._lock_path)
        if lock_file is None or self._lock_file is None or is_other(lock_file, self._lock_file):
            self._retake()
        found = endpoint.read(self._data_dir)
        if found is not None and (found.pid, found.port) == (os.getpid(), port):
            return None
        log.warning("the endpoint file was lost: it is written again")
        return endpoint.publish(self._data_dir, port).token

    def _retake(self) -> None:
        """Take the lock again: its file is another one by now. Raises `OwnershipLost` and OSError."""
        lock = endpoint.owner_lock(self._data_dir)
        try:
            lock.acquire(timeout=_RETAKE_SECONDS)
        except Timeout:
            raise OwnershipLost("another engine owns the data") from None
        log.warning("%s was deleted: it is made and held again", self._lock_path)
        self._locks.append(lock)
        self._lock_file = state_of(self._lock_path)
