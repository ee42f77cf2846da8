"""What each tier proposes, before anything is ranked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.lexical import FieldBoosts
from semlens.core.lexical.scores import top_with_ties
from semlens.core.query.query import Query
from semlens.core.query.scope import ScopeFilter
from semlens.core.query.terms import lexical_query
from semlens.core.search.ranking.candidate import Candidates
from semlens.core.search.ranking.fusion import DEEP_PLACES
from semlens.core.search.ranking.licence import asks_for_licence, is_licence
from semlens.core.store.records import StoredChunk
from semlens.types import ContentHash, Tier

POOL = 200
"""Candidates a tier. Beyond it nothing was seen to reach the first ten."""

WIDE = 300
"""Hits the lexical tier is asked for, so that it has a say about what the others propose."""

_BEGINNING = 3
"""Chunks of a file among which the code below its licence is nearly always found."""

Neighbours = Sequence[tuple[ContentHash, float]]
"""Contents by how near they are to the question, the nearest first."""


def neighbours(
    index: FolderIndex, question: Query, vector: Callable[[], NDArray[np.float32] | None]
) -> Neighbours | None:
    """What the transformer finds nearest, once it has read the question; None if it is not there in time."""
    made = vector()
    if made is None:
        return None
    nearest = index.deep.open()
    everywhere = ScopeFilter(question.scope).everything
    return nearest.query(made, DEEP_PLACES if everywhere else min(nearest.count(), POOL * 10))


@dataclass(frozen=True, slots=True)
class Proposals:
    """What tiers that need a vector of the question have of it; None where the tier does not take part."""

    instant: NDArray[np.float32] | None
    deep: Callable[[], Neighbours | None] | None = None
    """Waits for `neighbours`, which are looked for while the other tiers answer."""


def gather(
    index: FolderIndex,
    question: Query,
    asked: Proposals,
    tiers: frozenset[Tier],
    begin: Callable[[Collection[StoredChunk]], None] = lambda chunks: None,
) -> Candidates:
    """The union of what the tiers propose, in the order of chunk ids, so that ties always break the same.

    `begin` gets those that are found by their words, before the transformer's are waited for.
    """
    scope = ScopeFilter(question.scope)
    allowed = None if scope.everything else _allowed(index, scope)
    lists: dict[Tier, Sequence[tuple[int, float]]] = {}
    if Tier.LEXICAL in tiers:
        lists[Tier.LEXICAL] = _lexical(index, question, allowed)
    if asked.instant is not None:
        lists[Tier.INSTANT] = index.flat.query(asked.instant, POOL, allowed)
    proposed = _Proposed(index, asked.instant)
    proposed.add(lists)
    if asked.deep is not None:
        begin(proposed.chunks.values())
        near = asked.deep()
        if near is not None:
            proposed.add({Tier.DEEP: _deep(index, near, allowed)})
    if not asks_for_licence(question.text):
        proposed.skip_licences()
    return proposed.candidates()


class _Proposed:
    """Chunks that tiers propose, with what those and the instant tier think of them."""

    def __init__(self, index: FolderIndex, instant: NDArray[np.float32] | None) -> None:
        self.chunks: dict[int, StoredChunk] = {}
        self._index = index
        self._instant = instant
        self._scores: dict[Tier, dict[int, float]] = {}

    def add(self, lists: Mapping[Tier, Sequence[tuple[int, float]]]) -> None:
        self._scores |= {tier: dict(found) for tier, found in lists.items()}
        numbers = {number for found in lists.values() for number, _ in top_with_ties(found, POOL)}
        if self._instant is not None:
            known = self._scores[Tier.INSTANT]
            others = [number for number in numbers if number not in known]
            known |= self._index.flat.similarities(self._instant, others)
        self.chunks |= self._index.reader.chunks_by_id(numbers)

    def skip_licences(self) -> None:
        """A licence at the top of a file speaks for the code below it, which is what there is to show."""
        reader = self._index.reader
        licences = [chunk for chunk in self.chunks.values() if is_licence(chunk)]
        beginnings = reader.first_chunks(licences, _BEGINNING)
        for licence in licences:
            code = _code_of(beginnings[licence.path]) or _code_of(reader.chunks_of_file(licence.path))
            if code is None:
                continue
            del self.chunks[licence.id]
            self.chunks[code.id] = code
            for known in self._scores.values():
                if licence.id in known:
                    known[code.id] = max(known[licence.id], known.get(code.id, -np.inf))

    def candidates(self) -> Candidates:
        numbers = sorted(self.chunks)
        return Candidates(
            [self.chunks[number] for number in numbers],
            {tier: np.array([known.get(n, 0.0) for n in numbers]) for tier, known in self._scores.items()},
        )


def _code_of(chunks: Iterable[StoredChunk]) -> StoredChunk | None:
    """The first of a file's chunks that is no licence."""
    return next((chunk for chunk in chunks if not is_licence(chunk)), None)


def _allowed(index: FolderIndex, scope: ScopeFilter) -> NDArray[np.int64]:
    """The ids of the chunks that the scope admits, ascending."""
    places = index.reader.chunk_files()
    files = [number for number, (path, language) in places.files.items() if scope.admits(path, language)]
    return places.chunk_ids[np.isin(places.file_ids, files)]


def _lexical(
    index: FolderIndex, question: Query, allowed: NDArray[np.int64] | None
) -> list[tuple[int, float]]:
    query = lexical_query(question.text)
    return index.lexical.search(query, WIDE, FieldBoosts(body=1.0, symbol=0.5, path=1.0), allowed)


def _deep(index: FolderIndex, near: Neighbours, allowed: NDArray[np.int64] | None) -> list[tuple[int, float]]:
    """The chunks of these contents. Equal texts share a vector, so one neighbour can stand for several."""
    chunks = index.reader.chunks_by_hash([key for key, _ in near])
    pairs = [(chunk.id, score) for key, score in near for chunk in chunks.get(key, ())]
    return pairs if allowed is None else _admitted(pairs, allowed)


def _admitted(found: Sequence[tuple[int, float]], allowed: NDArray[np.int64]) -> list[tuple[int, float]]:
    admitted = set(allowed.tolist())
    return [item for item in found if item[0] in admitted]
