"""The deep tier's jobs for one workspace: open the store, refill it from the cache, and embed every chunk.

All jobs run on one thread in small batches, and no query waits for them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from semlens.core.index.deep_tier import (
    Progress,
    Throttle,
    fill_deep_tier,
    keep_stored_vectors,
    mark_filled,
    reuse_vectors,
    was_filled,
)
from semlens.core.index.folder import FolderIndex
from semlens.core.index.image_tier import ImageModels, fill_image_tier, reuse_image_vectors
from semlens.core.index.model_set import ModelSet
from semlens.core.index.priority import Focus
from semlens.core.index.second_tier import fill_second_tier, reuse_second_vectors
from semlens.engine.jobs.added_work import AddedWork, Work
from semlens.engine.jobs.job_queue import JobEvents, JobQueue
from semlens.engine.jobs.text_work import TextWork
from semlens.errors import Cancelled, DamagedIndexError, SemlensError, StorageError
from semlens.types import CancelToken

log = logging.getLogger(__name__)

SEAL_SECONDS = 10.0
"""The store is sealed after so long without a job, because queries wait while it is sealed."""

POLL_SECONDS = 0.25
"""How often a delayed job checks whether it may go on or was cancelled."""


class DeepTierJobs:
    """The deep tier's jobs of one workspace."""

    def __init__(
        self,
        name: str,
        index: Callable[[], FolderIndex],
        focus: Focus,
        events: JobEvents,
        reason_to_wait: Callable[[], str | None] = lambda: None,
        on_damage: Callable[[FolderIndex], None] = lambda index: None,
        texts: TextWork | None = None,
    ) -> None:
        """
        :param name: the name of the workspace, for logs
        :param index: returns the open index
        :param focus: the files whose chunks are embedded first
        :param reason_to_wait: why background work has to wait now, or None
        :param on_damage: called with an index whose database turns out to be damaged
        :param texts: reads the text in images
        """
        self._index = index
        self._focus = focus
        self._events = events
        self._reason_to_wait = reason_to_wait
        self._on_damage = on_damage
        self._queue = JobQueue(f"deep {name}")
        self._opening: Future[Any] | None = None
        self._run_again = False
        self._improving: CancelToken | None = None
        self._sealing: threading.Timer | None = None
        self._failures = 0
        self._cache: int | None = None
        """Which table of vectors has those of the store."""
        self.error: str | None = None
        """Why the last job failed, until one succeeds."""
        self.second = AddedWork(lambda: index().added.second, reuse_second_vectors, fill_second_tier)
        self.images = AddedWork(
            lambda: index().added.images,
            reuse_image_vectors,
            fill_image_tier,
            lambda error: f"The images cannot be looked at. {error}",
        )
        self.texts = texts
        self.refilling = False
        """Whether a lost store is being refilled from the vector cache."""
        self.waiting: str | None = None
        """Why background embedding waits; None if it does not."""

    @property
    def _added(self) -> list[Work]:
        """The work after the first model, in order."""
        return [self.second, self.images, *([] if self.texts is None else [self.texts])]

    @property
    def improving(self) -> bool:
        """Whether background embedding runs or waits."""
        return self._improving is not None

    def lacks_vectors(self, index: FolderIndex) -> bool:
        """Whether the vector cache may have lost vectors that the store has, since the last `open`."""
        return self._cache is not None and self._cache != index.models.vectors.replaced

    def open(self) -> Future[Any]:
        """Open the store and add the vectors of the cache; nothing is embedded."""
        self._opening = self._queue.submit(lambda token: self._refill(self._index(), token))
        return self._opening

    def wait_open(self, seconds: float) -> None:
        """Wait until `open` is done, which is tried again after a failure.

        :raises TimeoutError: it took longer than `seconds`; or the error of `open`
        """
        opening = self._opening
        if opening is None or (opening.done() and _failed(opening)):
            opening = self.open()
        opening.result(seconds)

    def improve(self) -> Future[Any] | None:
        """Embed every chunk in the background; None if this runs already, and then it runs once more."""
        self._run_again = True
        if self._improving is not None:
            return None
        self._improving = token = CancelToken()
        return self._queue.submit(lambda _: self._improve(token), token)

    def stop_improving(self) -> None:
        """Cancel background embedding, without waiting."""
        token, self._improving, self._run_again = self._improving, None, False
        if token is not None:
            token.cancel()

    def finish(self, cancel: CancelToken, progress: Callable[[str], Progress]) -> Future[int]:
        """Embed every chunk without throttling, by the second model after the first, then every image.

        Last, read the text in images, and embed them anew.

        The future gives the number of texts that the first has embedded, or the error of any.

        :param progress: what is told the progress of `chunks`, `second`, `images` and `texts`
        """
        self.stop_improving()

        def fill(token: CancelToken) -> int:
            embedded = self._fill(token, progress("chunks"))
            self._fill_added(self.second, token, progress("second"))
            self._fill_added(self.images, token, progress("images"))
            if self.texts is not None and self._fill_added(self.texts, token, progress("texts")):
                self.texts.worded(token)
                embedded += self._fill(token, progress("chunks"))
                self._fill_added(self.second, token, progress("second"))
            return embedded

        return self._queue.submit(fill, cancel)

    def use_second(self, models: ModelSet | None) -> Future[None]:
        """Use another second model from now on, or none; `improve` has it read."""
        self.stop_improving()
        return self._queue.submit(
            lambda token: self.second.use(lambda: self._index().added.use_second(models))
        )

    def use_image_model(self, models: ImageModels | None) -> Future[None]:
        """Use another image model from now on, or none; `improve` has it look at the images."""
        self.stop_improving()
        return self._queue.submit(
            lambda token: self.images.use(lambda: self._index().added.use_image_model(models))
        )

    def throttle(self, cancel: CancelToken) -> None:
        """Wait while there is a `reason_to_wait`, and report it as `waiting`. Raises `Cancelled`."""
        while True:
            reason = self._reason_to_wait()
            if reason != self.waiting:
                self.waiting = reason
                self._events.on_change()
            if reason is None:
                return
            cancel.check()
            time.sleep(POLL_SECONDS)

    def cancel_all(self) -> None:
        """Cancel every job, without waiting."""
        self._queue.cancel_all()

    def close(self) -> None:
        """Cancel every job and wait until the running one has stopped."""
        if self._sealing is not None:
            self._sealing.cancel()
        self._queue.close()

    def _seal_later(self) -> None:
        if self._sealing is not None:
            self._sealing.cancel()
        self._sealing = threading.Timer(SEAL_SECONDS, self._seal)
        self._sealing.daemon = True
        self._sealing.start()

    def _seal(self) -> None:
        def seal(token: CancelToken) -> None:
            self._index().deep.checkpoint()
            self.second.checkpoint()
            self.images.checkpoint()

        self._queue.submit(seal)

    def _improve(self, token: CancelToken) -> None:
        try:
            while self._run_again:
                self._run_again = False
                self._fill(token, lambda done, total: None, self.throttle)
                for added in self._added:
                    with suppress(SemlensError):  # The first model is enough, and `added.error` says it.
                        token.check()
                        self._fill_added(
                            added, token, lambda done, total: None, self.throttle, lambda: self._run_again
                        )
        finally:
            self.waiting = None
            if self._improving is token:
                self._improving = None
                if self._run_again:  # Asked for since the last look.
                    self.improve()
            self._events.on_change()

    def _fill(self, cancel: CancelToken, progress: Progress, throttle: Throttle = lambda cancel: None) -> int:
        def report(done: int, total: int) -> None:
            progress(done, total)
            self._events.on_change()

        index = self._index()
        try:
            self._refill(index, cancel)
            embedded = fill_deep_tier(index, cancel, report, self._focus, throttle).embedded
        except Cancelled:
            raise
        except SemlensError as error:
            if isinstance(error, DamagedIndexError):
                self._on_damage(index)
            elif isinstance(error, StorageError):
                index.deep.reset()  # Every vector of it is in the cache.
            self.error = str(error)
            self._failures += 1
            self._events.on_failure(self._failures)
            raise
        self._failures, self.error = 0, None
        self._seal_later()
        return embedded

    def _fill_added(
        self,
        added: Work,
        cancel: CancelToken,
        progress: Progress,
        throttle: Throttle = lambda cancel: None,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Do what comes after the first model, as `Work.fill` says."""

        def report(done: int, total: int) -> None:
            progress(done, total)
            self._events.on_change()

        try:
            done = added.fill(cancel, report, throttle, interrupted)
            if done:
                self._failures = 0
                self._seal_later()
            return done
        except Cancelled:
            raise
        except SemlensError:
            self._failures += 1
            self._events.on_failure(self._failures)
            raise

    def _refill(self, index: FolderIndex, cancel: CancelToken) -> None:
        index.deep.open()
        self._cache = index.models.vectors.replaced
        saved = keep_stored_vectors(index, cancel)
        if saved:
            log.info("%d lost vectors of %s were saved from its deep store", saved, index.root)
        self.refilling = index.deep.rebuilding and was_filled(index)
        try:
            reuse_vectors(index, cancel, lambda done, total: self._events.on_change())
            mark_filled(index)
            self.second.refill(cancel)
            self.images.refill(cancel)
        finally:
            self.refilling = False
            self._seal_later()
            self._events.on_change()


def _failed(job: Future[Any]) -> bool:
    return job.cancelled() or job.exception() is not None
