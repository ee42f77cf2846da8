"""Rebuild the lexical index when idle, so that BM25 statistics forget deleted chunks."""

from __future__ import annotations

import logging
import threading

from semlens.core.index.folder import FolderIndex
from semlens.errors import SemlensError
from semlens.types import CancelToken

log = logging.getLogger(__name__)

IDLE_SECONDS = 30.0
"""An index is rebuilt after so long without a change."""

CHUNKS_PER_IDLE_SECOND = 200
"""Each so many chunks add one second to the wait: a rebuild takes at most a fiftieth of it."""


class LexicalRebuild:
    """A timer that rebuilds a workspace's lexical index; every change restarts it. `close` it at the end."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._timer: threading.Timer | None = None
        self._cancel = CancelToken()
        self._closed = False

    def schedule(self, index: FolderIndex) -> None:
        """Restart the timer: rebuild `index` once it has been idle for long enough, if it has removals."""
        delay = IDLE_SECONDS + len(index.instant) / CHUNKS_PER_IDLE_SECOND
        with self._guard:
            self._stop()
            if self._closed or not index.lexical.has_removals:
                return
            self._cancel = cancel = CancelToken()
            self._timer = threading.Timer(delay, self._rebuild, (index, cancel))
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """Stop the timer, cancel a running rebuild and wait until it has stopped."""
        with self._guard:
            self._closed = True
            self._stop()
            timer = self._timer
        if timer is not None:
            timer.join()

    def _stop(self) -> None:
        self._cancel.cancel()
        if self._timer is not None:
            self._timer.cancel()

    def _rebuild(self, index: FolderIndex, cancel: CancelToken) -> None:
        try:
            index.lexical_tier.rebuild(cancel.check)
        except (SemlensError, OSError) as error:
            log.info("the lexical index of %s was not rebuilt: %s", index.root, error)
