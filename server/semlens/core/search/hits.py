"""Turn ranked chunks into hits: where each stands on disk now, and where else the same code stands."""

from __future__ import annotations

from collections.abc import Sequence

from semlens.core.index.folder import FolderIndex
from semlens.core.search.caches import LocatedChunk
from semlens.core.search.dedupe import Deduplicator, UniqueChunk
from semlens.core.search.locate import Locator
from semlens.core.search.ranking import Ranked
from semlens.core.store.records import StoredChunk
from semlens.core.util.caches import LruCache
from semlens.types import Copy, FileStamp, Hit

MAX_COPIES = 20
"""Copies that one hit lists."""


def to_hits(
    index: FolderIndex,
    cache: LruCache[tuple[int, FileStamp], LocatedChunk],
    ranked: Sequence[Ranked],
    limit: int,
) -> list[Hit]:
    """The first `limit` hits of `ranked`, each with the copies that come before the last of them.

    The index is told which contents are shown, so that the deep tier embeds these first.
    Raises `StorageError` if the index cannot be read.
    """
    locator, unique = Locator(index, cache), Deduplicator()
    shown: list[tuple[Ranked, LocatedChunk]] = []
    for item in ranked:
        if len(shown) == limit:
            break
        located = locator.locate(item.chunk)
        if located is not None and unique.add(item.chunk, located):
            shown.append((item, located))
    index.recently_shown.note(item.chunk.content_hash for item, _ in shown)
    equal = index.reader.chunks_by_hash(item.chunk.content_hash for item, _ in shown)
    return [
        _hit(index, item, located, _copies(locator, one, equal.get(one.chunk.content_hash, ())))
        for (item, located), one in zip(shown, unique.chunks, strict=True)
    ]


def _copies(locator: Locator, unique: UniqueChunk, equal: Sequence[StoredChunk]) -> tuple[Copy, ...]:
    """The near copies that were folded into a chunk, then all `equal` chunks, without those in its file."""
    copies: dict[Copy, None] = {}
    for chunk in [*unique.copies, *equal]:
        located = locator.locate(chunk) if chunk.path != unique.chunk.path else None
        if located is not None:
            copies[Copy(chunk.path, located.start_line, located.end_line)] = None
    return tuple(copies)[:MAX_COPIES]


def _hit(index: FolderIndex, item: Ranked, located: LocatedChunk, copies: tuple[Copy, ...]) -> Hit:
    chunk = item.chunk
    return Hit(
        path=chunk.path,
        start_line=located.start_line,
        end_line=located.end_line,
        score=item.score,
        language=chunk.language,
        symbol=chunk.symbol,
        preview=located.text,
        stale=located.stale,
        reasons=item.reasons,
        folder=str(index.root),
        copies=copies,
    )
