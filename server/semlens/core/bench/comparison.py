"""Which differences between ways to search are worth telling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from semlens.core.bench.evaluation import Evaluation, Result
from semlens.core.bench.statistics import Estimate, difference

WITHOUT, WITH = "lexical+instant", "all"
"""The sets of tiers without and with the transformer."""


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much one result has a higher mean reciprocal rank than another, on the same queries."""

    one: Result
    other: Result
    mrr: Estimate


def differences(evaluations: Sequence[Evaluation]) -> Iterator[Difference]:
    """What each transformer adds to the other tiers, each model against the first, on the same queries."""
    first: Result | None = None
    for evaluation in evaluations:
        found = {result.tiers: result for result in evaluation.results}
        if WITH not in found:
            continue
        yield _compared(found[WITH], found[WITHOUT])
        if first is not None:
            yield _compared(found[WITH], first)
        first = first or found[WITH]


def _compared(one: Result, other: Result) -> Difference:
    return Difference(one, other, difference(one.reciprocal, other.reciprocal))
