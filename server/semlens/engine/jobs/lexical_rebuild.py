"""Once nothing has changed for a while, have an index score again as a new one does."""

from __future__ import annotations

import logging
import threading

from semlens.core.index.folder import FolderIndex
from semlens.errors import SemlensError
from semlens.types import CancelToken

log = logging.getLogger(__name__)

QUIET_SECONDS = 30.0
"""Without a change, before the words of an index are made anew."""

CHUNKS_A_SECOND = 200
"""So many more chunks ask for a second more of quiet: what is done takes a fiftieth of the wait at most."""


class LexicalRebuild:
    """Works on a thread of its own, and is put off by every change. `close` it at the end."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._timer: threading.Timer | None = None
        self._cancel = CancelToken()
        self._closed = False

    def later(self, index: FolderIndex) -> None:
        """Settle `index` when it has been quiet for long enough from now on."""
        quiet = QUIET_SECONDS + len(index.flat) / CHUNKS_A_SECOND
        with self._guard:
            self._stop()
            if self._closed or not index.lexical.has_removals:
                return
            self._cancel = cancel = CancelToken()
            self._timer = threading.Timer(quiet, self._settle, (index, cancel))
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """Stop at the next step, and wait for that."""
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

    def _settle(self, index: FolderIndex, cancel: CancelToken) -> None:
        try:
            index.rebuild_lexical(cancel.check)
        except (SemlensError, OSError) as error:
            log.info("the words of %s are not made anew: %s", index.root, error)
