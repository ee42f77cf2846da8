"""A queue of jobs on one thread, each of which can be cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from semlens.errors import Cancelled
from semlens.types import CancelToken

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JobEvents:
    """Callbacks of the jobs on a queue, called on the queue's thread."""

    on_change: Callable[[], None]
    """The progress or the state of a job has changed."""
    on_failure: Callable[[int], None]
    """A job has failed; the argument is the number of failures in a row."""
    on_success: Callable[[], None] = lambda: None
    """A job has succeeded."""


class JobQueue:
    """Runs one job at a time, in order. A job checks its token between steps. Safe for many threads.

    The future of a job that is submitted after `close` raises `Cancelled`.
    """

    def __init__(self, name: str) -> None:
        """
        :param name: the name of the thread, for logs
        """
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._guard = threading.Lock()
        self._tokens: set[CancelToken] = set()
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a job is running or queued."""
        return bool(self._tokens)

    def submit(self, job: Callable[[CancelToken], T], cancel: CancelToken | None = None) -> Future[T]:
        """Queue a job, which `cancel` and `cancel_all` can stop; the future gives its result or its error."""
        token = cancel or CancelToken()
        with self._guard:
            self._tokens.add(token)
        future = self.run_always(lambda: self._run(job, token))
        future.add_done_callback(lambda _: self._forget(token))  # Also if the job never starts.
        return future

    def run_always(self, job: Callable[[], T]) -> Future[T]:
        """Queue a short job that must not be cancelled."""
        with self._guard:
            if not self._closed:
                return self._thread.submit(job)
        refused: Future[T] = Future()
        refused.set_exception(Cancelled())
        return refused

    def cancel_all(self) -> None:
        """Cancel the running and all queued jobs, without waiting."""
        with self._guard:
            for token in self._tokens:
                token.cancel()

    def close(self) -> None:
        """Cancel all jobs and wait until the running one has stopped."""
        with self._guard:
            self._closed = True
        self.cancel_all()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Callable[[CancelToken], T], token: CancelToken) -> T:
        token.check()
        try:
            return job(token)
        finally:
            self._forget(token)

    def _forget(self, token: CancelToken) -> None:
        with self._guard:
            self._tokens.discard(token)
