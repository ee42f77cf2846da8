"""A handle of a workspace's index, which is opened in the background and replaced if it is damaged."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from semlens.core.index.folder import FolderIndex
from semlens.core.search import Searcher
from semlens.engine.jobs.job_queue import JobQueue

T = TypeVar("T")

OpenIndex = Callable[[bool], FolderIndex]
"""Opens the index. The argument is `assume_damaged` of `FolderIndex`."""


class IndexHandle:
    """The index of one workspace, opened and replaced on the queue's thread alone, which writes to it."""

    def __init__(self, open_index: OpenIndex, queue: JobQueue) -> None:
        self._open = open_index
        self._queue = queue
        self._future: Future[FolderIndex] = Future()
        self._searcher: Searcher | None = None

    def open(self) -> None:
        """Begin to open the index, without waiting."""
        future, first = self._future, lambda: self._open(False)
        self._queue.run_always(lambda: _complete(future, first))

    @property
    def index(self) -> FolderIndex:
        """The open index. Waits until it is open, or raises the error of opening it."""
        return self._future.result()

    @property
    def searcher(self) -> Searcher:
        """The searcher of the open index, for any thread. Raises the error of opening the index.

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
        """Whether the index is open."""
        return self._future.done() and not self.broken

    def reopen(self) -> FolderIndex:
        """Try again to open an index that could not be opened. Raises the error of opening it."""
        return self._queue.run_always(self.usable).result()

    def usable(self) -> FolderIndex:
        """The index; one that could not be opened is tried again. Call it on the queue's thread only."""
        if self.broken:
            self._future = _done(lambda: self._open(False))
        return self.index

    def replace(self, damaged: FolderIndex) -> FolderIndex:
        """Set a damaged index aside and open an empty one, unless this was done before.

        Call it on the queue's thread only.
        """
        if self.usable() is damaged:
            self._future = Future()  # Queries wait for it rather than ask a closed index.
            damaged.close_unsealed()
            _complete(self._future, lambda: self._open(True))
        return self.index

    def close(self) -> None:
        """Close the index, if it is open."""
        if self.ready:
            self.index.close()


def _done(work: Callable[[], T]) -> Future[T]:
    """Run `work`, and return its result or its error as a future."""
    future: Future[T] = Future()
    _complete(future, work)
    return future


def _complete(future: Future[T], work: Callable[[], T]) -> None:
    """Run `work`, and give its result or its error to `future`."""
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
