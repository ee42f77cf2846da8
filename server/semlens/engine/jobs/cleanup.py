"""Keeps what is on the disk bounded: indexes of folders that are gone and of models that are no longer
used, and vectors that no index has used for long.

It runs seldom, when nothing else does, and takes away nothing that could be wanted back soon.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from semlens.core.store.layout import discard, last_used, workspaces
from semlens.core.store.live_set import read_live_set
from semlens.core.store.vector_cache import VectorCache
from semlens.errors import SemlensError
from semlens.types import ContentHash, Fingerprint

log = logging.getLogger(__name__)

FIRST_SECONDS = 60.0
"""After the engine's start, and after each look that found it busy."""

EVERY_SECONDS = 6 * 3600.0

DROPPED_DAYS = 30
"""A folder that has been away for so long is not on a drive that comes back."""

MOST_BYTES = 4 * 1024**3
"""Of vectors. Above it those go that were used least recently, unless an index has them."""

_DAY = 86_400


class Cleanup:
    """Calls `clean` on a thread of its own, whenever `quiet` says that this disturbs nobody."""

    def __init__(self, clean: Callable[[], None], quiet: Callable[[], bool]) -> None:
        self._clean = clean
        self._quiet = quiet
        self._stop = threading.Event()
        threading.Thread(target=self._run, name="upkeep", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        pause = FIRST_SECONDS
        while not self._stop.wait(pause):
            pause = FIRST_SECONDS
            if self._quiet():
                pause = EVERY_SECONDS
                try:
                    self._clean()
                except (SemlensError, OSError) as error:
                    log.warning("the data folder could not be cleaned: %s", error)


def clean(
    data_dir: Path,
    vectors: VectorCache | None,
    in_use: Collection[Path],
    now: Callable[[], float] = time.time,
) -> None:
    """Remove what nobody will miss. `in_use` are the index folders that are open."""
    oldest = now() - DROPPED_DAYS * _DAY
    keep: dict[Fingerprint, set[ContentHash]] = {}
    sure = True
    for folder, root in list(workspaces(data_dir)):
        for index in sorted(found.parent for found in folder.glob("*/index.db")):
            if index not in in_use and last_used(index) < oldest and not _wanted(index, root):
                log.info("removing the index %s of %s", index.name, root)
                discard(index)
                continue
            counted = read_live_set(index / "index.db")
            sure = sure and counted is not None
            for fingerprint in counted.fingerprints if counted else ():
                keep.setdefault(fingerprint, set()).update(counted.hashes if counted else ())
        if not root.is_dir() and not any(folder.glob("*/index.db")) and folder.stat().st_mtime < oldest:
            discard(folder)
    if vectors is not None and sure:
        gone = vectors.collect(keep, max_bytes=MOST_BYTES)
        log.info("removed %d vectors that no index has used for long", gone)


def _wanted(index: Path, root: Path) -> bool:
    """Whether the folder is there, and this is the index of the model that it was last opened with."""
    return root.is_dir() and index == max(index.parent.iterdir(), key=last_used)
