"""One workspace folder in the engine: its index, its watcher, and its background jobs.

Each workspace has one thread for indexing files and one for the deep tier. Queries run on other threads, so
none of the three waits for another.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from semlens.core.files.watch.watcher import BURST_PATHS
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import Progress
from semlens.core.index.model_set import ModelSet
from semlens.core.index.picture_reading import PictureReader
from semlens.core.query.query import Query
from semlens.core.search import SearchOptions
from semlens.core.search.helpers import ALONE, Helpers
from semlens.core.store.layout import index_dir
from semlens.core.team.shared_index import SharedIndex
from semlens.engine.jobs.deep_tier import DeepTierJobs
from semlens.engine.jobs.job_queue import JobEvents
from semlens.engine.jobs.lexical_rebuild import LexicalRebuild
from semlens.engine.jobs.retry import retry_later
from semlens.engine.jobs.text_work import TextWork
from semlens.engine.jobs.throttle import UserActivity, reason_to_wait
from semlens.engine.workspace.added_models import NO_ADDED, AddedModels
from semlens.engine.workspace.file_indexing import FileIndexing
from semlens.engine.workspace.folder_watch import FolderWatch
from semlens.engine.workspace.index_handle import IndexHandle
from semlens.engine.workspace.leases import Leases
from semlens.engine.workspace.lost_files import put_back_lost
from semlens.engine.workspace.status import WorkspaceStatus, main_reasons
from semlens.engine.workspace.team_index import TeamIndex
from semlens.engine.workspace.why import why
from semlens.errors import DamagedIndexError, StorageError
from semlens.protocol.engine import WhyAnswer
from semlens.settings import Settings
from semlens.types import CancelToken, Coverage, Hit, RelativePath, Report, Tier

log = logging.getLogger(__name__)

RETIRING_SECONDS = 30.0
"""How long a replaced workspace waits for its last queries."""


class Workspace:
    """One open workspace. `close` it at the end."""

    def __init__(
        self,
        root: Path,
        data_dir: Path,
        models: ModelSet,
        settings: Settings,
        on_status: Callable[[Workspace], None],
        on_notice: Callable[[Workspace, str], None],
        activity: UserActivity,
        added: AddedModels = NO_ADDED,
        reader: PictureReader | None = None,
    ) -> None:
        """Begin to open the index of the folder `root`, in the background.

        :param on_status: called when the status has changed, on any thread
        :param on_notice: called with a sentence for the user, on any thread
        :param activity: tells whether background work has to wait
        :param added: the models beside the first that the settings name
        :param reader: reads the text in images, if the settings want that
        :raises StorageError: no index can be kept for the folder
        """
        self.root = root
        self.settings = settings
        self.models = models
        self.added = added
        self.paused = False
        self.directory = index_dir(data_dir, root, models.index_fingerprint)
        self._watch = FolderWatch(root, settings, self._changed)
        self._on_status = on_status
        self._on_notice = on_notice
        self._closed = False
        self._watching = threading.RLock()
        """Held while the watch begins or ends."""
        self._mending = threading.Lock()
        """Held while lost files are put back, so that this is not done in a closed workspace."""
        self.notice: str | None = None
        """A sentence for the user about the index, such as that it was damaged."""
        self._indexing = FileIndexing(
            root.name,
            self._open,
            lambda: self._watch.membership,
            self._job_events(lambda: self._changed(None), self._on_indexed),
        )
        self._texts = TextWork(lambda: self.index, lambda: self._reader(reader), self._reword)
        self._deep = DeepTierJobs(
            root.name,
            lambda: self.index,
            self._watch.focus_files,
            self._job_events(self.improve, lambda: None),
            lambda: reason_to_wait(self.settings, activity),
            self._replace,
            self._texts,
        )
        self._lexical_rebuild = LexicalRebuild()
        self._team_index = TeamIndex()
        self.leases = Leases()
        """The leases of the queries that this workspace still answers."""
        self.handle.open()

    @property
    def handle(self) -> IndexHandle:
        """The handle of the index."""
        return self._indexing.handle

    @property
    def index(self) -> FolderIndex:
        """The open index. Waits until it is open, or raises the error of opening it."""
        return self.handle.index

    # Watching

    def await_watch(self) -> None:
        """Be indexing already, as `watch` follows."""
        self._indexing.awaited = True

    def watch(self) -> None:
        """Index the files on disk, and watch the folder for changes."""
        with self._watching:
            try:
                self._watch.start()
                if self._closed:  # Meanwhile: closing may have stopped the watch before.
                    self._watch.stop()
                self._changed(None)
            finally:
                self._indexing.awaited = False

    def unwatch(self, unless: Callable[[], bool] = lambda: False) -> None:
        """Stop watching the folder and filling its deep tier, `unless` somebody follows it again."""
        with self._watching:
            if unless():
                return
            self._indexing.awaited = False
            self._watch.stop()
            self._deep.stop_improving()

    def touched(self, paths: Iterable[RelativePath]) -> None:
        """Index these paths if they have changed on disk; editors also tell of those that do not belong."""
        changed = frozenset(filter(self._watch.may_matter, paths))
        if changed:
            self._changed(None if len(changed) > BURST_PATHS else changed)

    def focus(self, paths: Iterable[RelativePath]) -> None:
        """Set the files that the user has open: the deep tier embeds them first."""
        self._watch.set_open_files(paths)

    def configure(self, settings: Settings) -> None:
        """Apply new settings. Files that they include or exclude are indexed or removed at once."""
        if settings == self.settings:
            return
        with self._watching:
            watched = self._watch.active
            self.unwatch()
            self.settings = settings
            self._watch.configure(settings)
            if watched:
                self.watch()

    def use_added(self, added: AddedModels) -> None:
        """Have other models beside the first, or none; one with a problem changes nothing."""
        before, self.added = self.added, added
        if added == before:
            return
        if added.second != before.second and added.second.problem is None:
            self._improve_after(self._deep.use_second(added.second.models))
        if added.images != before.images and added.images.problem is None:
            self._improve_after(self._deep.use_image_model(added.images.models))
        self._on_status(self)

    def _reader(self, reader: PictureReader | None) -> PictureReader | None:
        return reader if self.settings.images and self.settings.image_text else None

    def _reword(self) -> Future[Report]:
        """Give images the words that have changed."""
        job = self._indexing.update(frozenset())
        self._indexing.report_errors(job)
        return job

    def _improve_after(self, used: Future[None]) -> None:
        self._indexing.report_errors(used)
        used.add_done_callback(lambda _: self.improve())

    def pause(self, paused: bool) -> None:
        """Stop all jobs while paused; after the pause, make the index equal to the disk."""
        self.paused = paused
        if paused:
            self._indexing.cancel_all()
            self._deep.stop_improving()
        else:
            self._indexing.report_errors(self.reconcile())
        self._on_status(self)

    # Jobs

    def reconcile(
        self, cancel: CancelToken | None = None, progress: Progress | None = None, full: bool = False
    ) -> Future[Report]:
        """Make the index equal to the disk, then fill the deep tier in the background.

        Arguments as for `indexer.reconcile`.
        """
        return self._indexing.reconcile(cancel, progress, full)

    def finish_deep_tier(self, cancel: CancelToken, progress: Callable[[str], Progress]) -> Future[int]:
        """Embed every chunk and image without throttling, with all models; as `DeepTierJobs.finish`."""
        return self._deep.finish(cancel, progress)

    def put_back_lost(self) -> None:
        """Mend lost files of the open index. Raises `StorageError`."""
        with self._mending:
            if self.handle.ready and not self._closed:
                put_back_lost(self.index, self._indexing, self._deep, self.paused)

    def _replace(self, damaged: FolderIndex) -> None:
        """Begin a new index in place of a damaged one."""
        self._indexing.replace_index(damaged)
        self._indexing.report_errors(self.reconcile())

    def _changed(self, paths: frozenset[RelativePath] | None) -> None:
        """Index changed paths, or the whole folder if None."""
        if self.paused or self._closed:
            return
        if paths is None or any(self._watch.membership.affects_rules(path) for path in paths):
            self._indexing.report_errors(self.reconcile())
            return
        self._watch.add_recent_files(paths)
        self._indexing.report_errors(self._indexing.update(paths))

    def _on_indexed(self) -> None:
        self._lexical_rebuild.schedule(self.index)
        self.improve()

    def _job_events(self, retry: Callable[[], None], on_success: Callable[[], None]) -> JobEvents:
        def failed(failures: int) -> None:
            if self._watch.active and not self._closed:  # Else nobody waits for it.
                retry_later(failures, retry)

        return JobEvents(lambda: self._on_status(self), failed, on_success)

    def improve(self) -> None:
        """Fill the deep tier in the background, if the settings allow it."""
        if self._watch.active and not self.paused and not self._closed and self.settings.deep_tier != "off":
            job = self._deep.improve()
            if job is not None:
                self._indexing.report_errors(job)

    def deep_ready(self, wait: float) -> bool:
        """Whether the deep tier is wanted. Waits at most `wait` seconds for the cached vectors."""
        if self.settings.deep_tier == "off":
            return False
        if wait:
            try:
                self._deep.wait_open(wait)
            except Exception as error:  # No query fails because a tier is not there.
                log.info("the deep tier of %s is not there: %s", self.root, error)
        return True

    # Queries

    @property
    def shared_index(self) -> SharedIndex | None:
        """The team's index that questions are asked of; None if the user does not want that."""
        return self._team_index.of(self.index)

    def search(
        self,
        query: Query,
        options: SearchOptions,
        helpers: Helpers = ALONE,
    ) -> list[Hit]:
        """The hits in this folder, best first; those of the instant tier alone if another index fails.

        Has whatever failed rebuilt in the background. Raises `StorageError` if the database fails too.
        """
        searcher, options = self.handle.searcher, replace(options, at_hand=self._watch.focus_files())
        try:
            return searcher.search(query, options, helpers)
        except DamagedIndexError:
            self._replace(searcher.index)
            raise
        except StorageError:
            if self.handle.searcher is not searcher:  # Its index was replaced and closed meanwhile.
                return self.search(query, options, helpers)
            log.exception("an index of %s failed", self.root)
            searcher.index.mark_derived_stale()
            self._indexing.report_errors(self.reconcile())
            self._indexing.report_errors(self._deep.open())
            instant_only = replace(options, tiers=options.tiers & {Tier.INSTANT}, deep_vector=None)
            return searcher.search(query, instant_only)

    def why(self, path: RelativePath) -> WhyAnswer:
        """Whether a file is in the index, and the rule that keeps it out."""
        return why(self.index, self._watch.membership, path)

    # State

    def status(self) -> WorkspaceStatus:
        """How the workspace is now."""
        opened = self.handle.ready
        status = WorkspaceStatus(
            opened=opened,
            working=self._indexing.busy,
            done_of=self._indexing.done_of,
            refilling=self._deep.refilling,
            improving=self._deep.improving,
            waiting=self._deep.waiting,
            paused=self.paused,
            error=self._indexing.error or (self._deep.error if self.settings.deep_tier != "off" else None),
            notice=self.notice,
            leftover=self.models.vectors.notice,
            warning=self._watch.warning,
            complete=self._indexing.complete,
            second_problem=self.added.second.problem or self._deep.second.error,
            image_problem=self.added.images.problem or self._deep.images.error,
            text_problem=self._texts.error,
            texts_of=self._texts.done_of,
        )
        return self._counted(status) if opened and not self._closed else status

    def _counted(self, status: WorkspaceStatus) -> WorkspaceStatus:
        index = self.index
        try:
            coverage, skipped = self.coverage(), index.reader.counts().skipped
            reasons = () if coverage.files else main_reasons(index.reader.files.skipped())
        except StorageError as error:
            return replace(status, error=status.error or str(error), coverage=Coverage())
        tier = index.added.images
        looked_at = None if tier is None else tier.coverage()
        return replace(status, coverage=coverage, skipped=skipped, reasons=reasons, looked_at=looked_at)

    def coverage(self) -> Coverage:
        """The coverage of each tier, as a share of all files that the walk has found so far."""
        shared = self.shared_index
        return replace(self._indexing.coverage(), shared=(shared and shared.covered) or 0.0)

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    @property
    def full(self) -> bool:
        """Whether every tier covers every file on disk."""
        whole = self._indexing.complete and not self._indexing.busy and self._indexing.error is None
        return whole and (self.settings.deep_tier == "off" or self.index.coverage().deep >= 1)

    def retire(self) -> None:
        """Close once the last query has its answer. New queries go to the replacement."""
        self.leases.wait_free(RETIRING_SECONDS)
        self.close()

    def close(self) -> None:
        """Cancel all jobs, wait until they have stopped, and close the index."""
        with self._mending:
            self._closed = True
        self._indexing.cancel_all()
        self._deep.cancel_all()
        self._lexical_rebuild.close()
        self.unwatch()
        self._indexing.close()
        self._deep.close()
        self.handle.close()

    def _open(self, assume_damaged: bool) -> FolderIndex:
        index = FolderIndex(self.root, self.directory, self.models, assume_damaged)
        if index.notice:
            log.warning(index.notice)
            self._on_notice(self, index.notice)
        self.notice = index.notice
        if self.settings.deep_tier != "off":
            if self.added.second.problem is None:
                index.added.use_second(self.added.second.models)
            if self.added.images.problem is None:
                index.added.use_image_model(self.added.images.models)
            self._indexing.report_errors(self._deep.open())
        return index
