"""The jobs that index the files of a workspace, one at a time on one thread, and their progress."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import Progress, reconcile, update
from semlens.engine.jobs.job_queue import JobEvents, JobQueue
from semlens.engine.workspace.index_handle import IndexHandle, OpenIndex
from semlens.errors import Cancelled, DamagedIndexError, SemlensError
from semlens.types import CancelToken, Coverage, RelativePath, Report

log = logging.getLogger(__name__)

STATUS_SECONDS = 0.2
"""A running job reports its progress at most this often."""

Job = Callable[[FolderIndex, CancelToken], Report]


class FileIndexing:
    """The indexing jobs of one workspace, and the handle of its index."""

    def __init__(
        self,
        name: str,
        open_index: OpenIndex,
        membership: Callable[[], Membership],
        events: JobEvents,
    ) -> None:
        """
        :param name: the name of the workspace, for logs
        :param open_index: opens the index, on the thread of the jobs
        :param membership: returns the current rules for files
        """
        self._queue = JobQueue(f"index {name}")
        self.handle = IndexHandle(open_index, self._queue)
        self._name = name
        self._membership = membership
        self._events = events
        self._reported_at = 0.0
        self._failures = 0
        self.done_of: tuple[int, int] | None = None
        """Indexed files and all files, while `reconcile` runs."""
        self.complete = False
        """Whether a `reconcile` has succeeded since the start."""
        self.error: str | None = None
        """Why the last job failed, until one succeeds."""
        self._guard = threading.Lock()
        self._waiting: Future[Report] | None = None
        """The `reconcile` that has not begun."""
        self.awaited = False
        """Whether a job will be queued at once: until then no file is taken for absent."""

    @property
    def busy(self) -> bool:
        """Whether a job is running, queued or awaited."""
        return self._queue.busy or self.awaited

    def reconcile(self, cancel: CancelToken | None, progress: Progress | None, full: bool) -> Future[Report]:
        """Make the index equal to the disk; arguments as for `indexer.reconcile`.

        One that waits for its turn serves whoever asks for another meanwhile.
        """

        def job(index: FolderIndex, token: CancelToken) -> Report:
            report = reconcile(index, self._membership(), token, self._reporting(progress), full)
            self.complete = True
            return report

        if cancel is not None or progress is not None or full:
            return self._submit(job, cancel)

        def first(index: FolderIndex, token: CancelToken) -> Report:
            with self._guard:
                self._waiting = None
            return job(index, token)

        with self._guard:
            if self._waiting is None or self._waiting.done():
                self._waiting = self._submit(first, None)
            return self._waiting

    def update(self, paths: frozenset[RelativePath]) -> Future[Report]:
        """Make the index equal to the disk for these paths alone."""
        return self._submit(lambda index, token: update(index, self._membership(), paths, token), None)

    def put_back(self, and_reconcile: bool) -> None:
        """Queue the mending of an index whose files are lost, unless a job runs, which meets it itself."""

        def job(index: FolderIndex, token: CancelToken) -> Report:
            index.put_back()
            if and_reconcile:
                return reconcile(index, self._membership(), token, self._reporting(None))
            return Report()

        if not self._queue.busy:
            self.report_errors(self._submit(job, None))

    def replace_index(self, damaged: FolderIndex) -> None:
        """Queue the replacement of a damaged index by an empty one."""
        self.report_errors(self._queue.run_always(lambda: self.handle.replace(damaged)))

    def coverage(self) -> Coverage:
        """The coverage of each tier, as a share of all files that the walk has found so far."""
        coverage, done_of = self.handle.index.coverage(), self.done_of
        if self.complete or not self.busy or (done_of is None and coverage.files):
            return coverage
        share = done_of[0] / max(1, done_of[1]) if done_of is not None else 0.0
        tiers = {tier: getattr(coverage, tier) * share for tier in ("lexical", "instant", "deep")}
        return replace(coverage, **tiers)

    def report_errors(self, future: Future[Any]) -> None:
        """Log an unexpected error of a job that no caller waits for, and show it as the status."""

        def done(future: Future[Any]) -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is not None and not isinstance(error, SemlensError):
                self.error = "Indexing stopped unexpectedly. Reindex the workspace; the log has the details."
                log.error("indexing %s failed", self._name, exc_info=error)
                self._events.on_change()

        future.add_done_callback(done)

    def cancel_all(self) -> None:
        """Cancel every job, without waiting."""
        with self._guard:
            self._waiting = None
            self._queue.cancel_all()

    def close(self) -> None:
        """Cancel every job and wait until the running one has stopped; the index stays open."""
        self._queue.close()

    def _submit(self, job: Job, cancel: CancelToken | None) -> Future[Report]:
        def run(token: CancelToken) -> Report:
            try:
                report = self._run_undamaged(job, token)
            except Cancelled:
                raise
            except SemlensError as error:
                self.error = str(error)
                self._failures += 1
                self._events.on_failure(self._failures)
                raise
            finally:
                self.done_of = None
            self._failures, self.error = 0, None
            self._events.on_success()
            return report

        future = self._queue.submit(run, cancel)
        future.add_done_callback(lambda _: self._events.on_change())
        return future

    def _run_undamaged(self, job: Job, token: CancelToken) -> Report:
        """Run a job; if the index turns out to be damaged, replace it and run the job again."""
        try:
            return job(self.handle.usable(), token)
        except DamagedIndexError:
            return job(self.handle.replace(self.handle.index), token)

    def _reporting(self, progress: Progress | None) -> Progress:
        """`progress`, which also updates `done_of` and reports changes."""

        def report(done: int, total: int) -> None:
            self.done_of = (done, total)
            if progress is not None:
                progress(done, total)
            if time.monotonic() - self._reported_at > STATUS_SECONDS:
                self._reported_at = time.monotonic()
                self._events.on_change()

        return report
