"""Answer a question from one folder's index, with what its tiers know at this moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.lexical import code_tokens
from semlens.core.question import Question, QuestionKind
from semlens.core.rank import Ranked, rank
from semlens.core.rank.weights import WEIGHTS, Weights
from semlens.core.search.candidates import QueryVectors, gather
from semlens.core.search.evidence import gather_evidence
from semlens.core.search.freshness import Freshness
from semlens.types import Hit, Reason, RelativePath, Scope, Tier

ALL_TIERS = frozenset(Tier)

COPY = 0.8
"""Code that shares this much of its words is a copy, whatever was renamed in it."""

SPARE = 10
"""Hits asked for besides the wanted ones, since the place itself is among them, perhaps in pieces."""


@dataclass(frozen=True, slots=True)
class Search:
    """How to answer: how many hits, from which tiers, and the question's deep vector if there is one."""

    limit: int = 20
    tiers: frozenset[Tier] = ALL_TIERS
    deep_vector: NDArray[np.float32] | None = None
    weights: Weights = WEIGHTS


def search(index: FolderIndex, question: Question, how: Search) -> list[Hit]:
    """The best hits first. Equal questions on an equal index give equal hits."""
    return _hits(index, find(index, question, how), how.limit)


def find(index: FolderIndex, question: Question, how: Search) -> list[Ranked]:
    """Every chunk that may answer, best first, as it was indexed."""
    instant = index.models.static.embed([question.text])[0] if Tier.INSTANT in how.tiers else None
    deep = how.deep_vector if Tier.DEEP in how.tiers else None
    candidates = gather(index, question, QueryVectors(instant, deep), how.tiers)
    evidence = gather_evidence(index, question, instant, how.tiers)
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
    question = Question(code, QuestionKind.CODE, scope)
    hits = search(index, question, replace(how, limit=how.limit + SPARE))
    others: list[Hit] = []
    copies: list[Hit] = []
    asked = Counter(code_tokens(code))
    for hit in hits:
        if place is not None and _overlaps(hit, place):
            continue
        alike = _alike(asked, Counter(code_tokens(hit.preview)))
        if alike >= COPY:
            copies.append(replace(hit, reasons=(*hit.reasons, Reason("copy", alike))))
        else:
            others.append(hit)
    return [*others[: max(0, how.limit - len(copies))], *copies][: how.limit]


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two texts have in common, repetitions counted."""
    union = sum((one | other).values())
    return sum((one & other).values()) / union if union else 0.0


def _overlaps(hit: Hit, place: Place) -> bool:
    return hit.path == place.path and hit.start_line <= place.end_line and place.start_line <= hit.end_line


def _hits(index: FolderIndex, ranked: list[Ranked], limit: int) -> list[Hit]:
    freshness = Freshness(index)
    hits: list[Hit] = []
    for item in ranked:
        if len(hits) == limit:
            break
        chunk = item.chunk
        seen = freshness.look(chunk)
        if seen is None:
            continue
        hits.append(
            Hit(
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
            )
        )
    return hits
