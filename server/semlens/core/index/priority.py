"""The order of the deep tier: hits of recent searches, open files, their neighbours, then the newest files.

The modification time stands for the user's interest: files that were saved or checked out last are the
newest, and no call to git is needed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from semlens.core.store.reader import IndexReader
from semlens.types import ContentHash, RelativePath

MAX_SHOWN = 500
"""Contents of recent hits that are kept until they are taken."""

Focus = Callable[[], Sequence[RelativePath]]
"""Returns the files that the user has open or changed last."""


class RecentlyShown:
    """The contents of recent hits. Safe for many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._contents: dict[ContentHash, None] = {}

    def note(self, contents: Iterable[ContentHash]) -> None:
        """Add the contents of the hits of a search, best first."""
        with self._guard:
            self._contents = dict.fromkeys([*contents, *self._contents])
            for content in list(self._contents)[MAX_SHOWN:]:
                del self._contents[content]

    def take(self) -> list[ContentHash]:
        """The contents since the last call, those of the latest search first."""
        with self._guard:
            taken, self._contents = list(self._contents), {}
        return taken


def by_priority(
    reader: IndexReader, pending: Sequence[ContentHash], shown: RecentlyShown, focus: Focus, size: int
) -> Iterator[list[ContentHash]]:
    """Every content of `pending` once, in batches of `size`; each batch takes the most urgent by then."""
    left = dict.fromkeys(_newest_first(reader, pending))
    focused: Sequence[RelativePath] = ()
    while left:
        urgent = shown.take()
        if (now := focus()) != focused:
            focused = now
            urgent += _around(reader, now)
        front = [content for content in dict.fromkeys(urgent) if content in left]
        if front:
            left = dict.fromkeys([*front, *left])
        batch = [content for content, _ in zip(left, range(size), strict=False)]
        for content in batch:
            del left[content]
        yield batch


def _newest_first(reader: IndexReader, pending: Sequence[ContentHash]) -> list[ContentHash]:
    """Sort by the modification time of the newest file with each content; ties keep their order."""
    mtimes = reader.chunks.newest_mtimes_ns()
    return sorted(pending, key=lambda content: -mtimes.get(content, 0))


def _around(reader: IndexReader, focus: Sequence[RelativePath]) -> list[ContentHash]:
    """The contents of the files in `focus`, then those of the other files in their folders."""
    folders = {path.rpartition("/")[0] for path in focus}
    neighbours = (
        [path for path in reader.files.stamps() if path.rpartition("/")[0] in folders] if focus else []
    )
    return [
        chunk.content_hash
        for path in dict.fromkeys([*focus, *neighbours])
        for chunk in reader.chunks.of_file(path)
    ]
