"""A workspace's index as one that is opened, and opened again when it could not be or turned out damaged."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from semlens.core.index.folder import FolderIndex
from semlens.core.search import Searcher
from semlens.engine.jobs.job_queue import JobQueue

T = TypeVar("T")

OpenIndex = Callable[[bool], FolderIndex]
"""Opens the index; with True, what lies there is set aside first."""


class IndexHandle:
    """Changes on the lane's thread alone, which is where indexes are written to."""

    def __init__(self, open_index: OpenIndex, lane: JobQueue) -> None:
        self._open = open_index
        self._lane = lane
        self._future: Future[FolderIndex] = Future()
        self._searcher: Searcher | None = None

    def begin(self) -> None:
        """Open the index for the first time."""
        future, first = self._future, lambda: self._open(False)
        self._lane.do(lambda: _settle(future, first))

    @property
    def index(self) -> FolderIndex:
        """The open index, waiting for it to open. Raises what kept it from opening."""
        return self._future.result()

    @property
    def searcher(self) -> Searcher:
        """The searcher of the open index, for any thread. Raises what kept the index from opening.

        A new index gets a new searcher, since its cache keys are the index's chunk ids.
        """
        index, searcher = self.index, self._searcher
        if searcher is None or searcher.index is not index:
            self._searcher = searcher = Searcher(index)
        return searcher

    @property
    def broken(self) -> bool:
        """Whether the index could not be opened."""
        return self._future.done() and self._future.exception() is not None

    @property
    def ready(self) -> bool:
        return self._future.done() and not self.broken

    def mend(self) -> FolderIndex:
        """Open the index again, if what kept it from opening may be over."""
        return self._lane.do(self.usable).result()

    def usable(self) -> FolderIndex:
        """The index, opened again if need be. On the lane's thread alone."""
        if self.broken:
            self._future = _done(lambda: self._open(False))
        return self.index

    def renew(self, damaged: FolderIndex) -> FolderIndex:
        """Set a damaged index aside and begin anew, if that was not done. On the lane's thread alone."""
        if self.usable() is damaged:
            damaged.close_unsealed()
            self._future = _done(lambda: self._open(True))
        return self.index

    def close(self) -> None:
        if self.ready:
            self.index.close()


def _done(work: Callable[[], T]) -> Future[T]:
    """What `work` gives or raises, as a future."""
    future: Future[T] = Future()
    _settle(future, work)
    return future


def _settle(future: Future[T], work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
