"""Figures in the terminal say what they are of: an end of an interval that is not 0 never looks like it."""

from __future__ import annotations

import pytest

from semlens.cli.figures import difference


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ((0.04, 0.01, 0.087), "+0.040 (+0.010 to +0.087)"),
        ((0.04, 0.0002, 0.087), "+0.0400 (+0.0002 to +0.0870)"),
        ((0.04, 0.0005, 0.087), "+0.040 (+0.001 to +0.087)"),
        ((-0.04, -0.087, -0.00003), "-0.04000 (-0.08700 to -0.00003)"),
        ((0.04, 0.0, 0.087), "+0.040 (+0.000 to +0.087)"),
        ((0.0, 0.0, 0.0), "+0.000 (+0.000 to +0.000)"),
        ((0.04, 1e-12, 0.087), "+0.040000 (+0.000000 to +0.087000)"),
    ],
)
def test_a_difference_with_its_interval(interval: tuple[float, float, float], said: str) -> None:
    assert difference(*interval) == said


def test_a_difference_with_its_unit() -> None:
    assert difference(0.04, 0.01, 0.087, unit=" MRR") == "+0.040 MRR (+0.010 to +0.087)"
