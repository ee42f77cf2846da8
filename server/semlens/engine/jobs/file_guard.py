"""Look regularly whether the files of the open indexes are still there, also while nobody asks anything."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks; each takes some microseconds for every open folder."""


class FileGuard:
    """A thread that calls `look` regularly."""

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._stop = threading.Event()
        self._said = ""
        threading.Thread(target=self._run, name="file guard", daemon=True).start()

    def stop(self) -> None:
        """End the thread; a running look is not awaited."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self._look()
                self._said = ""
            except Exception as error:  # Whatever it is, the next look may succeed.
                if str(error) != self._said:
                    self._said = str(error)
                    log.warning("lost files could not be written again: %s", error)
