"""One workspace folder in the engine: its index, its watcher, and the work that keeps it true.

Indexing runs on one thread of the workspace's own, the deep tier on one that all workspaces share,
and questions on neither, so that none waits for another.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from semlens.core.files.ignore import Membership
from semlens.core.files.source import read_source
from semlens.core.files.watch import Watcher
from semlens.core.index.deepen import deepen
from semlens.core.index.folder import FolderIndex, Models
from semlens.core.index.indexer import Progress, reconcile, update
from semlens.core.search.freshness import MAX_READ
from semlens.core.search.searcher import Place
from semlens.core.store.layout import private_dir, workspace_dir
from semlens.errors import Cancelled, FolderError, SemlensError
from semlens.settings import Settings
from semlens.types import CancelToken, Coverage, RelativePath, Report, Skipped

log = logging.getLogger(__name__)

STATUS_SECONDS = 0.2
"""How often a running job may say how far it is."""

StatusListener = Callable[["Workspace"], None]


class Workspace:
    """Raises `FolderError` if `root` is no folder that can be read."""

    def __init__(
        self,
        root: Path,
        data_dir: Path,
        models: Models,
        settings: Settings,
        deep_lane: ThreadPoolExecutor,
        on_status: StatusListener,
    ) -> None:
        if not root.is_dir():
            raise FolderError(f"{root} is not a folder. Give a folder that exists.")
        self.root = root
        self.settings = settings
        self.models = models
        self._directory = workspace_dir(data_dir, root)
        self._membership = Membership(root, settings)
        self._lane = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"index {root.name}")
        self._deep_lane = deep_lane
        self._on_status = on_status
        self._watcher: Watcher | None = None
        self._jobs: set[CancelToken] = set()
        self._deep_job: CancelToken | None = None
        self._focus: tuple[RelativePath, ...] = ()
        self._guard = threading.Lock()
        self._said = 0.0
        self._skipped: dict[str, int] = {}
        self._done_of: tuple[int, int] | None = None
        self._deepening = False
        self._error: str | None = None
        self._notice: str | None = None
        self.paused = False
        self._opening: Future[FolderIndex] = self._lane.submit(self._open)

    @property
    def index(self) -> FolderIndex:
        """The open index, waiting for it to open. Raises what kept it from opening."""
        return self._opening.result()

    @property
    def max_bytes(self) -> int:
        return self.settings.max_file_size_kb * 1024

    def watch(self) -> None:
        """Index what is on disk now, and follow it from here on."""
        if self._watcher is None and self.settings.watch != "off":
            self._watcher = Watcher(self.root, self._membership, self._changed, self.settings.watch)
            self._watcher.start()
        self._quietly(self.reconcile())

    def unwatch(self) -> None:
        """Nobody looks at this folder any more: stop following it, and leave the deep tier for later."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.stop()
        self._stop_deepening()

    def reconcile(
        self, cancel: CancelToken | None = None, progress: Progress | None = None, full: bool = False
    ) -> Future[Report]:
        """Make the index equal to the disk, then go on to the deep tier in the background."""

        def job(token: CancelToken) -> Report:
            self._membership.reload()
            report = reconcile(
                self.index, self._membership, self.max_bytes, token, self._follow(progress), full
            )
            self._skipped = dict(report.skipped_reasons)
            return report

        return self._submit(job, cancel)

    def touched(self, paths: Iterable[RelativePath]) -> None:
        """Somebody says that these changed; the disk will tell."""
        self._changed(frozenset(paths))

    def focus(self, paths: Iterable[RelativePath]) -> None:
        """Files that the user has open: the deep tier takes them first."""
        self._focus = tuple(paths)

    def deepen_now(self, cancel: CancelToken, progress: Progress) -> Future[int]:
        """Finish the deep tier; the future gives how many texts were embedded."""
        self._stop_deepening()
        return self._deep_lane.submit(self._deepen, cancel, progress)

    def configure(self, settings: Settings) -> None:
        """Take new settings. What they change about what belongs takes effect at once, both ways."""
        if settings == self.settings:
            return
        watched = self._watcher is not None
        self.unwatch()
        self.settings = settings
        self._membership = Membership(self.root, settings)
        if watched:
            self.watch()

    def pause(self, paused: bool) -> None:
        self.paused = paused
        if paused:
            self._cancel_jobs()
        else:
            self._quietly(self.reconcile())
        self._on_status(self)

    def deep_ready(self, wait: bool) -> bool:
        """Whether the deep tier can answer for any of this folder; `wait` for its index to open."""
        if self.settings.deep_tier == "off":
            return False
        if wait:
            self.index.nearest()
        return self.index.nearest_open and self.index.coverage().deep > 0

    def lines(self, place: Place) -> str:
        """The text of a place as it is on disk. Raises `FolderError` if it cannot be read."""
        source = read_source(self.root, place.path, MAX_READ)
        if isinstance(source, Skipped):
            raise FolderError(f"{place.path} {source.reason}.")
        return "\n".join(source.text.split("\n")[place.start_line - 1 : place.end_line])

    def why(self, path: RelativePath) -> dict[str, Any]:
        """A `WhyResult`: whether a file is in the index, and the rule that decided."""
        skipped = self._membership.refuse(path, False)
        if skipped is None and self.index.database.chunks_of_file(path):
            return {"indexed": True, "reason": "This file is in the index."}
        recorded = self.index.database.skipped(path)
        skipped = skipped or (recorded[0] if recorded else None) or self._look(path)
        if skipped is None:
            return {"indexed": False, "reason": "This file is not in the index yet. Indexing will reach it."}
        return {
            "indexed": False,
            "reason": skipped.reason,
            "rule": skipped.rule,
            "file": skipped.rule_file,
            "line": skipped.rule_line,
        }

    def _look(self, path: RelativePath) -> Skipped | None:
        source = read_source(self.root, path, self.max_bytes)
        return source if isinstance(source, Skipped) else None

    def status(self) -> dict[str, Any]:
        """A `FolderStatus`, with the folder's path."""
        coverage, skipped = Coverage(), 0
        opened = self._opening.done() and self._opening.exception() is None
        if opened:
            coverage = self.index.coverage()
            skipped = self.index.database.counts().skipped
        return {
            "folder": str(self.root),
            "state": self._state(coverage),
            "message": self._message(coverage, skipped),
            "files": coverage.files,
            "chunks": coverage.chunks,
            "skipped": skipped,
            "coverage": coverage,
        }

    def close(self) -> None:
        """Stop at the next step and close the index cleanly."""
        self._cancel_jobs()
        self.unwatch()
        self._lane.shutdown(wait=True, cancel_futures=True)
        if self._opening.done() and not self._opening.cancelled() and self._opening.exception() is None:
            self.index.close()

    def _open(self) -> FolderIndex:
        private_dir(self._directory)
        index = FolderIndex(self.root, self._directory, self.models)
        self._notice = index.notice
        if self.settings.deep_tier != "off":
            self._quietly(self._deep_lane.submit(index.nearest))
        return index

    def _changed(self, paths: frozenset[RelativePath] | None) -> None:
        if paths is None or any(self._membership.rule_files_changed(path) for path in paths):
            self._quietly(self.reconcile())
            return

        def job(token: CancelToken) -> Report:
            return update(self.index, self._membership, paths, self.max_bytes, token)

        self._quietly(self._submit(job, None))

    def _submit(self, job: Callable[[CancelToken], Report], cancel: CancelToken | None) -> Future[Report]:
        token = cancel or CancelToken()
        with self._guard:
            self._jobs.add(token)

        def run() -> Report:
            try:
                token.check()
                self._error = None
                report = job(token)
            except Cancelled:
                raise
            except SemlensError as error:
                self._error = str(error)
                raise
            finally:
                with self._guard:
                    self._jobs.discard(token)
                self._done_of = None
                self._on_status(self)
            self._deepen_later()
            return report

        return self._lane.submit(run)

    def _follow(self, progress: Progress | None) -> Progress:
        def said(done: int, total: int) -> None:
            self._done_of = (done, total)
            if progress is not None:
                progress(done, total)
            if time.monotonic() - self._said > STATUS_SECONDS:
                self._said = time.monotonic()
                self._on_status(self)

        return said

    def _deepen_later(self) -> None:
        if self.paused or self.settings.deep_tier == "off" or self._watcher is None:
            return
        self._stop_deepening()
        self._deep_job = CancelToken()
        self._quietly(self._deep_lane.submit(self._deepen, self._deep_job, lambda done, total: None))

    def _deepen(self, cancel: CancelToken, progress: Progress) -> int:
        def said(done: int, total: int) -> None:
            progress(done, total)
            self._on_status(self)

        self._deepening = True
        try:
            cancel.check()
            return deepen(self.index, cancel, said, self._focus).embedded
        except Cancelled:
            raise
        except SemlensError as error:
            self._error = str(error)
            raise
        finally:
            self._deepening = False
            self._on_status(self)

    def _stop_deepening(self) -> None:
        if self._deep_job is not None:
            self._deep_job.cancel()
            self._deep_job = None

    def _cancel_jobs(self) -> None:
        with self._guard:
            for token in self._jobs:
                token.cancel()
        self._stop_deepening()

    def _quietly(self, future: Future[Any]) -> None:
        """A job that nobody waits for: its failure is the folder's status, and a surprise is logged."""

        def done(future: Future[Any]) -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is not None and not isinstance(error, SemlensError):
                self._error = "Indexing stopped unexpectedly. Reindex the workspace; the log has the details."
                log.error("indexing %s failed", self.root, exc_info=error)
                self._on_status(self)

        future.add_done_callback(done)

    def _state(self, coverage: Coverage) -> str:
        if self._error is not None:
            return "error"
        if self.paused:
            return "paused"
        if not self._opening.done():
            return "indexing"
        if self._jobs:
            return "rebuilding" if self._notice else "indexing"
        return "ready" if coverage.files else "empty"

    def _message(self, coverage: Coverage, skipped: int) -> str | None:
        if self._error is not None:
            return self._error
        if self.paused:
            return "Indexing is paused."
        if self._jobs:
            done_of = self._done_of
            return f"Indexing {done_of[0]:,} of {done_of[1]:,} files" if done_of else "Looking for files"
        if not coverage.files:
            return _why_empty(skipped)
        if self._watcher is not None and self._watcher.warning:
            return self._watcher.warning
        if coverage.deep < 1 and self._deepening:
            return f"Ready; improving results, {coverage.deep:.0%} done"
        return self._notice


def _why_empty(skipped: int) -> str:
    if not skipped:
        return "0 files indexed: the folder is empty."
    return f"0 files indexed: all {skipped:,} files found are ignored, too large or not text."
