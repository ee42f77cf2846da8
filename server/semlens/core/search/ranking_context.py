"""Look up in the index what ranking needs besides the candidates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import Query, QueryKind
from semlens.core.search.caches import SearchCaches
from semlens.core.search.literal import find_literal
from semlens.core.search.options import SearchOptions
from semlens.core.search.ranking.inputs import Literal, RankingContext
from semlens.core.search.ranking.similarity import NameSimilarity
from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath, Tier

MAX_FILES = 300
"""Files that are scored as a whole."""


def gather_context(
    index: FolderIndex,
    query: Query,
    options: SearchOptions,
    instant: NDArray[np.float32] | None,
    caches: SearchCaches,
) -> RankingContext:
    """What the index knows of the query's words and names; nothing for code, which is ranked without.

    `instant` is the query's vector of shape (dimensions,), or None without the instant tier.
    Raises `StorageError` if the index cannot be read.
    """
    literal = _literal(index, query, options, caches)
    if query.kind is QueryKind.CODE:
        return RankingContext(literal=literal, at_hand=options.at_hand)
    definitions = _definitions(index, query)
    weights = word_weights(index, query.content_words)
    return RankingContext(
        word_weights=weights,
        file_scores=_file_scores(index, weights) if Tier.LEXICAL in options.tiers else {},
        definitions=definitions,
        literal=literal,
        similarity=None if instant is None else NameSimilarity(instant, caches.name_vectors),
        at_hand=options.at_hand,
    )


def _literal(index: FolderIndex, query: Query, options: SearchOptions, caches: SearchCaches) -> Literal:
    """What stands word for word; nothing for similar code, which has many words of its origin."""
    if query.origin is not None or Tier.LEXICAL not in options.tiers or not options.weights.literal:
        return Literal()
    return find_literal(index, query, caches.texts)


def _definitions(index: FolderIndex, query: Query) -> dict[str, list[StoredChunk]]:
    """The chunks in scope that define each of the query's names, by the name in lower case."""
    names = query.names if query.title is None else (*query.names, query.title)
    admits = query.scope_filter.admits
    return {
        name: [chunk for chunk in chunks if admits(chunk.path, chunk.language)]
        for name, chunks in defining_chunks(index, names).items()
    }


def defining_chunks(index: FolderIndex, names: Iterable[str]) -> dict[str, list[StoredChunk]]:
    """The chunks that define each name in any case, by the name in lower case. Raises `StorageError`."""
    defining = index.reader.chunks.defining(names)
    chunks = index.reader.chunks.by_id({chunk_id for ids in defining.values() for chunk_id in ids})
    return {name: [chunk for chunk in map(chunks.get, ids) if chunk] for name, ids in defining.items()}


def word_weights(index: FolderIndex, words: Sequence[str]) -> dict[str, float]:
    """Each word's inverse document frequency, with files as documents."""
    files = index.reader.counts().files
    return {word: math.log(1 + files / (1 + index.lexical.file_frequency(word))) for word in words}


def _file_scores(index: FolderIndex, weights: Mapping[str, float]) -> dict[RelativePath, float]:
    """The share of the words' weight that each file has, from 0 to 1."""
    found = index.lexical.files(weights, MAX_FILES)
    chunks = index.reader.chunks.by_id(chunk_id for chunk_id, _ in found)
    total = sum(weights.values()) or 1.0
    return {chunks[chunk_id].path: score / total for chunk_id, score in found if chunk_id in chunks}
