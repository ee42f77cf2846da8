"""Fuse the tiers' scores, each relative to the tier's best.

Reciprocal rank fusion uses ranks alone. The distance between two scores of a tier is worth 0.01 NDCG@10
here (`docs/quality.md`), since the other signals are added on top.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from semlens.core.query.query import QueryKind
from semlens.core.search.ranking.inputs import Candidates
from semlens.core.search.ranking.score_table import Column
from semlens.core.search.ranking.weights import Weights
from semlens.types import Tier

DEEP_NEIGHBOURS = 200
"""Neighbours that the transformer's tier is asked for; further ones score 0. With 500, Chroma takes twice
the time for 0.001 NDCG@10."""

_TRANSFORMERS = (Tier.DEEP, Tier.SECOND)

_LEAST = 1e-6
"""What is left of a score, so that it still counts as one."""

MIN_TRUST = 0.02
"""The least trust in words: they still order what meaning finds alike."""


def without_crowding(candidates: Candidates, weights: Weights) -> Mapping[Tier, Column]:
    """The scores of each tier; the deep tier's are lower in a crowd and higher outside of one."""
    if Tier.DEEP not in candidates.scores or candidates.crowding is None:
        return candidates.scores
    deep = candidates.scores[Tier.DEEP]
    spread = np.where(deep > 0, np.maximum(deep - weights.crowding * candidates.crowding, _LEAST), 0.0)
    return {**candidates.scores, Tier.DEEP: spread}


def shares(
    scores: Mapping[Tier, Column], kind: QueryKind, weights: Weights, trust: float = 1.0
) -> dict[Tier, Column]:
    """Each tier's share of the fused scores: a candidate that every tier puts first has 1 in all.

    `scores` has a column of shape (candidates,) for each tier that was asked, 0 where the tier has no score.
    The weight of a tier that did not answer goes to the others. `trust` is from `trust_in_words`.
    """
    answered = [tier for tier in Tier if _answered(scores, tier)]  # in a fixed order: sums are rounded
    tier_weights = {
        tier: weight if tier is Tier.DEEP else weight * trust**2
        for tier, weight in weights.tiers[kind].items()
    }
    if Tier.SECOND in answered:
        share = weights.second if Tier.DEEP in answered else 1.0
        tier_weights[Tier.SECOND] = share * tier_weights[Tier.DEEP]
        tier_weights[Tier.DEEP] *= 1 - share
    total = sum(tier_weights[tier] for tier in answered)
    fused = {}
    for tier in answered:
        column, floor = scores[tier], _floor(tier, scores[tier])
        fused[tier] = np.maximum(column - floor, 0.0) * (tier_weights[tier] / total / (column.max() - floor))
    return fused


def trust_in_words(
    scores: Mapping[Tier, Column], kind: QueryKind, weights: Weights, word_weight: float
) -> float:
    """How far words are trusted, from 0 to 1, for prose that a transformer answers too; else 1.

    Two tiers and the signals of names know words, and one tier knows sentences. What words propose is noise
    if even the nearest code is far from the query by its words, or if even the best match has few of them.
    `word_weight` is the weight of all words of the query.
    """
    both = _answered(scores, Tier.INSTANT) and any(_answered(scores, tier) for tier in _TRANSFORMERS)
    if kind is not QueryKind.TEXT or not both:
        return 1.0
    near = (float(scores[Tier.INSTANT].max()) - weights.strange) / (weights.familiar - weights.strange)
    trust = min(1.0, near)
    if _answered(scores, Tier.LEXICAL) and word_weight:
        matched = float(scores[Tier.LEXICAL].max()) / word_weight
        trust = min(trust, (matched - weights.scattered) / (weights.gathered - weights.scattered))
    return max(MIN_TRUST, trust)


def _answered(scores: Mapping[Tier, Column], tier: Tier) -> bool:
    return tier in scores and scores[tier].max(initial=0.0) > 0


def _floor(tier: Tier, column: Column) -> float:
    """The score that counts as 0, since all of the tier's proposals reach it.

    A transformer's cosines are all far from 0, and a candidate that is not among its neighbours has none.
    Measured from the last neighbour, there is no step between the two.
    """
    if tier not in _TRANSFORMERS:
        return 0.0
    neighbours = np.sort(column[column > 0])[::-1][:DEEP_NEIGHBOURS]
    return float(neighbours[-1]) if neighbours[-1] < neighbours[0] else 0.0
