"""The chunks that each tier proposes for a query, before ranking."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.deep_vectors import DeepVectors
from semlens.core.index.folder import FolderIndex
from semlens.core.index.image_tier import ImageTier
from semlens.core.index.second_tier import SecondTier
from semlens.core.lexical import FieldBoosts
from semlens.core.lexical.scores import top_with_ties
from semlens.core.query.query import Query, QueryKind
from semlens.core.search.crowding import crowding
from semlens.core.search.licence import is_licence
from semlens.core.search.ranking.fusion import DEEP_NEIGHBOURS
from semlens.core.search.ranking.inputs import Candidates
from semlens.core.search.scoped import allowed_ids
from semlens.core.search.team_neighbours import TeamNeighbours
from semlens.core.store.records import StoredChunk
from semlens.core.team.shared_index import Neighbours
from semlens.errors import StorageError
from semlens.types import ChunkKind, ContentHash, RelativePath, Tier

log = logging.getLogger(__name__)

MAX_PER_TIER = 200
"""Candidates that one tier may propose. No measured query had a top-10 hit beyond it."""

LEXICAL_SCORES = 300
"""Chunks that the lexical tier scores: more than it may propose, so that others' proposals have scores."""

_BEGINNING = 3
"""The first chunks of a file, among which the code below its licence nearly always is."""

_BOOSTS = FieldBoosts(body=1.0, symbol=0.5, path=1.0)


class CandidatePool:
    """The union of the tiers' proposals for one query, with every tier's score for each chunk."""

    def __init__(self, index: FolderIndex, query: Query, instant: NDArray[np.float32] | None) -> None:
        """`instant` is the query's vector of shape (dimensions,), or None without the instant tier."""
        self.chunks: dict[int, StoredChunk] = {}
        """By id."""
        self._index = index
        self._query = query
        self._instant = instant
        self._scores: dict[Tier, dict[int, float]] = {}
        self._crowding: dict[ContentHash, float] = {}
        self._allowed = allowed_ids(index, query)

    def add_fast_tiers(self, lexical: bool) -> None:
        """Add what the instant tier proposes, and the lexical tier if it is asked. Raises `StorageError`."""
        found: dict[Tier, Sequence[tuple[int, float]]] = {}
        if lexical:
            found[Tier.LEXICAL] = self._index.lexical.search(
                self._query.bm25_terms, LEXICAL_SCORES, _BOOSTS, self._allowed
            )
        if self._instant is not None:
            found[Tier.INSTANT] = self._index.instant.query(self._instant, MAX_PER_TIER, self._allowed)
        self._add(found)

    def add(self, ids: Iterable[int]) -> None:
        """Add chunks that no tier may have proposed."""
        self._add({}, ids)

    def add_deep_tier(self, neighbours: Neighbours) -> None:
        """Add the chunks with these contents. Equal chunks share a content, so one may add several."""
        by_content = self._index.reader.chunks.by_hash([content for content, _ in neighbours])
        found = [(chunk.id, score) for content, score in neighbours for chunk in by_content.get(content, ())]
        if self._allowed is not None:
            allowed = set(self._allowed.tolist())
            found = [pair for pair in found if pair[0] in allowed]
        self._add({Tier.DEEP: found})
        if self._query.kind is QueryKind.TEXT:
            scored = self.deep_contents
            self._crowding = crowding(self._index.deep, [one for one, _ in neighbours if one in scored])

    def add_second_tier(self, found: Sequence[tuple[int, float]]) -> None:
        """Add the chunks with these ids, each with its cosine similarity to the query."""
        if self._allowed is not None:
            allowed = set(self._allowed.tolist())
            found = [pair for pair in found if pair[0] in allowed]
        self._add({Tier.SECOND: found})

    def images(
        self, found: Iterable[tuple[RelativePath, float]]
    ) -> tuple[list[StoredChunk], dict[int, float]]:
        """The chunks in scope of some images, and the score of each by its id; of the pool they are none."""
        scores, chunks = dict[int, float](), list[StoredChunk]()
        allowed = None if self._allowed is None else set(self._allowed.tolist())
        for path, score in found:
            for chunk in self._index.reader.chunks.of_file(path):
                if chunk.kind is ChunkKind.IMAGE and (allowed is None or chunk.id in allowed):
                    chunks.append(chunk)
                    scores[chunk.id] = score
        return chunks, scores

    def add_deep_scores(self, scores: Mapping[ContentHash, float]) -> None:
        """Give the candidates with these contents their cosine similarity to the query."""
        self._scores.setdefault(Tier.DEEP, {}).update(
            {one.id: scores[one.content_hash] for one in self.chunks.values() if one.content_hash in scores}
        )

    @property
    def deep_contents(self) -> set[ContentHash]:
        """The contents that the deep tier has scored."""
        scored = self._scores.get(Tier.DEEP, {})
        return {one.content_hash for one in self.chunks.values() if one.id in scored}

    @property
    def nearest(self) -> dict[Tier, float]:
        """The best score of each tier that answered."""
        return {tier: max(scores.values(), default=0.0) for tier, scores in self._scores.items()}

    def candidates(self, kept: Collection[int] = ()) -> Candidates:
        """All chunks in the order of their ids, so that ties always break the same way.

        Licences give way to code, except those with an id in `kept`.
        """
        if not self._query.asks_for_licence:
            self._replace_licences(kept)
        ids = sorted(self.chunks)
        return Candidates(
            [self.chunks[chunk_id] for chunk_id in ids],
            {
                tier: np.array([scores.get(chunk_id, 0.0) for chunk_id in ids])
                for tier, scores in self._scores.items()
            },
            np.array([self._crowding.get(self.chunks[chunk_id].content_hash, 0.0) for chunk_id in ids]),
        )

    def _add(self, found: dict[Tier, Sequence[tuple[int, float]]], more: Iterable[int] = ()) -> None:
        self._scores |= {tier: dict(pairs) for tier, pairs in found.items()}
        ids = {chunk_id for pairs in found.values() for chunk_id, _ in top_with_ties(pairs, MAX_PER_TIER)}
        ids |= set(more)
        if self._instant is not None:
            scores = self._scores[Tier.INSTANT]
            unscored = [chunk_id for chunk_id in ids if chunk_id not in scores]
            scores |= self._index.instant.similarities(self._instant, unscored)
        self.chunks |= self._index.reader.chunks.by_id(ids)

    def _replace_licences(self, kept: Collection[int]) -> None:
        """Put the first code of a file in the place of its licence, with the better score of the two."""
        reader = self._index.reader
        licences = [chunk for chunk in self.chunks.values() if chunk.id not in kept and is_licence(chunk)]
        beginnings = reader.chunks.firsts(licences, _BEGINNING)
        for licence in licences:
            code = _first_code(beginnings[licence.path]) or _first_code(reader.chunks.of_file(licence.path))
            if code is None:
                continue
            del self.chunks[licence.id]
            self.chunks[code.id] = code
            for scores in self._scores.values():
                if licence.id in scores:
                    scores[code.id] = max(scores[licence.id], scores.get(code.id, -np.inf))


def nearest_contents(
    index: FolderIndex,
    query: Query,
    vector: Callable[[], NDArray[np.float32] | None],
    team: TeamNeighbours | None = None,
) -> Neighbours | None:
    """The contents nearest to the query's deep vector, or None if `vector` gives none in time.

    Blocks until `vector` returns, and then as long as `team` waits for the server's. A query with a scope
    gets more neighbours, as many are out of scope.
    """
    return _nearest(index.deep, query, vector, team)


def nearest_in_words(
    tier: SecondTier, query: Query, vector: Callable[[], NDArray[np.float32] | None]
) -> list[tuple[int, float]] | None:
    """The ids of the chunks whose words are nearest to the query's vector by the second model.

    None if `vector` gives none in time; it blocks as `nearest_contents` does.
    """
    try:
        found = _nearest(tier.vectors, query, vector)
    except StorageError:
        if tier.closed:  # The user has chosen another second model, or none, at this moment.
            return None
        raise
    if found is None:
        return None
    ids = tier.chunks_with([content for content, _ in found])
    return [(chunk_id, score) for content, score in found for chunk_id in ids.get(content, ())]


def nearest_images(
    tier: ImageTier, query: Query, vector: Callable[[], NDArray[np.float32] | None]
) -> list[tuple[RelativePath, float]]:
    """The images nearest to the query's vector by the image model, with their cosine similarities.

    None of them if `vector` gives none in time, or if the tier fails: other tiers find images, too.
    """
    try:
        found = _nearest(tier.vectors, query, vector) or ()
    except StorageError:
        log.info("the image tier did not answer", exc_info=True)
        return []
    paths = tier.contents()
    return [(path, score) for content, score in found for path in paths.get(content, ())]


def _nearest(
    vectors: DeepVectors,
    query: Query,
    vector: Callable[[], NDArray[np.float32] | None],
    team: TeamNeighbours | None = None,
) -> Neighbours | None:
    asked = vector()
    if asked is None:
        return None
    most = DEEP_NEIGHBOURS if query.scope_filter.everything else MAX_PER_TIER * 10
    if team is not None:
        team.ask(asked, most)
    local = vectors.open().query(asked, most) if len(vectors) else ()  # To open it takes a second.
    return local if team is None else team.joined(local, most)


def _first_code(chunks: Iterable[StoredChunk]) -> StoredChunk | None:
    """The first chunk that is no licence."""
    return next((chunk for chunk in chunks if not is_licence(chunk)), None)
