"""Work that another thread does meanwhile: it waits for a process, or computes outside of Python."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def in_background(work: Callable[[], T]) -> Callable[[], T]:
    """Begin with `work`; what is returned waits for its result, or raises what it raised."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # it is raised where the result is wanted
            future.set_exception(error)

    threading.Thread(target=run, name="neighbours", daemon=True).start()
    return future.result
