"""Turn ranked chunks into hits: where each stands on disk now, and where else the same code stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from semlens.core.embed.static_model import StaticModel
from semlens.core.images.picture_text import picture_rows
from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import Query
from semlens.core.search.caches import LocatedChunk, PlaceCaches
from semlens.core.search.dedupe import Deduplicator, UniqueChunk, highest_copy
from semlens.core.search.explain import tier_opinions, word_places
from semlens.core.search.locate import Locator
from semlens.core.search.ranking import Ranked
from semlens.core.search.shown_line import ShownLine, Similarities, shown_line, summary
from semlens.core.store.records import StoredChunk
from semlens.core.text.notebook import written_lines
from semlens.types import (
    ChunkKind,
    ContentHash,
    Copy,
    Explanation,
    Hit,
    RelativePath,
    RowRoles,
    Symbol,
    Tier,
)

MAX_COPIES = 20
"""Copies that one hit lists."""


def to_hits(
    index: FolderIndex,
    caches: PlaceCaches,
    query: Query,
    ranked: Sequence[Ranked],
    limit: int,
    explain: bool = False,
) -> list[Hit]:
    """The first `limit` hits of `ranked`, each with the copies that come before the last of them.

    Of equal copies the highest in the tree is the hit, at the rank of the best. With `explain` each says
    where the query's words stand in it.

    The index is told which contents are shown, so that the deep tier embeds these first.
    Raises `StorageError` if the index cannot be read.
    """
    locator, unique = Locator(index, caches), Deduplicator()
    shown: list[tuple[Ranked, LocatedChunk]] = []
    for item in ranked:
        if len(shown) == limit:
            break
        located = locator.locate(item.chunk)
        if located is not None and unique.add(item.chunk, located):
            shown.append((item, located))
    index.recently_shown.note(item.chunk.content_hash for item, _ in shown)
    equal = index.reader.chunks.by_hash(item.chunk.content_hash for item, _ in shown)
    originals = _originals(locator, shown, unique.chunks, equal)
    roles = _roles(index, originals)
    similarities = _similarities(query, index.models.static)
    lines = [
        shown_line(chunk, located.text, rows, query, similarities)
        for (chunk, located), rows in zip(originals, roles, strict=True)
    ]
    places = _places(locator, originals, lines)
    hits = []
    for (item, _), (chunk, located), one, line, place in zip(
        shown, originals, unique.chunks, lines, places, strict=True
    ):
        same = equal.get(item.chunk.content_hash, ())
        copies = _copies(locator, chunk.path, [item.chunk, *one.copies, *same])
        hits.append(_hit(index, item._replace(chunk=chunk), located, line.symbol, place, copies))
    if explain:
        return [
            _with_evidence(query, hit, item, rows)
            for hit, (item, _), rows in zip(hits, shown, roles, strict=True)
        ]
    return hits


def _roles(index: FolderIndex, shown: Sequence[tuple[StoredChunk, LocatedChunk]]) -> list[RowRoles]:
    """What the rows of each chunk are; nothing is known of one that has changed on disk."""
    roles = index.reader.chunks.roles(chunk.id for chunk, _ in shown)
    return [RowRoles() if located.stale else roles.get(chunk.id, RowRoles()) for chunk, located in shown]


def _with_evidence(query: Query, hit: Hit, item: Ranked, roles: RowRoles) -> Hit:
    words = word_places(query, hit, roles.comments)
    best = {tier: item.table.best(tier.value) for tier in Tier}
    return replace(hit, explanation=Explanation(tiers=tier_opinions(hit, best, words), words=words))


def _originals(
    locator: Locator,
    shown: Sequence[tuple[Ranked, LocatedChunk]],
    unique: Sequence[UniqueChunk],
    equal: Mapping[ContentHash, Sequence[StoredChunk]],
) -> list[tuple[StoredChunk, LocatedChunk]]:
    """For each hit the highest of its copies, and where it stands."""
    found = []
    for (item, located), one in zip(shown, unique, strict=True):
        original = highest_copy(one, equal.get(item.chunk.content_hash, ()))
        place = locator.locate(original) if original is not item.chunk else None
        found.append((original, place) if place else (item.chunk, located))
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """The line of a hit to show."""

    line: int
    summary: str


def _places(
    locator: Locator, shown: Sequence[tuple[StoredChunk, LocatedChunk]], lines: Sequence[ShownLine]
) -> list[_Place]:
    """The line of each hit to show. No two hits show the same line if it can be helped."""
    places = [
        _image_place(located, line)
        if chunk.kind is ChunkKind.IMAGE
        else _cell_place(located, line)
        if chunk.language == "jupyter"
        else _Place(located.start_line + line.row, summary(located.text.split("\n")[line.row :]))
        for (chunk, located), line in zip(shown, lines, strict=True)
    ]
    taken = {
        (chunk.path, place.line)
        for (chunk, _), place, line in zip(shown, places, lines, strict=True)
        if not line.names_better
    }
    for at, ((chunk, located), line) in enumerate(zip(shown, lines, strict=True)):
        naming = locator.naming_line(chunk, located) if line.names_better else None
        if naming is not None and (chunk.path, naming.number) not in taken:
            taken.add((chunk.path, naming.number))
            places[at] = _Place(naming.number, summary(naming.lines))
    return places


def _image_place(located: LocatedChunk, line: ShownLine) -> _Place:
    """What is said of an image rather than its name, which is shown anyway. No line of its file says it."""
    said = located.text.split("\n")
    row, read = line.row or min(1, len(said) - 1), picture_rows(said)
    if row + 1 in read and row not in read:  # Their heading says less than the first of them.
        row += 1
    return _Place(located.start_line, f"In the picture: {said[row]}" if row in read else said[row])


def _cell_place(located: LocatedChunk, line: ShownLine) -> _Place:
    """The line of a notebook's cell as somebody wrote it, rather than as JSON has it."""
    written = [(row, text) for row, text in written_lines(located.text) if text.strip()]
    named = line.symbol.name if line.symbol else ""
    chosen = (
        next((at for at, (row, _) in enumerate(written) if row == line.row and row), None)
        or next((at for at, (_, text) in enumerate(written) if named and named in text), None)
        or 0
    )
    if not written:
        return _Place(located.start_line + line.row, summary(located.text.split("\n")[line.row :]))
    return _Place(located.start_line + written[chosen][0], summary([text for _, text in written[chosen:]]))


def _similarities(query: Query, model: StaticModel) -> Similarities:
    """How similar texts are to the query, by the instant tier's model."""

    def similarities(texts: Sequence[str]) -> list[float]:
        vectors = model.embed([query.text, *texts])
        found: list[float] = np.asarray(vectors[1:] @ vectors[0], np.float64).tolist()
        return found

    return similarities


def _copies(locator: Locator, shown: RelativePath, chunks: Sequence[StoredChunk]) -> tuple[Copy, ...]:
    """The places of `chunks` in other files than `shown`, each once."""
    copies: dict[Copy, None] = {}
    for chunk in chunks:
        located = locator.locate(chunk) if chunk.path != shown else None
        if located is not None:
            copies[Copy(chunk.path, located.start_line, located.end_line)] = None
    return tuple(copies)[:MAX_COPIES]


def _hit(
    index: FolderIndex,
    item: Ranked,
    located: LocatedChunk,
    symbol: Symbol | None,
    place: _Place,
    copies: tuple[Copy, ...],
) -> Hit:
    chunk = item.chunk
    return Hit(
        path=chunk.path,
        start_line=located.start_line,
        end_line=located.end_line,
        score=item.score,
        language=chunk.language,
        symbol=chunk.symbol if chunk.kind is ChunkKind.IMAGE else symbol,
        preview=located.text,
        stale=located.stale,
        reasons=item.reasons,
        folder=str(index.root),
        copies=copies,
        line=place.line,
        summary=place.summary,
    )
