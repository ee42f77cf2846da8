"""What is in use is not closed: questions hold a workspace until they are answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Leases:
    """How many hold something; from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held = 0

    @contextmanager
    def hold(self) -> Iterator[None]:
        with self._changed:
            self._held += 1
        try:
            yield
        finally:
            with self._changed:
                self._held -= 1
                self._changed.notify_all()

    def wait_free(self, seconds: float) -> bool:
        """Wait until nobody holds it any more, but not for longer than that; whether it is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._held, seconds)
