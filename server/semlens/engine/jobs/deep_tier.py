"""The deep tier's work for one workspace: opening its store, filling it again, and improving it.

All of it runs on one thread, a small batch at a time, and none of it keeps a question waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from semlens.core.index.deep_tier import Progress, Throttle, fill_deep_tier, reuse_vectors
from semlens.core.index.folder import FolderIndex
from semlens.engine.jobs.job_queue import JobQueue
from semlens.errors import Cancelled, SemlensError, StorageError
from semlens.types import CancelToken, RelativePath

SEAL_SECONDS = 10.0
"""After so long without work, what was added is sealed, for which questions would have to wait."""

WAITING_SECONDS = 0.25
"""How often it is asked whether the work may go on; a stop waits no longer than this."""


class DeepTierJobs:
    """`index` gives the open index, `first` the files to take before the others.

    `on_failure` is told how many times in a row the work has failed; `reason_to_wait` says why the work
    that nobody waits for is not to go on now.
    """

    def __init__(
        self,
        name: str,
        index: Callable[[], FolderIndex],
        first: Callable[[], Sequence[RelativePath]],
        on_change: Callable[[], None],
        on_failure: Callable[[int], None],
        reason_to_wait: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._index = index
        self._first = first
        self._on_change = on_change
        self._on_failure = on_failure
        self._reason_to_wait = reason_to_wait
        self._lane = JobQueue(f"deep {name}")
        self._opening: Future[Any] | None = None
        self._wanted = False
        self._improving: CancelToken | None = None
        self._sealing: threading.Timer | None = None
        self._failures = 0
        self.error: str | None = None
        """Why the last work failed, until some succeeds."""
        self.refilling = False
        """Whether a store that was lost is being filled again."""
        self.waiting: str | None = None
        """What the improvement waits for, if it does."""

    @property
    def improving(self) -> bool:
        return self._improving is not None

    def open(self) -> Future[Any]:
        """Open the store and fill it with what is known; nothing is embedded for that."""
        self._opening = self._lane.submit(lambda token: self._refill(self._index(), token))
        return self._opening

    def wait_open(self, seconds: float) -> None:
        """Wait until what is known can be found. Raises what kept it from that."""
        (self._opening or self.open()).result(seconds)

    def improve(self) -> Future[Any] | None:
        """Have every chunk embedded in the background; None if that is being done."""
        self._wanted = True
        if self._improving is not None:
            return None
        self._improving = token = CancelToken()
        return self._lane.submit(lambda _: self._keep_improving(token), token)

    def stop_improving(self) -> None:
        token, self._improving, self._wanted = self._improving, None, False
        if token is not None:
            token.cancel()

    def finish(self, cancel: CancelToken, progress: Progress) -> Future[int]:
        """Have every chunk embedded; the future gives how many texts that took."""
        self.stop_improving()
        return self._lane.submit(lambda token: self._fill(token, progress), cancel)

    def cancel_all(self) -> None:
        self._lane.cancel_all()

    def close(self) -> None:
        if self._sealing is not None:
            self._sealing.cancel()
        self._lane.close()

    def _seal_later(self) -> None:
        if self._sealing is not None:
            self._sealing.cancel()
        self._sealing = threading.Timer(SEAL_SECONDS, self._seal)
        self._sealing.daemon = True
        self._sealing.start()

    def _seal(self) -> None:
        self._lane.submit(lambda _: self._index().deep.checkpoint())

    def _keep_improving(self, token: CancelToken) -> None:
        try:
            while self._wanted:
                self._wanted = False
                self._fill(token, lambda done, total: None, self._give_way)
        finally:
            self.waiting = None
            if self._improving is token:
                self._improving = None
            self._on_change()

    def _give_way(self, cancel: CancelToken) -> None:
        """Wait for what is waited for, and say so."""
        while True:
            reason = self._reason_to_wait()
            if reason != self.waiting:
                self.waiting = reason
                self._on_change()
            if reason is None:
                return
            cancel.check()
            time.sleep(WAITING_SECONDS)

    def _fill(self, cancel: CancelToken, progress: Progress, throttle: Throttle = lambda cancel: None) -> int:
        def said(done: int, total: int) -> None:
            progress(done, total)
            self._on_change()

        index = self._index()
        try:
            self._refill(index, cancel)
            embedded = fill_deep_tier(index, cancel, said, self._first, throttle).embedded
        except Cancelled:
            raise
        except SemlensError as error:
            if isinstance(error, StorageError):
                index.deep.reset()  # Whatever is wrong with it, what it held is in the cache.
            self.error = str(error)
            self._failures += 1
            self._on_failure(self._failures)
            raise
        self._failures, self.error = 0, None
        self._seal_later()
        return embedded

    def _refill(self, index: FolderIndex, cancel: CancelToken) -> None:
        index.deep.open()
        self.refilling = index.deep.rebuilding and index.deep_was_filled
        try:
            reuse_vectors(index, cancel, lambda done, total: self._on_change())
            index.mark_deep_filled()
        finally:
            self.refilling = False
            self._seal_later()
            self._on_change()
