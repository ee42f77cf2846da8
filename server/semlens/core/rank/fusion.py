"""Weighted reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""

from __future__ import annotations

from collections.abc import Mapping

from semlens.core.question import QuestionKind
from semlens.core.rank.candidate import Candidate
from semlens.types import Tier

RRF_K = 60
"""The paper's constant: how slowly the worth of a place falls."""

WEIGHTS: Mapping[QuestionKind, Mapping[Tier, float]] = {
    QuestionKind.SYMBOL: {Tier.LEXICAL: 0.7, Tier.INSTANT: 0.1, Tier.DEEP: 0.2},
    QuestionKind.TEXT: {Tier.LEXICAL: 0.4, Tier.INSTANT: 0.2, Tier.DEEP: 0.4},
    QuestionKind.CODE: {Tier.LEXICAL: 0.3, Tier.INSTANT: 0.3, Tier.DEEP: 0.4},
}


def fuse(candidate: Candidate, kind: QuestionKind, present: frozenset[Tier]) -> dict[Tier, float]:
    """Each tier's share of a candidate's score; those of a candidate that is first everywhere sum to 1.

    `present` are the tiers that answered: the weight of one that did not goes to the others.
    """
    weights = WEIGHTS[kind]
    whole = sum(weights[tier] for tier in present)
    return {
        tier: weights[tier] / whole * (RRF_K + 1) / (RRF_K + 1 + place)
        for tier, place in candidate.places.items()
    }
