"""The benchmark's score: which hits are right, and what their ranks are worth. Pure functions."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT = 10
"""Hits that are asked for and scored."""

Place = tuple[str, int, int]
"""Where a hit is: its path, and its first and last line."""


@dataclass(frozen=True, slots=True)
class Target:
    """A right answer: a file, or lines of it."""

    path: str
    start_line: int | None = None
    end_line: int | None = None

    def matches(self, path: str, start_line: int, end_line: int) -> bool:
        """Either path ends the other; where the target has lines, the hit overlaps them."""
        if not (path.endswith(self.path) or self.path.endswith(path)):
            return False
        if self.start_line is None or self.end_line is None:
            return True
        return start_line <= self.end_line and self.start_line <= end_line


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its right answers."""

    repository: str
    language: str
    category: str
    query: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Score:
    asked: Asked
    ndcg: float
    recall: float
    recall_at_5: float
    reciprocal: float
    places: tuple[Place, ...]


def questions(annotations: Path, repository: str, language: str) -> list[Asked]:
    """What `annotations` asks of a repository."""
    items = json.loads((annotations / f"{repository}.json").read_text(encoding="utf-8"))
    return [
        Asked(
            repository,
            language,
            item.get("category", "semantic"),
            item["query"],
            tuple(_target(raw) for raw in [*item["relevant"], *item.get("secondary", [])]),
        )
        for item in items
    ]


def score(asked: Asked, places: Sequence[Place]) -> Score:
    """Binary relevance; a target's rank is that of the first hit that matches it."""
    shown = tuple(places[:LIMIT])
    found = [
        next((rank for rank, place in enumerate(shown, 1) if target.matches(*place)), None)
        for target in asked.targets
    ]
    ranks = [rank for rank in found if rank is not None]
    gain = sum(1 / math.log2(rank + 1) for rank in ranks)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(found), LIMIT) + 1))
    return Score(
        asked,
        gain / ideal,
        len(ranks) / len(found),
        sum(rank <= 5 for rank in ranks) / len(found),
        1 / min(ranks) if ranks else 0.0,
        shown,
    )


def mean(values: Iterable[float]) -> float:
    """Not a number where there is nothing."""
    kept = list(values)
    return sum(kept) / len(kept) if kept else math.nan


def _target(raw: Any) -> Target:
    if isinstance(raw, str):
        return Target(raw)
    return Target(raw["path"], raw.get("start_line"), raw.get("end_line"))
