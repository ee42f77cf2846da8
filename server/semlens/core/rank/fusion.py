"""Fuse the tiers' lists by their scores, each relative to the tier's best.

Reciprocal rank fusion looks at places alone; what a tier thinks of the distance between two
places is worth 0.01 NDCG@10 here (`docs/quality.md`), since the other signals are added on top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semlens.core.question import QuestionKind
from semlens.core.rank.candidate import Candidate
from semlens.core.rank.weights import Weights
from semlens.types import Tier

DEEP_PLACES = 200
"""The transformer's last place that is worth anything: it is asked for no more neighbours."""

FAMILIAR_POWER = 3
LEAST_FAMILIAR = 0.25
"""However foreign a question is, words keep a little of their say: the order of what meaning finds alike."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a tier's score into its share of a candidate's."""

    floor: float
    factor: float

    def share(self, score: float) -> float:
        return max(0.0, score - self.floor) * self.factor


def scales(
    candidates: Sequence[Candidate], kind: QuestionKind, weights: Weights, familiar: float = 1.0
) -> dict[Tier, Scale]:
    """How each tier's score counts: the shares of a candidate that is first everywhere sum to 1.

    The weight of a tier that did not answer goes to the others. `familiar` is as in `Evidence`.
    """
    found: dict[Tier, list[float]] = {}
    for candidate in candidates:
        for tier, score in candidate.scores.items():
            if score > 0:
                found.setdefault(tier, []).append(score)
    trust = _trust(kind, weights, familiar)
    whole = sum(trust[tier] for tier in Tier if tier in found)  # always in one order: sums are rounded
    made = {}
    for tier, scores in found.items():
        best, floor = max(scores), _floor(tier, scores)
        made[tier] = Scale(floor, trust[tier] / whole / (best - floor))
    return made


def _trust(kind: QuestionKind, weights: Weights, familiar: float) -> Mapping[Tier, float]:
    """Two tiers know words and one knows sentences: it is heard more where the code lacks the words."""
    trust = weights.tiers[kind]
    if kind is not QuestionKind.TEXT:
        return trust
    share = min(1.0, max(LEAST_FAMILIAR, familiar / weights.familiar)) ** FAMILIAR_POWER
    return {tier: weight if tier is Tier.DEEP else weight * share for tier, weight in trust.items()}


def _floor(tier: Tier, scores: list[float]) -> float:
    """What all of a tier's proposals have in common says nothing about any of them.

    The transformer's cosines are all far from 0, and a candidate that is not among its neighbours has none:
    counted from its last neighbour, there is no step between the two.
    """
    if tier is not Tier.DEEP:
        return 0.0
    places = sorted(scores, reverse=True)[:DEEP_PLACES]
    return places[-1] if places[-1] < places[0] else 0.0
