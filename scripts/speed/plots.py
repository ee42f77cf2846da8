"""Draw line charts with logarithmic axes, as SVG that is readable on light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 40, 40, 50
_COLOURS = ("#2f81f7", "#d29922", "#3fb950", "#f778ba")
_INK = "#7d8590"


@dataclass(frozen=True)
class Chart:
    """A chart: its title, the labels of its axes, and its lines."""

    title: str
    x: str
    y: str
    series: Mapping[str, Sequence[tuple[float, float]]]
    """The (x, y) points of each line, by its name; all values are above 0."""


def chart(drawn: Chart) -> str:
    """The chart as an SVG document."""
    points = [point for series in drawn.series.values() for point in series]
    horizontal = _Axis.over([x for x, _ in points], _LEFT, _WIDTH - _RIGHT)
    vertical = _Axis.over([y for _, y in points], _HEIGHT - _BOTTOM, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">',
        f"<title>{escape(drawn.title)}</title>",
        _text(_WIDTH / 2, 20, drawn.title, "middle", 'font-size="14"'),
        _text(_WIDTH / 2, _HEIGHT - 10, drawn.x, "middle"),
        _text(14, _HEIGHT / 2, drawn.y, "middle", f'transform="rotate(-90 14 {_HEIGHT / 2:g})"'),
    ]
    for value in horizontal.ticks():
        at = horizontal.place(value)
        parts += [
            _line(at, _TOP, at, _HEIGHT - _BOTTOM),
            _text(at, _HEIGHT - _BOTTOM + 16, _short(value), "middle"),
        ]
    for value in vertical.ticks():
        at = vertical.place(value)
        parts += [_line(_LEFT, at, _WIDTH - _RIGHT, at), _text(_LEFT - 6, at + 4, _short(value), "end")]
    for number, (name, series) in enumerate(drawn.series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        placed = [(horizontal.place(x), vertical.place(y)) for x, y in series]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        parts.append(_text(_LEFT + 12, _TOP + 16 + 16 * number, name, "start", f'fill="{colour}"'))
    return "\n".join([*parts, "</svg>", ""])


@dataclass(frozen=True)
class _Axis:
    """An axis from 10**`low` to 10**`high`, drawn from the coordinate `start` to `end`."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> _Axis:
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        return cls(low, max(high, low + 1), start, end)

    def place(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    places = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {places} stroke="{_INK}" stroke-opacity="0.3"/>'


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(text)}</text>'
