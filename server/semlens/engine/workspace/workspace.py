"""One workspace folder in the engine: its index, its watcher, and the work that keeps it true.

Files are taken in on one thread of the workspace's own, the deep tier works on another, and
questions on neither, so that none waits for another.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from semlens.core.files.membership import Membership
from semlens.core.files.watch.watcher import Watcher
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import Progress
from semlens.core.index.model_set import ModelSet
from semlens.core.query.query import Query
from semlens.core.search import SearchOptions
from semlens.core.store.layout import index_dir
from semlens.engine.jobs.activity import UserActivity, reason_to_wait
from semlens.engine.jobs.deep_tier import DeepTierJobs
from semlens.engine.jobs.lexical_rebuild import LexicalRebuild
from semlens.engine.workspace import why as places
from semlens.engine.workspace.file_indexing import FileIndexing
from semlens.engine.workspace.index_handle import IndexHandle
from semlens.engine.workspace.leases import Leases
from semlens.engine.workspace.status import WorkspaceStatus, main_reasons
from semlens.errors import DamagedIndexError, SemlensError, StorageError
from semlens.settings import Settings
from semlens.types import CancelToken, Coverage, Hit, RelativePath, Report, Span, Tier

log = logging.getLogger(__name__)

RETRY_SECONDS = (5.0, 30.0, 120.0)
"""The pause after the first, second, … failure in a row, before the same is tried again."""

RETIRING_SECONDS = 30.0
"""How long the last questions to an index that is replaced may take."""

RECENT_FILES = 200
"""Changed files that the deep tier takes before the others."""


class Workspace:
    """Raises `StorageError` if no index can be kept for the folder."""

    def __init__(
        self,
        root: Path,
        data_dir: Path,
        models: ModelSet,
        settings: Settings,
        on_status: Callable[[Workspace], None],
        on_notice: Callable[[Workspace, str], None],
        attention: UserActivity,
    ) -> None:
        self.root = root
        self.settings = settings
        self.models = models
        self.paused = False
        self.directory = index_dir(data_dir, root, models.deep_fingerprint)
        self._membership = Membership(root, settings)
        self._on_status = on_status
        self._on_notice = on_notice
        self._watcher: Watcher | None = None
        self._followed = self._closed = False
        self._focus: tuple[RelativePath, ...] = ()
        self._recent: tuple[RelativePath, ...] = ()
        self.notice: str | None = None
        """What happened to the index, such as that it was damaged."""
        self._intake = FileIndexing(
            root.name,
            self._open,
            lambda: self._membership,
            lambda: on_status(self),
            self._taken_in,
            lambda failures: self._retry_later(failures, lambda: self._changed(None)),
        )
        self._deep = DeepTierJobs(
            root.name,
            lambda: self.index,
            self._at_hand,
            lambda: on_status(self),
            lambda failures: self._retry_later(failures, self._improve_later),
            lambda: reason_to_wait(self.settings, attention),
        )
        self._settling = LexicalRebuild()
        self.leases = Leases()
        """Of the questions that this index still answers."""
        self.opening.begin()

    @property
    def opening(self) -> IndexHandle:
        return self._intake.opening

    @property
    def index(self) -> FolderIndex:
        """The open index, waiting for it to open. Raises what kept it from opening."""
        return self.opening.index

    # Following

    def watch(self) -> None:
        """Index what is on disk now, and follow it from here on."""
        self._followed = True
        if self._watcher is None and self.settings.watch != "off":
            self._watcher = Watcher(self.root, self._membership, self._changed, self.settings.watch)
            self._watcher.start()
        if not self.paused:
            self._intake.quietly(self.reconcile())

    def unwatch(self) -> None:
        """Nobody looks at this folder any more: stop following it, and leave the deep tier for later."""
        self._followed = False
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.stop()
        self._deep.stop_improving()

    def touched(self, paths: Iterable[RelativePath]) -> None:
        """Somebody says that these changed; the disk will tell."""
        self._changed(frozenset(paths))

    def focus(self, paths: Iterable[RelativePath]) -> None:
        """Files that the user has open: the deep tier takes them first."""
        self._focus = tuple(paths)

    def _at_hand(self) -> tuple[RelativePath, ...]:
        """The files that are open, then those that were changed last."""
        return (*self._focus, *self._recent)

    def configure(self, settings: Settings) -> None:
        """Take new settings. What they change about what belongs takes effect at once, both ways."""
        if settings == self.settings:
            return
        followed = self._followed
        self.unwatch()
        self.settings = settings
        self._membership = Membership(self.root, settings)
        if followed:
            self.watch()

    def pause(self, paused: bool) -> None:
        """Leave the index as it is until further notice, then make up for what was missed."""
        self.paused = paused
        if paused:
            self._intake.cancel_all()
            self._deep.stop_improving()
        else:
            self._intake.quietly(self.reconcile())
        self._on_status(self)

    # Work

    def reconcile(
        self, cancel: CancelToken | None = None, progress: Progress | None = None, full: bool = False
    ) -> Future[Report]:
        """Make the index equal to the disk, then go on to the deep tier in the background."""
        return self._intake.reconcile(cancel, progress, full)

    def deepen_now(self, cancel: CancelToken, progress: Progress) -> Future[int]:
        """Finish the deep tier; the future gives how many texts were embedded."""
        return self._deep.finish(cancel, progress)

    def _changed(self, paths: frozenset[RelativePath] | None) -> None:
        if self.paused or self._closed:
            return
        if paths is None or any(self._membership.affects_rules(path) for path in paths):
            self._intake.quietly(self.reconcile())
            return
        self._recent = tuple(dict.fromkeys([*paths, *self._recent]))[:RECENT_FILES]
        self._intake.quietly(self._intake.update(paths))

    def _taken_in(self) -> None:
        self._settling.later(self.index)
        self._improve_later()

    def _retry_later(self, failures: int, again: Callable[[], None]) -> None:
        """What went wrong is tried again, where nobody asks for it."""
        if self._followed and not self._closed:
            timer = threading.Timer(RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1], again)
            timer.daemon = True
            timer.start()

    def _improve_later(self) -> None:
        """Have the deep tier made full in the background, unless that is being done."""
        if self._followed and not self.paused and not self._closed and self.settings.deep_tier != "off":
            job = self._deep.improve()
            if job is not None:
                self._intake.quietly(job)

    def deep_ready(self, wait: float) -> bool:
        """Whether the deep tier can answer for any of this folder; wait seconds for what is known to be."""
        if self.settings.deep_tier == "off":
            return False
        if wait:
            with suppress(SemlensError, TimeoutError):
                self._deep.wait_open(wait)
        return len(self.index.deep) > 0

    # Questions

    def search(self, query: Query, options: SearchOptions) -> list[Hit]:
        """The hits in this folder, best first; those of the instant tier alone if another index fails.

        Has whatever failed rebuilt in the background. Raises `StorageError` if the database fails too.
        """
        searcher, options = self.opening.searcher, replace(options, at_hand=self._at_hand())
        try:
            return searcher.search(query, options)
        except DamagedIndexError:
            self._intake.renew(searcher.index)
            self._intake.quietly(self.reconcile())
            raise
        except StorageError:
            log.exception("an index of %s failed", self.root)
            searcher.index.mark_derived_stale()
            self._intake.quietly(self.reconcile())
            self._intake.quietly(self._deep.open())
            instant_only = replace(options, tiers=options.tiers & {Tier.INSTANT}, deep_vector=None)
            return searcher.search(query, instant_only)

    def lines(self, path: RelativePath, span: Span) -> str:
        """The text of some lines on disk. Raises `FolderError` if the file cannot be read."""
        return places.lines(self.root, path, span)

    def why(self, path: RelativePath) -> dict[str, Any]:
        """A `WhyResult`: whether a file is in the index, and the rule that decided."""
        return places.why(self.index, self._membership, path)

    # State

    def standing(self) -> WorkspaceStatus:
        opened = self.opening.ready
        standing = WorkspaceStatus(
            opened=opened,
            working=self._intake.busy,
            done_of=self._intake.done_of,
            refilling=self._deep.refilling,
            improving=self._deep.improving,
            waiting=self._deep.waiting,
            paused=self.paused,
            error=self._intake.error or (self._deep.error if self.settings.deep_tier != "off" else None),
            notice=self.notice,
            warning=self._watcher.warning if self._watcher is not None else None,
            complete=self._intake.complete,
        )
        return self._counted(standing) if opened and not self._closed else standing

    def _counted(self, standing: WorkspaceStatus) -> WorkspaceStatus:
        index = self.index
        try:
            coverage, skipped = self.coverage(), index.reader.counts().skipped
            reasons = () if coverage.files else main_reasons(index.reader.skipped())
        except StorageError as error:
            return replace(standing, error=standing.error or str(error), coverage=Coverage())
        return replace(standing, coverage=coverage, skipped=skipped, reasons=reasons)

    def coverage(self) -> Coverage:
        """What each tier can answer for, of what the walk has found on the disk so far."""
        return self._intake.coverage()

    @property
    def full(self) -> bool:
        """Whether every tier can answer for all that is on the disk."""
        if not self._intake.complete or self._intake.busy or self._intake.error is not None:
            return False
        return self.settings.deep_tier == "off" or self.index.coverage().deep >= 1

    def retire(self) -> None:
        """Close after the last question to it; new ones go to what takes its place."""
        self.leases.wait_free(RETIRING_SECONDS)
        self.close()

    def close(self) -> None:
        """Stop at the next step and close the index cleanly."""
        self._closed = True
        self._intake.cancel_all()
        self._deep.cancel_all()
        self._settling.close()
        self.unwatch()
        self._intake.close()
        self._deep.close()
        self.opening.close()

    def _open(self, distrust: bool) -> FolderIndex:
        index = FolderIndex(self.root, self.directory, self.models, distrust)
        if index.notice:
            log.warning(index.notice)
            self._on_notice(self, index.notice)
        self.notice = index.notice
        if self.settings.deep_tier != "off":
            self._intake.quietly(self._deep.open())
        return index
