"""Whether the hits of a query are worth a look: if no evidence speaks for them, the answer says so.

A search always finds the nearest code, however far it is. Two figures tell apart questions that have an
answer from those that have none: how near the nearest code is, and how much of the question stands in one
of the hits. Measured on 30 repositories of the benchmark's development half: of 589 questions whose answer is
among the first ten, 5 are called weak, of 600 names none; of 1,320 questions without an answer (nonsense,
signs, other topics, languages that no code is written in) 1,291.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import Query, QueryKind
from semlens.core.search.ranking_context import word_weights
from semlens.core.text.analyzer import code_terms
from semlens.types import Hit, Tier

HITS_READ = 10
"""Hits whose text is compared with the question."""

_LEAST = 0.48
"""The least sum of a good answer."""

_OF_WORDS = 0.5
"""The weight of the words that stand in a hit."""

_PIECES = 2.0
"""Tokens a word from which a model does not know the words: English has about 1.2."""

_NEAR = 0.42
"""The transformer's cosine from which code is near in meaning, whatever its words are: 96 of 100 questions
without an answer stay below."""


_LITERAL = 0.5
"""How far a text must stand in a hit word for word, so that nothing else need speak for it."""


def is_weak(
    index: FolderIndex, query: Query, hits: Sequence[Hit], nearest: Mapping[Tier, float], literal: float
) -> bool:
    """Whether none of the hits matches a query well.

    :param nearest: the best cosine of each tier that answered
    :param literal: how far the query stands in a hit word for word, from 0 to 1

    A query that names a definition of the index is not weak, nor is code, unless it has no words at all.
    """
    terms = query.meaning_terms
    if query.origin is not None or Tier.INSTANT not in nearest:
        return False
    if any(index.reader.chunks.defining(query.names).values()):
        return False
    if not terms:
        return True
    if query.kind is QueryKind.CODE or nearest.get(Tier.DEEP, 0.0) >= _NEAR or literal >= _LITERAL:
        return False
    if _is_gibberish(index, terms):
        return True
    missing = _LEAST - nearest[Tier.INSTANT]
    return missing > 0 and _OF_WORDS * _words_in_one(index, terms, hits[:HITS_READ]) < missing


def _is_gibberish(index: FolderIndex, terms: Sequence[str]) -> bool:
    """Whether neither the folder nor the model knows the words: then cosines mean nothing."""
    if any(map(index.lexical.file_frequency, terms)):
        return False
    return index.models.tokenizer.count(" ".join(terms)) > _PIECES * len(terms)


def _words_in_one(index: FolderIndex, terms: Sequence[str], hits: Sequence[Hit]) -> float:
    """The largest share of the question's words, by how rare they are, in one hit; from 0 to 1."""
    weights = word_weights(index, terms)
    total = sum(weights.values())

    def share(hit: Hit) -> float:
        found = {*code_terms(hit.preview), *code_terms(hit.path)}
        return sum(weight for word, weight in weights.items() if word in found) / total

    return max(map(share, hits), default=0.0)
