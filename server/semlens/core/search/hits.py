"""Turn ranked chunks into hits: where each stands on disk now, and where else the same code stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from semlens.core.embed.static_model import StaticModel
from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import Query
from semlens.core.search.caches import LocatedChunk
from semlens.core.search.dedupe import Deduplicator, UniqueChunk
from semlens.core.search.locate import Locator
from semlens.core.search.ranking import Ranked
from semlens.core.search.shown_line import ShownLine, Similarities, shown_line
from semlens.core.store.records import StoredChunk
from semlens.core.util.caches import LruCache
from semlens.types import Copy, FileStamp, Hit, RowRoles

MAX_COPIES = 20
"""Copies that one hit lists."""


def to_hits(
    index: FolderIndex,
    cache: LruCache[tuple[int, FileStamp], LocatedChunk],
    query: Query,
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
    roles = index.reader.roles(item.chunk.id for item, _ in shown)
    similarities = _similarities(query, index.models.static)
    hits: list[Hit] = []
    for (item, located), one in zip(shown, unique.chunks, strict=True):
        known = RowRoles() if located.stale else roles.get(item.chunk.id, RowRoles())
        line = shown_line(item.chunk, located.text, known, query, similarities)
        copies = _copies(locator, one, equal.get(one.chunk.content_hash, ()))
        hits.append(_hit(index, item, located, line, copies))
    return hits


def _similarities(query: Query, model: StaticModel) -> Similarities:
    """How similar texts are to the query, by the instant tier's model."""

    def similarities(texts: Sequence[str]) -> list[float]:
        vectors = model.embed([query.text, *texts])
        found: list[float] = np.asarray(vectors[1:] @ vectors[0], np.float64).tolist()
        return found

    return similarities


def _copies(locator: Locator, unique: UniqueChunk, equal: Sequence[StoredChunk]) -> tuple[Copy, ...]:
    """The near copies that were folded into a chunk, then all `equal` chunks, without those in its file."""
    copies: dict[Copy, None] = {}
    for chunk in [*unique.copies, *equal]:
        located = locator.locate(chunk) if chunk.path != unique.chunk.path else None
        if located is not None:
            copies[Copy(chunk.path, located.start_line, located.end_line)] = None
    return tuple(copies)[:MAX_COPIES]


def _hit(
    index: FolderIndex, item: Ranked, located: LocatedChunk, line: ShownLine, copies: tuple[Copy, ...]
) -> Hit:
    chunk = item.chunk
    return Hit(
        path=chunk.path,
        start_line=located.start_line,
        end_line=located.end_line,
        score=item.score,
        language=chunk.language,
        symbol=line.symbol,
        preview=located.text,
        stale=located.stale,
        reasons=item.reasons,
        folder=str(index.root),
        copies=copies,
        line=located.start_line + line.row,
    )
