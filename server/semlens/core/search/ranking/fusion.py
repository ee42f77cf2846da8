"""Fuse the tiers' lists by their scores, each relative to the tier's best.

Reciprocal rank fusion looks at places alone; what a tier thinks of the distance between two
places is worth 0.01 NDCG@10 here (`docs/quality.md`), since the other signals are added on top.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from semlens.core.query.query import QueryKind
from semlens.core.search.ranking.score_table import Column
from semlens.core.search.ranking.weights import Weights
from semlens.types import Tier

DEEP_PLACES = 200
"""The transformer's last place that is worth anything: it is asked for no more neighbours, which take Chroma
longer (500 gain 0.001 NDCG@10 in twice the time)."""

LEAST_TRUST = 0.02
"""However strange a question is, words keep a little of their say: the order of what meaning finds alike."""


def shares(
    found: Mapping[Tier, Column], kind: QueryKind, weights: Weights, trust: float = 1.0
) -> dict[Tier, Column]:
    """What each tier that answered gives to each candidate: one that is first everywhere gets 1 in all.

    `found` has the scores of each tier that was asked, by candidate, 0 for those that it does not know. The
    weight of a tier that did not answer goes to the others. `trust` is what `trust_in_words` says.
    """
    answered = [tier for tier in Tier if _heard(found, tier)]  # in one order: sums are rounded
    worth = {
        tier: weight if tier is Tier.DEEP else weight * trust**2
        for tier, weight in weights.tiers[kind].items()
    }
    whole = sum(worth[tier] for tier in answered)
    made = {}
    for tier in answered:
        scores, floor = found[tier], _floor(tier, found[tier])
        made[tier] = np.maximum(scores - floor, 0.0) * (worth[tier] / whole / (scores.max() - floor))
    return made


def trust_in_words(found: Mapping[Tier, Column], kind: QueryKind, weights: Weights) -> float:
    """How far words are trusted, from 0 to 1, where the transformer answers a question in prose too.

    Two tiers and the signals of names know words, and one tier knows sentences. Where even the nearest code
    is far from the question by its words, what they propose is noise.
    """
    heard = all(_heard(found, tier) for tier in (Tier.INSTANT, Tier.DEEP))
    if kind is not QueryKind.TEXT or not heard:
        return 1.0
    near = (float(found[Tier.INSTANT].max()) - weights.strange) / (weights.familiar - weights.strange)
    return min(1.0, max(LEAST_TRUST, near))


def _heard(found: Mapping[Tier, Column], tier: Tier) -> bool:
    return tier in found and found[tier].max(initial=0.0) > 0


def _floor(tier: Tier, scores: Column) -> float:
    """What all of a tier's proposals have in common says nothing about any of them.

    The transformer's cosines are all far from 0, and a candidate that is not among its neighbours has none:
    counted from its last neighbour, there is no step between the two.
    """
    if tier is not Tier.DEEP:
        return 0.0
    places = np.sort(scores[scores > 0])[::-1][:DEEP_PLACES]
    return float(places[-1]) if places[-1] < places[0] else 0.0
