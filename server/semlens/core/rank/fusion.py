"""Fuse the tiers' lists by their scores, each relative to the tier's best.

Reciprocal rank fusion looks at places alone; what a tier thinks of the distance between two
places is worth 0.01 NDCG@10 here (`docs/quality.md`), since the other signals are added on top.
"""

from __future__ import annotations

from collections.abc import Sequence

from semlens.core.question import QuestionKind
from semlens.core.rank.candidate import Candidate
from semlens.core.rank.weights import Weights
from semlens.types import Tier


def scales(candidates: Sequence[Candidate], kind: QuestionKind, weights: Weights) -> dict[Tier, float]:
    """What a tier's score is multiplied by: the shares of a candidate that is first everywhere sum to 1.

    The weight of a tier that did not answer goes to the others.
    """
    best: dict[Tier, float] = {}
    for candidate in candidates:
        for tier, score in candidate.scores.items():
            if score > best.get(tier, 0.0):
                best[tier] = score
    trust = weights.tiers[kind]
    whole = sum(trust[tier] for tier in Tier if tier in best)  # always in one order: sums are rounded
    return {tier: trust[tier] / whole / score for tier, score in best.items()}
