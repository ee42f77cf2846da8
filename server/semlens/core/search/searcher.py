"""Answer a question from one folder's index, with what its tiers know at this moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.index.located import Located
from semlens.core.lexical import code_terms
from semlens.core.query.query import Query, QueryKind
from semlens.core.search.candidates import Neighbours, Proposals, gather, neighbours
from semlens.core.search.context import gather_context
from semlens.core.search.dedupe import Deduplicator, UniqueHit, alike
from semlens.core.search.locate import Locator
from semlens.core.search.ranking import Ranked, begin_ranking, rank
from semlens.core.search.ranking.weights import WEIGHTS, Weights
from semlens.core.store.records import StoredChunk
from semlens.core.util.background import in_background
from semlens.types import Copy, Hit, Reason, RelativePath, Scope, Tier

ALL_TIERS = frozenset(Tier)

COPY = 0.8
"""Code that shares this much of its words is a copy, whatever was renamed in it."""

MOST_COPIES = 20
"""Of a hit that are told."""

SPARE = 10
"""Hits asked for besides the wanted ones, since the place itself is among them, perhaps in pieces."""


@dataclass(frozen=True, slots=True)
class Search:
    """How to answer: how many hits, from which tiers, and the question's deep vector if there is one."""

    limit: int = 20
    tiers: frozenset[Tier] = ALL_TIERS
    deep_vector: NDArray[np.float32] | Callable[[], NDArray[np.float32] | None] | None = None
    """A vector, or what waits for one that is being made."""
    weights: Weights = WEIGHTS
    at_hand: Sequence[RelativePath] = ()
    """The files that the user has open, then those that were changed last: they come first among equals."""


def search(index: FolderIndex, question: Query, how: Search) -> list[Hit]:
    """The best hits first. Equal questions on an equal index give equal hits."""
    return _hits(index, find(index, question, how), how.limit)


def find(index: FolderIndex, question: Query, how: Search) -> list[Ranked]:
    """Every chunk that may answer, best first, as it was indexed."""
    near: Callable[[], Neighbours | None] | None = None
    if Tier.DEEP in how.tiers and how.deep_vector is not None:
        vector = how.deep_vector if callable(how.deep_vector) else partial(np.asarray, how.deep_vector)
        near = in_background(partial(neighbours, index, question, vector))
    instant = index.models.static.embed([question.text])[0] if Tier.INSTANT in how.tiers else None
    evidence = replace(gather_context(index, question, instant, how.tiers), at_hand=how.at_hand)
    begin = partial(begin_ranking, question, evidence)
    candidates = gather(index, question, Proposals(instant, near), how.tiers, begin)
    return rank(question, candidates, evidence, how.weights)


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file that similar code is looked for."""

    path: RelativePath
    start_line: int
    end_line: int


def similar(index: FolderIndex, code: str, place: Place | None, scope: Scope, how: Search) -> list[Hit]:
    """Code that does what `code` does, without the place it was taken from; near copies of it come last.

    A copy has a reason of that name, whose value is the share of its words that it has in common.
    """
    question = Query(code, QueryKind.CODE, scope)
    hits = search(index, question, replace(how, limit=how.limit + SPARE))
    others: list[Hit] = []
    copies: list[Hit] = []
    asked = Counter(code_terms(code))
    for hit in hits:
        if place is not None and _overlaps(hit, place):
            continue
        share = alike(asked, Counter(code_terms(hit.preview)))
        if share >= COPY:
            copies.append(replace(hit, reasons=(*hit.reasons, Reason("copy", share))))
        else:
            others.append(hit)
    return [*others[: max(0, how.limit - len(copies))], *copies][: how.limit]


def is_copy(hit: Hit) -> bool:
    """Whether a hit is a near copy of what was asked about, which belongs behind all that is no copy."""
    return any(reason.name == "copy" for reason in hit.reasons)


def _overlaps(hit: Hit, place: Place) -> bool:
    return hit.path == place.path and hit.start_line <= place.end_line and place.start_line <= hit.end_line


def _hits(index: FolderIndex, ranked: list[Ranked], limit: int) -> list[Hit]:
    """The first `limit`, each with those of its copies that came before the last of them."""
    freshness, folding = Locator(index), Deduplicator()
    shown: list[tuple[Ranked, Located]] = []
    for item in ranked:
        if len(shown) == limit:
            break
        seen = freshness.look(item.chunk)
        if seen is not None and folding.add(item.chunk, seen):
            shown.append((item, seen))
    index.shown.note(item.chunk.content_hash for item, _ in shown)
    same = index.reader.chunks_by_hash(item.chunk.content_hash for item, _ in shown)
    return [
        _hit(index, *one, _copies(freshness, folded, same.get(folded.chunk.content_hash, ())))
        for one, folded in zip(shown, folding.shown, strict=True)
    ]


def _copies(freshness: Locator, folded: UniqueHit, same: Sequence[StoredChunk]) -> tuple[Copy, ...]:
    """Those that were folded, and whatever else in the index is the same to the letter."""
    found: dict[Copy, None] = {}
    for chunk in [*folded.copies, *same]:
        seen = freshness.look(chunk) if chunk.path != folded.chunk.path else None
        if seen is not None:
            found[Copy(chunk.path, seen.start_line, seen.end_line)] = None
    return tuple(found)[:MOST_COPIES]


def _hit(index: FolderIndex, item: Ranked, seen: Located, copies: tuple[Copy, ...]) -> Hit:
    chunk = item.chunk
    return Hit(
        path=chunk.path,
        start_line=seen.start_line,
        end_line=seen.end_line,
        score=item.score,
        language=chunk.language,
        symbol=chunk.symbol,
        preview=seen.text,
        stale=seen.stale,
        reasons=item.reasons,
        folder=str(index.root),
        copies=copies,
    )
