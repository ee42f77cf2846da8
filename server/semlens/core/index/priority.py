"""What the deep tier takes first: what a search has shown, open files, their neighbours, what changed last.

Files that git wrote last have the youngest times of change, as have those that were saved last: the order
of their times is that of a user's interest, and asks nothing of git.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from semlens.core.store.reader import IndexReader
from semlens.types import ContentHash, RelativePath

MOST_SHOWN = 500
"""Contents that searches have shown last and that are still to be taken."""

Focus = Callable[[], Sequence[RelativePath]]
"""The files that the user has open, or has just changed."""


class RecentlyShown:
    """What searches have shown lately. Safe for many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._contents: dict[ContentHash, None] = {}

    def note(self, contents: Iterable[ContentHash]) -> None:
        with self._guard:
            self._contents = dict.fromkeys([*contents, *self._contents])
            for content in list(self._contents)[MOST_SHOWN:]:
                del self._contents[content]

    def take(self) -> list[ContentHash]:
        """What was noted since the last time, the latest first."""
        with self._guard:
            taken, self._contents = list(self._contents), {}
        return taken


def by_priority(
    reader: IndexReader, pending: Sequence[ContentHash], shown: RecentlyShown, focus: Focus, size: int
) -> Iterator[list[ContentHash]]:
    """All of `pending`, each once, in batches of `size` that begin with what is most wanted by then."""
    left = dict.fromkeys(_youngest_first(reader, pending))
    looked_at: Sequence[RelativePath] = ()
    while left:
        urgent = shown.take()
        if (now := focus()) != looked_at:
            looked_at = now
            urgent += _around(reader, now)
        front = [content for content in dict.fromkeys(urgent) if content in left]
        if front:
            left = dict.fromkeys([*front, *left])
        batch = [content for content, _ in zip(left, range(size), strict=False)]
        for content in batch:
            del left[content]
        yield batch


def _youngest_first(reader: IndexReader, pending: Sequence[ContentHash]) -> list[ContentHash]:
    """By the time of change of the youngest file that holds each; those of one time as they came."""
    changed = reader.newest_mtimes_ns()
    return sorted(pending, key=lambda content: -changed.get(content, 0))


def _around(reader: IndexReader, focus: Sequence[RelativePath]) -> list[ContentHash]:
    """What is in files, then what is in the other files of their folders."""
    folders = {path.rpartition("/")[0] for path in focus}
    neighbours = [path for path in reader.stamps() if path.rpartition("/")[0] in folders] if focus else []
    return [
        chunk.content_hash
        for path in dict.fromkeys([*focus, *neighbours])
        for chunk in reader.chunks_of_file(path)
    ]
