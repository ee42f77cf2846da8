"""How files come into a workspace's index: one job at a time on a thread of their own, and how far it is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import Progress, reconcile, update
from semlens.engine.jobs.job_queue import JobQueue
from semlens.engine.workspace.index_handle import IndexHandle, OpenIndex
from semlens.errors import Cancelled, DamagedIndexError, SemlensError
from semlens.types import CancelToken, Coverage, RelativePath, Report

log = logging.getLogger(__name__)

STATUS_SECONDS = 0.2
"""How often a running job may say how far it is."""

Job = Callable[[FolderIndex, CancelToken], Report]


class FileIndexing:
    """`on_done` is called after each job that succeeded, `on_failure` with how many have failed in a row."""

    def __init__(
        self,
        name: str,
        open_index: OpenIndex,
        membership: Callable[[], Membership],
        on_change: Callable[[], None],
        on_done: Callable[[], None],
        on_failure: Callable[[int], None],
    ) -> None:
        self._lane = JobQueue(f"index {name}")
        self.opening = IndexHandle(open_index, self._lane)
        self._name = name
        self._membership = membership
        self._on_change = on_change
        self._on_done = on_done
        self._on_failure = on_failure
        self._said = 0.0
        self._failures = 0
        self.done_of: tuple[int, int] | None = None
        """Files taken in, of files in all, while a job runs that looks at all of them."""
        self.complete = False
        """Whether all that is on the disk was looked at once."""
        self.error: str | None = None
        """Why the last job failed, until one succeeds."""

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._lane.busy

    def reconcile(self, cancel: CancelToken | None, progress: Progress | None, full: bool) -> Future[Report]:
        """Make the index equal to the disk."""

        def job(index: FolderIndex, token: CancelToken) -> Report:
            report = reconcile(index, self._membership(), token, self._follow(progress), full)
            self.complete = True
            return report

        return self._submit(job, cancel)

    def update(self, paths: frozenset[RelativePath]) -> Future[Report]:
        """Make the index equal to the disk for these files alone."""
        return self._submit(lambda index, token: update(index, self._membership(), paths, token), None)

    def renew(self, damaged: FolderIndex) -> None:
        """Set a damaged index aside and begin anew."""
        self.quietly(self._lane.do(lambda: self.opening.renew(damaged)))

    def coverage(self) -> Coverage:
        """What each tier can answer for, of what the walk has found on the disk so far."""
        coverage, done_of = self.opening.index.coverage(), self.done_of
        if self.complete or not self.busy or (done_of is None and coverage.files):
            return coverage
        share = done_of[0] / max(1, done_of[1]) if done_of is not None else 0.0
        tiers = {tier: getattr(coverage, tier) * share for tier in ("lexical", "instant", "deep")}
        return replace(coverage, **tiers)

    def quietly(self, future: Future[Any]) -> None:
        """A job that nobody waits for: its failure is the folder's status, and a surprise is logged."""

        def done(future: Future[Any]) -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is not None and not isinstance(error, SemlensError):
                self.error = "Indexing stopped unexpectedly. Reindex the workspace; the log has the details."
                log.error("indexing %s failed", self._name, exc_info=error)
                self._on_change()

        future.add_done_callback(done)

    def cancel_all(self) -> None:
        self._lane.cancel_all()

    def close(self) -> None:
        """Stop at the next step, and wait for that; the index stays open."""
        self._lane.close()

    def _submit(self, job: Job, cancel: CancelToken | None) -> Future[Report]:
        def run(token: CancelToken) -> Report:
            try:
                report = self._undamaged(job, token)
            except Cancelled:
                raise
            except SemlensError as error:
                self.error = str(error)
                self._failures += 1
                self._on_failure(self._failures)
                raise
            finally:
                self.done_of = None
            self._failures, self.error = 0, None
            self._on_done()
            return report

        future = self._lane.submit(run, cancel)
        future.add_done_callback(lambda _: self._on_change())
        return future

    def _undamaged(self, job: Job, token: CancelToken) -> Report:
        """The job's report, on a new index if this one turns out to be damaged."""
        try:
            return job(self.opening.usable(), token)
        except DamagedIndexError:
            return job(self.opening.renew(self.opening.index), token)

    def _follow(self, progress: Progress | None) -> Progress:
        def said(done: int, total: int) -> None:
            self.done_of = (done, total)
            if progress is not None:
                progress(done, total)
            if time.monotonic() - self._said > STATUS_SECONDS:
                self._said = time.monotonic()
                self._on_change()

        return said
