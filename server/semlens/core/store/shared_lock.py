"""A lock that many threads share, or one thread holds exclusively."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SharedLock:
    """Many threads use a resource; one thread replaces it while no other uses it.

    A waiting writer goes before new readers.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._holders = 0
        self._writers = 0

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the lock together with other readers until the block ends."""
        with self._changed:
            self._changed.wait_for(lambda: not self._writers)
            self._holders += 1
        try:
            yield
        finally:
            with self._changed:
                self._holders -= 1
                self._changed.notify_all()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the lock alone until the block ends."""
        with self._changed:
            self._writers += 1
            try:
                self._changed.wait_for(lambda: not self._holders)
                yield
            finally:
                self._writers -= 1
                self._changed.notify_all()
