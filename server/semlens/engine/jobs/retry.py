"""Try a job that failed again, after a pause."""

from __future__ import annotations

import threading
from collections.abc import Callable

RETRY_SECONDS = (5.0, 30.0, 120.0)
"""The pause after the first, the second and each later failure in a row."""


def retry_later(failures: int, retry: Callable[[], None]) -> None:
    """Call `retry` on a thread of its own after the pause for so many failures in a row."""
    timer = threading.Timer(RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1], retry)
    timer.daemon = True
    timer.start()
