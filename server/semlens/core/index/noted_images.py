"""Which bytes each image of a folder has, noted so that only what has changed is read again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final, Protocol

from semlens.core.files.images import is_svg
from semlens.core.files.source import read_head
from semlens.core.store.image_contents import ImageContent
from semlens.core.store.image_table import ImageTable
from semlens.core.util.content_hash import hash_bytes
from semlens.types import CancelToken, ContentHash, RelativePath, Skipped

MOST_BYTES: Final = 32 * 1024 * 1024
"""Of an image whose pixels are looked at; larger ones are found by words alone."""

_NOTED_AT_ONCE: Final = 64
"""Images whose bytes are noted in one transaction."""

Throttle = Callable[[CancelToken], None]


class ContentTable(Protocol):
    """What keeps the contents."""

    def change(self, added: Mapping[RelativePath, ImageContent], gone: Collection[RelativePath]) -> None:
        """Add or replace images, and remove others. Raises `StorageError`."""


class NotedImages:
    """The images of one folder, but for SVG, and what bytes they have. Safe for many threads."""

    def __init__(
        self, root: Path, images: ImageTable, table: ContentTable, read: dict[RelativePath, ImageContent]
    ) -> None:
        """
        :param images: those that are indexed
        :param table: keeps what is noted
        :param read: what it has kept
        """
        self._root = root
        self._images = images
        self._table = table
        self._guard = threading.Lock()
        self._revision = 0
        self._read = read

    @property
    def revision(self) -> int:
        """How often something has changed."""
        return self._revision

    def note_images(
        self,
        cancel: CancelToken,
        throttle: Throttle = lambda cancel: None,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Read the images that are new or have changed, and forget those that are gone; whether that is all.

        The arguments are those of `image_tier.fill_image_tier`.

        :raises Cancelled, StorageError: what was noted is kept
        """
        table = self._images
        stamps = {} if table.version is None else table.stamps()
        there = {path: stamp for path, stamp in stamps.items() if not is_svg(path)}
        known = self._copy()
        self._change({}, known.keys() - there.keys())
        stale = [path for path, stamp in there.items() if path not in known or known[path].stamp != stamp]
        for start in range(0, len(stale), _NOTED_AT_ONCE):
            throttle(cancel)
            if interrupted():
                return False
            added: dict[RelativePath, ImageContent] = {}
            for path in stale[start : start + _NOTED_AT_ONCE]:
                cancel.check()
                data = self._bytes(path)
                added[path] = ImageContent(there[path], None if data is None else hash_bytes(data))
            self._change(added, ())
        return True

    def contents(self) -> dict[ContentHash, list[RelativePath]]:
        """The images with each content, sorted, but for those that no model can look at."""
        found: dict[ContentHash, list[RelativePath]] = {}
        for path, one in sorted(self._copy().items()):
            if one.content is not None:
                found.setdefault(one.content, []).append(path)
        return found

    def data(self, content: ContentHash) -> bytes | None:
        """The bytes of the images with a content; None if there is none any more."""
        for path in self.contents().get(content, ()):
            data = self._bytes(path)
            if data is not None and hash_bytes(data) == content:
                return data
        return None

    def _bytes(self, path: RelativePath) -> bytes | None:
        head = read_head(self._root, path, MOST_BYTES + 1)
        if isinstance(head, Skipped) or len(head[0]) > MOST_BYTES:
            return None
        return head[0]

    def _copy(self) -> dict[RelativePath, ImageContent]:
        with self._guard:
            return dict(self._read)

    def _change(self, added: Mapping[RelativePath, ImageContent], gone: Collection[RelativePath]) -> None:
        if not added and not gone:
            return
        self._table.change(added, gone)
        with self._guard:
            for path in gone:
                del self._read[path]
            self._read |= added
            self._revision += 1
