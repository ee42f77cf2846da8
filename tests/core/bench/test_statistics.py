"""Intervals of means, and when a difference is more than chance."""

from __future__ import annotations

import random

import pytest

from semlens.core.bench.statistics import difference, estimate


def drawn(count: int, share: float, seed: int) -> list[float]:
    numbers = random.Random(seed)
    return [float(numbers.random() < share) for _ in range(count)]


def test_more_questions_make_the_interval_narrower() -> None:
    few, many = estimate(drawn(40, 0.5, 1)), estimate(drawn(4000, 0.5, 1))
    assert few.low < few.mean < few.high and many.low < many.mean < many.high
    assert many.high - many.low < (few.high - few.low) / 5
    # The interval of a share that is known from the formula: 1.96 standard errors to each side.
    assert many.high - many.low == pytest.approx(2 * 1.96 * 0.5 / 4000**0.5, rel=0.1)
    assert estimate([0.25] * 10) == estimate([0.25] * 10)
    assert (estimate([1.0]).low, estimate([1.0]).high) == (1.0, 1.0)


def test_the_interval_holds_the_truth_about_19_times_out_of_20() -> None:
    hits = sum(
        found.low <= 0.3 <= found.high for seed in range(200) if (found := estimate(drawn(150, 0.3, seed)))
    )
    assert 180 <= hits <= 199


def test_a_difference_is_told_from_chance_by_pairs_of_answers() -> None:
    numbers = random.Random(3)
    one = [numbers.random() for _ in range(200)]
    shuffled = numbers.sample(one, len(one))
    assert difference(one, shuffled).within_chance
    assert difference(one, one).within_chance
    better = difference([value + 0.02 for value in one], one)
    assert not better.within_chance and better.mean == pytest.approx(0.02)
    worse = difference(one, [value + 0.02 for value in one])
    assert not worse.within_chance and worse.high < 0
    # Side by side the same gain is hidden by how much questions differ.
    assert estimate(one).high - estimate(one).low > 0.04
