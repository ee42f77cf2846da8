"""Score the hits of a benchmark question: NDCG, recall and reciprocal rank. Pure functions."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT = 10
"""Hits that each question asks for and that are scored."""

Location = tuple[str, int, int]
"""The path of a hit in its repository, and its first and last line (1-based, inclusive)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A right answer: a file, or a range of its lines (1-based, inclusive)."""

    path: str
    start_line: int | None = None
    end_line: int | None = None

    def matches(self, path: str, start_line: int, end_line: int) -> bool:
        """Whether a hit is right: one path ends with the other, and the lines, if any, overlap."""
        if not (path.endswith(self.path) or self.path.endswith(path)):
            return False
        if self.start_line is None or self.end_line is None:
            return True
        return start_line <= self.end_line and self.start_line <= end_line


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its right answers."""

    repository: str
    language: str
    category: str
    query: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The measures of one answer, each from 0 to 1, and the locations of its hits, best first."""

    question: Question
    ndcg: float
    recall: float
    recall_at_5: float
    reciprocal_rank: float
    locations: tuple[Location, ...]


def questions(annotations: Path, repository: str, language: str) -> list[Question]:
    """The annotated questions of a repository. `annotations` is the folder of the JSON files."""
    items = json.loads((annotations / f"{repository}.json").read_text(encoding="utf-8"))
    return [
        Question(
            repository,
            language,
            item.get("category", "semantic"),
            item["query"],
            tuple(_target(raw) for raw in [*item["relevant"], *item.get("secondary", [])]),
        )
        for item in items
    ]


def score(question: Question, locations: Sequence[Location]) -> Score:
    """Score the first `LIMIT` of `locations`, the hits of an answer, best first.

    Relevance is binary. The rank of a target is the rank of the first hit that matches it.
    """
    shown = tuple(locations[:LIMIT])
    found = [
        next((rank for rank, location in enumerate(shown, 1) if target.matches(*location)), None)
        for target in question.targets
    ]
    ranks = [rank for rank in found if rank is not None]
    gain = sum(1 / math.log2(rank + 1) for rank in ranks)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(found), LIMIT) + 1))
    return Score(
        question,
        gain / ideal,
        len(ranks) / len(found),
        sum(rank <= 5 for rank in ranks) / len(found),
        1 / min(ranks) if ranks else 0.0,
        shown,
    )


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean; NaN if there are no values."""
    kept = list(values)
    return sum(kept) / len(kept) if kept else math.nan


def _target(raw: Any) -> Target:
    if isinstance(raw, str):
        return Target(raw)
    return Target(raw["path"], raw.get("start_line"), raw.get("end_line"))
