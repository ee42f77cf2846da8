"""Leases on a workspace: each query holds one, so that the workspace is not closed before the answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Leases:
    """The number of current leases. Safe for many threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held = 0

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold a lease until the block ends."""
        with self._changed:
            self._held += 1
        try:
            yield
        finally:
            with self._changed:
                self._held -= 1
                self._changed.notify_all()

    def wait_free(self, seconds: float) -> bool:
        """Wait at most `seconds` until there is no lease; return whether there is none."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._held, seconds)
