"""Fuse the tiers' lists by their scores, each relative to the tier's best.

Reciprocal rank fusion looks at places alone; what a tier thinks of the distance between two
places is worth 0.01 NDCG@10 here (`docs/quality.md`), since the other signals are added on top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from semlens.core.question import QuestionKind
from semlens.core.rank.candidate import Candidate
from semlens.core.rank.weights import Weights
from semlens.types import Tier


def best_scores(candidates: Sequence[Candidate]) -> dict[Tier, float]:
    """The best score of each tier that answered."""
    best: dict[Tier, float] = {}
    for candidate in candidates:
        for tier, score in candidate.scores.items():
            best[tier] = max(best.get(tier, 0.0), score)
    return {tier: score for tier, score in best.items() if score > 0}


def shares(
    candidate: Candidate, kind: QuestionKind, best: Mapping[Tier, float], weights: Weights
) -> dict[Tier, float]:
    """Each tier's share of a candidate's score; those of a candidate that is first everywhere sum to 1.

    The weight of a tier that did not answer goes to the others.
    """
    trust = weights.tiers[kind]
    whole = sum(trust[tier] for tier in best) or 1.0
    return {
        tier: trust[tier] / whole * max(0.0, score) / best[tier]
        for tier, score in candidate.scores.items()
        if tier in best
    }
