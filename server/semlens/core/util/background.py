"""Runs a function on another thread while the caller goes on: it waits for a process, or releases the GIL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def in_background(work: Callable[[], T]) -> Callable[[], T]:
    """Start `work` on its own thread. The returned function waits, and returns or raises as `work` does."""
    return start_background(work).result


def start_background(work: Callable[[], T]) -> Future[T]:
    """The future of `work`, which starts on its own thread; nobody has to wait for it."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # raised again in the thread that waits
            future.set_exception(error)

    threading.Thread(target=run, name="background", daemon=True).start()
    return future
