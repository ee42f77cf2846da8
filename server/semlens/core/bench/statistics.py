"""How sure a mean of answers is, and whether two differ by more than chance.

Questions are drawn again and again from those that were asked, with repetition (the bootstrap, Efron 1979):
the middle 95 % of the means is the interval. Two ways to search are compared question by question, because
questions differ more than ways to search do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ROUNDS = 2000
CONFIDENCE = 0.95
_SEED = 1
"""So that the same answers have the same interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, and the interval in which it is with `CONFIDENCE`."""

    mean: float
    low: float
    high: float

    @property
    def within_chance(self) -> bool:
        """Whether the interval has 0 in it: for a difference, that there may be none."""
        return self.low <= 0 <= self.high


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of `values`, at least one, with its interval."""
    sample = np.asarray(values, np.float64)
    rows = np.random.default_rng(_SEED).integers(0, len(sample), (ROUNDS, len(sample)))
    edge = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(sample[rows].mean(axis=1), [edge, 100 - edge])
    return Estimate(float(sample.mean()), float(low), float(high))


def difference(one: Sequence[float], other: Sequence[float]) -> Estimate:
    """By how much the mean of `one` is above that of `other`; both have a value for each question."""
    return estimate([first - second for first, second in zip(one, other, strict=True)])
