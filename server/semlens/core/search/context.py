"""Gather what ranking needs to know of the index for one question."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.query import terms
from semlens.core.query.query import Query, QueryKind
from semlens.core.query.scope import ScopeFilter
from semlens.core.search.ranking.context import Meaning, RankingContext
from semlens.types import RelativePath, Tier

FILES = 300
"""Files whose match as a whole is looked at."""


def gather_context(
    index: FolderIndex, question: Query, instant: NDArray[np.float32] | None, tiers: frozenset[Tier]
) -> RankingContext:
    """Raises `StorageError` if the index cannot be read."""
    if question.kind is QueryKind.CODE:
        return RankingContext()
    symbol = question.kind is QueryKind.SYMBOL
    names = terms.asked_names(question.text) if symbol else terms.mentioned_names(question.text)
    defining = index.reader.chunks_defining(names)
    chunks = index.reader.chunks_by_id({number for ids in defining.values() for number in ids})
    scope = ScopeFilter(question.scope)
    word_weights = _word_weights(index, terms.content_words(question.text))
    file_scores = _file_scores(index, word_weights) if Tier.LEXICAL in tiers else {}
    return RankingContext(
        word_weights=word_weights,
        file_scores=file_scores,
        definitions={
            name: [
                chunk for chunk in map(chunks.get, ids) if chunk and scope.admits(chunk.path, chunk.language)
            ]
            for name, ids in defining.items()
        },
        meaning=None if instant is None else _meaning(index, instant),
    )


def _word_weights(index: FolderIndex, asked: Sequence[str]) -> dict[str, float]:
    files = index.reader.counts().files
    return {word: math.log(1 + files / (1 + index.lexical.file_frequency(word))) for word in asked}


def _file_scores(index: FolderIndex, weights: Mapping[str, float]) -> dict[RelativePath, float]:
    found = index.lexical.files(weights, FILES)
    chunks = index.reader.chunks_by_id(number for number, _ in found)
    whole = sum(weights.values()) or 1.0
    return {chunks[number].path: score / whole for number, score in found if number in chunks}


def _meaning(index: FolderIndex, question: NDArray[np.float32]) -> Meaning:
    known: dict[str, float] = {}

    def cosines(texts: Sequence[str]) -> NDArray[np.float64]:
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            # A sum row by row: a matrix product rounds a row by what it is multiplied together with.
            rows = index.name_vectors.of(missing).astype(np.float64)
            known.update(zip(missing, (rows * question).sum(axis=1).tolist(), strict=True))
        return np.array([known[text] for text in texts])

    return cosines
