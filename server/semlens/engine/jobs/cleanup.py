"""Delete stale data: indexes of deleted folders and of unused models, and vectors that no index uses.

This runs seldom, while the engine is idle, and keeps data that may be needed again soon.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from semlens.core.store.layout import last_used, workspaces
from semlens.core.store.live_set import read_live_set
from semlens.core.store.vector_cache import VectorCache
from semlens.private_files import DAMAGED, UNFINISHED, discard
from semlens.types import ContentHash, Fingerprint

log = logging.getLogger(__name__)

RETRY_SECONDS = 60.0
"""The pause after the start of the engine, and after each attempt that found it busy."""

INTERVAL_SECONDS = 6 * 3600.0
"""The pause after each cleanup."""

STALE_DAYS = 30
"""An unused index is stale after so long: its folder is not on a drive that is plugged in again."""

MAX_VECTOR_BYTES = 4 * 1024**3
"""Above this size of the vector cache, unused vectors are deleted, least recently used first."""

DAMAGED_DAYS = 7
"""What was set aside as damaged is kept so long, the newest of each name, for whoever wants to look at it."""

_DEBRIS = {f"*{DAMAGED}": DAMAGED_DAYS, f".*{UNFINISHED}": 1}
"""Names of files that nothing needs, with the days after which they are deleted."""

_DAY = 86_400


class Cleanup:
    """A thread that calls `clean` regularly, while `is_idle` is true."""

    def __init__(self, clean: Callable[[], None], is_idle: Callable[[], bool]) -> None:
        self._clean = clean
        self._is_idle = is_idle
        self._stop = threading.Event()
        threading.Thread(target=self._run, name="cleanup", daemon=True).start()

    def stop(self) -> None:
        """End the thread; a running cleanup is not awaited."""
        self._stop.set()

    def _run(self) -> None:
        pause = RETRY_SECONDS
        while not self._stop.wait(pause):
            pause = RETRY_SECONDS
            if self._is_idle():
                pause = INTERVAL_SECONDS
                try:
                    self._clean()
                except Exception as error:  # Whatever it is, the next one may succeed.
                    log.warning("the data folder could not be cleaned: %s", error)


def clean(
    data_dir: Path,
    vectors: VectorCache | None,
    in_use: Collection[Path],
    now: Callable[[], float] = time.time,
) -> None:
    """Delete stale indexes, folders of deleted workspaces, and unused vectors.

    :param vectors: the vector cache, if it is open; without it, no vector is deleted
    :param in_use: the folders of open indexes, which are kept
    :param now: the time in seconds since the epoch
    :raises SemlensError, OSError: the data folder or the cache cannot be used
    """
    oldest = now() - STALE_DAYS * _DAY
    keep: dict[Fingerprint, set[ContentHash]] = {}
    all_read = True
    _discard_debris(data_dir, now())
    for folder, root in list(workspaces(data_dir)):
        for index in sorted(found.parent for found in folder.glob("*/index.db")):
            if index not in in_use and last_used(index) < oldest and not _is_current(index, root):
                log.info("removing the index %s of %s", index.name, root)
                discard(index)
                continue
            live = read_live_set(index / "index.db")
            all_read = all_read and live is not None
            for fingerprint, hashes in live.by_model.items() if live else ():
                keep.setdefault(fingerprint, set()).update(hashes)
        if not _exists(root) and not any(folder.glob("*/index.db")) and folder.stat().st_mtime < oldest:
            discard(folder)
    if vectors is not None and all_read:
        gone = vectors.collect_garbage(keep, max_bytes=MAX_VECTOR_BYTES)
        log.info("removed %d unused vectors", gone)


def _discard_debris(data_dir: Path, now: float) -> None:
    """Delete what was set aside as damaged a while ago, and what writers left that were killed."""
    for pattern, days in _DEBRIS.items():
        for path in list(data_dir.rglob(pattern)):
            with suppress(OSError):
                if path.lstat().st_mtime < now - days * _DAY:
                    log.info("removing %s", path)
                    discard(path)


def _exists(root: Path | None) -> bool:
    return root is not None and root.is_dir()


def _is_current(index: Path, root: Path | None) -> bool:
    """Whether the workspace exists, and its last used model is the one of this index."""
    return _exists(root) and index == max(index.parent.iterdir(), key=last_used)
