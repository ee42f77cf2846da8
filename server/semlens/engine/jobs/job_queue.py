"""One thread for jobs of one kind, in their order, each of which can be told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from semlens.errors import Cancelled
from semlens.types import CancelToken

T = TypeVar("T")


class JobQueue:
    """Runs one job at a time. A job asks its token between steps whether it is still wanted.

    The future of a job that comes after the end raises `Cancelled`.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._guard = threading.Lock()
        self._tokens: set[CancelToken] = set()
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return bool(self._tokens)

    def submit(self, job: Callable[[CancelToken], T], cancel: CancelToken | None = None) -> Future[T]:
        """Have `job` done. Whoever holds `cancel` can stop it, and so can `cancel_all`."""
        token = cancel or CancelToken()
        with self._guard:
            self._tokens.add(token)
        future = self.do(lambda: self._run(job, token))
        future.add_done_callback(lambda _: self._forget(token))  # Also of one that never began.
        return future

    def do(self, job: Callable[[], T]) -> Future[T]:
        """Have done what is short and must not be left out."""
        with self._guard:
            if not self._closed:
                return self._thread.submit(job)
        refused: Future[T] = Future()
        refused.set_exception(Cancelled())
        return refused

    def cancel_all(self) -> None:
        with self._guard:
            for token in self._tokens:
                token.cancel()

    def close(self) -> None:
        """Stop at the next step, and wait for that."""
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
