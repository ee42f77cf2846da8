"""Figures as commands print them."""

from __future__ import annotations

import math

_DECIMALS = 3
_MOST_DECIMALS = 6


def difference(mean: float, low: float, high: float, unit: str = "") -> str:
    """A difference with where it lies for certain.

    An end that is not 0 does not look like it, as whether it is tells chance from more.
    """
    ends = [math.ceil(-math.log10(2 * abs(end))) for end in (low, high) if end]
    decimals = min(max(_DECIMALS, *ends), _MOST_DECIMALS) if ends else _DECIMALS
    return f"{mean:+.{decimals}f}{unit} ({low:+.{decimals}f} to {high:+.{decimals}f})"
