"""What each tier proposes, before anything is ranked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.lexical import FieldBoosts
from semlens.core.lexical.scores import first
from semlens.core.question import Question
from semlens.core.rank.candidate import Candidate
from semlens.core.rank.fusion import DEEP_PLACES
from semlens.core.rank.roles import asks_for_licence, is_licence
from semlens.core.rank.words import lexical_query
from semlens.core.search.scope import ScopeFilter
from semlens.types import ContentHash, Tier

POOL = 200
"""Candidates a tier. Beyond it nothing was seen to reach the first ten."""

WIDE = 300
"""Hits the lexical tier is asked for, so that it has a say about what the others propose."""


Neighbours = Sequence[tuple[ContentHash, float]]
"""Contents by how near they are to the question, the nearest first."""


def neighbours(
    index: FolderIndex, question: Question, vector: Callable[[], NDArray[np.float32] | None]
) -> Neighbours | None:
    """What the transformer finds nearest, once it has read the question; None if it is not there in time."""
    made = vector()
    if made is None:
        return None
    nearest = index.nearest()
    everywhere = ScopeFilter(question.scope).everything
    return nearest.query(made, DEEP_PLACES if everywhere else min(nearest.count(), POOL * 10))


@dataclass(frozen=True, slots=True)
class Proposals:
    """What tiers that need a vector of the question have of it; None where the tier does not take part."""

    instant: NDArray[np.float32] | None
    deep: Callable[[], Neighbours | None] | None = None
    """Waits for `neighbours`, which are looked for while the other tiers answer."""


def gather(
    index: FolderIndex, question: Question, asked: Proposals, tiers: frozenset[Tier]
) -> list[Candidate]:
    """The union of what the tiers propose, in the order of chunk ids, so that ties always break the same."""
    scope = ScopeFilter(question.scope)
    allowed = None if scope.everything else _allowed(index, scope)
    lists: dict[Tier, Sequence[tuple[int, float]]] = {}
    if Tier.LEXICAL in tiers:
        lists[Tier.LEXICAL] = _lexical(index, question, allowed)
    if asked.instant is not None:
        lists[Tier.INSTANT] = index.flat.query(asked.instant, POOL, allowed)
    near = asked.deep() if asked.deep is not None else None
    if near is not None:
        lists[Tier.DEEP] = _deep(index, near, allowed)
    proposed = sorted({number for found in lists.values() for number, _ in first(found, POOL)})
    scores = {tier: dict(found) for tier, found in lists.items()}
    if asked.instant is not None:
        scores[Tier.INSTANT] = index.flat.similarities(asked.instant, proposed)
    chunks = index.database.chunks_by_id(proposed)
    found = [
        Candidate(chunks[number], {tier: known[number] for tier, known in scores.items() if number in known})
        for number in proposed
        if number in chunks
    ]
    return found if asks_for_licence(question.text) else _without_licences(index, found)


def _without_licences(index: FolderIndex, found: list[Candidate]) -> list[Candidate]:
    """A licence at the top of a file speaks for the code below it, which is what there is to show."""
    licences = [one for one in found if is_licence(one.chunk)]
    kept = {one.chunk.id: one for one in found if not is_licence(one.chunk)}
    for one in licences:
        below = [chunk for chunk in index.database.chunks_of_file(one.chunk.path) if not is_licence(chunk)]
        code = min(below, key=lambda chunk: chunk.ordinal, default=one.chunk)
        known = kept[code.id].scores if code.id in kept else {}
        best = {tier: max(score, known.get(tier, score)) for tier, score in one.scores.items()}
        kept[code.id] = Candidate(code, {**known, **best})
    return [kept[number] for number in sorted(kept)]


def _allowed(index: FolderIndex, scope: ScopeFilter) -> NDArray[np.int64]:
    """The ids of the chunks that the scope admits, ascending."""
    places = index.database.places()
    files = [number for number, (path, language) in places.files.items() if scope.admits(path, language)]
    return places.chunk_ids[np.isin(places.file_ids, files)]


def _lexical(
    index: FolderIndex, question: Question, allowed: NDArray[np.int64] | None
) -> list[tuple[int, float]]:
    query = lexical_query(question.text)
    return index.lexical.search(query, WIDE, FieldBoosts(body=1.0, symbol=0.5, path=1.0), allowed)


def _deep(index: FolderIndex, near: Neighbours, allowed: NDArray[np.int64] | None) -> list[tuple[int, float]]:
    """The chunks of these contents. Equal texts share a vector, so one neighbour can stand for several."""
    chunks = index.database.chunks_by_hash([key for key, _ in near])
    pairs = [(chunk.id, score) for key, score in near for chunk in chunks.get(key, ())]
    return pairs if allowed is None else _admitted(pairs, allowed)


def _admitted(found: Sequence[tuple[int, float]], allowed: NDArray[np.int64]) -> list[tuple[int, float]]:
    admitted = set(allowed.tolist())
    return [item for item in found if item[0] in admitted]
