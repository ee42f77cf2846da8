"""Read the text in the images of an index: each content once, and after it the images get other words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from semlens.core.images.picture_text import kept_lines
from semlens.core.index.folder import FolderIndex
from semlens.core.index.noted_images import NotedImages, Throttle
from semlens.types import CancelToken, ContentHash

log = logging.getLogger(__name__)

WORDED_AT_ONCE: Final = 8
"""Images between two changes of words; a kill costs at most so many readings."""


class PictureReader(Protocol):
    """What reads text in images, as a client of the process that does it."""

    @property
    def version(self) -> str:
        """Says what reads: another one may read other words. Raises `ModelError` if nothing can read here."""

    def read(self, data: bytes, cancel: CancelToken | None = None) -> Sequence[str] | None:
        """The lines of text in an image, given the bytes of its file; None if it cannot be read.

        Raises `Cancelled`, and `ModelError` if no image can be read.
        """


def read_pictures(
    index: FolderIndex,
    reader: PictureReader,
    cancel: CancelToken,
    progress: Callable[[int, int], None] = lambda done, total: None,
    throttle: Throttle = lambda cancel: None,
    interrupted: Callable[[], bool] = lambda: False,
    reword: Callable[[], None] = lambda: None,
) -> bool:
    """Read the images that nobody has read; whether words of images are to be changed.

    :param progress: called with the number of contents done and of all
    :param throttle: delays each image while the machine must not be kept busy
    :param interrupted: whether something more urgent has come up; then the rest waits for the next call
    :param reword: called when `indexer.update` is to give images their new words
    :raises Cancelled, ModelError, StorageError: what was kept stays
    """
    texts = index.database.picture_texts
    version = reader.version
    changed = texts.version not in (None, version)
    images = NotedImages(index.root, index.database.images, texts, texts.begin(version))
    revision = images.revision
    read: dict[ContentHash, Sequence[str]] = {}

    def keep() -> None:
        if read:
            texts.keep(read)
            read.clear()
            reword()

    try:
        if images.note_images(cancel, throttle, interrupted):
            contents = images.contents()
            known = texts.contents()
            pending = [content for content in contents if content not in known]
            changed |= images.revision != revision or bool(pending)
            if images.revision != revision:
                reword()
            done = len(contents) - len(pending)
            progress(done, len(contents))
            for number, content in enumerate(pending, done + 1):
                throttle(cancel)
                cancel.check()
                if interrupted():
                    break
                data = images.data(content)
                if data is not None:
                    lines = reader.read(data, cancel)
                    if lines is None:
                        log.info("no text is read in %s: it cannot be read", ", ".join(contents[content]))
                    read[content] = kept_lines(lines or ())
                if len(read) == WORDED_AT_ONCE:
                    keep()
                progress(number, len(contents))
    finally:
        keep()
    texts.drop_unused()
    return changed
