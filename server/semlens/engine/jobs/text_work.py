"""Reading the text in one folder's images, on the deep tier's thread and after all models."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any

from semlens.core.index.deep_tier import Progress, Throttle
from semlens.core.index.folder import FolderIndex
from semlens.core.index.picture_reading import PictureReader, read_pictures
from semlens.errors import Cancelled, ModelError
from semlens.types import CancelToken

_POLL_SECONDS = 0.05
"""Between two looks at a cancel token."""


class TextWork:
    """The work, and why it failed last. Its failure costs nothing else."""

    def __init__(
        self,
        index: Callable[[], FolderIndex],
        reader: Callable[[], PictureReader | None],
        reword: Callable[[], Future[Any]],
    ) -> None:
        """
        :param index: returns the open index
        :param reader: what reads, or None while no text is wanted
        :param reword: gives the images their new words on the thread of the index
        """
        self._index = index
        self._reader = reader
        self._reword = reword
        self.error: str | None = None
        """Why no text can be read, until it can."""
        self.done_of: tuple[int, int] | None = None
        """The images that are read, and all, while they are read."""

    def fill(
        self, cancel: CancelToken, progress: Progress, throttle: Throttle, interrupted: Callable[[], bool]
    ) -> bool:
        """Read the images that nobody has read; whether images get other words.

        :param interrupted: whether the first model has work again; then the rest waits for the next call
        :raises Cancelled, StorageError: what was read is kept
        """
        self.error = None
        reader = self._reader()
        if reader is None:
            return False

        def report(done: int, total: int) -> None:
            self.done_of = (done, total)
            progress(done, total)

        def reword() -> None:
            self._reword()

        try:
            return read_pictures(self._index(), reader, cancel, report, throttle, interrupted, reword)
        except ModelError as error:  # The other words of the images are enough.
            self.error = f"The text in images cannot be read. {error}"
            return False
        finally:
            self.done_of = None

    def worded(self, cancel: CancelToken) -> None:
        """Give the images their new words, and wait for that. Raises `Cancelled` and errors of indexing."""
        job = self._reword()
        while not wait([job], _POLL_SECONDS).done:
            cancel.check()
        if job.cancelled():
            raise Cancelled
        job.result()
