"""Look regularly whether the files of the open indexes are still there, also while nobody asks anything."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks; each takes a millisecond or two for every open folder."""

Look = Callable[[], object]
"""Looks at some files, and mends what is lost. It may raise anything."""


class FileGuard:
    """A thread that calls each of `looks` regularly. One that fails hinders no other."""

    def __init__(self, looks: Callable[[], Iterable[Look]]) -> None:
        self._looks = looks
        self._stop = threading.Event()
        self._said: set[str] = set()
        threading.Thread(target=self._run, name="file guard", daemon=True).start()

    def stop(self) -> None:
        """End the thread; a running look is not awaited."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            failures = {failure for look in self._looks() if (failure := _failure_of(look))}
            for failure in failures - self._said:
                log.warning("lost files could not be written again: %s", failure)
            self._said = failures


def _failure_of(look: Look) -> str | None:
    try:
        look()
    except Exception as error:  # Whatever it is, the next look may succeed.
        return f"{type(error).__name__}: {error}"
    return None
