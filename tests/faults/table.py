"""A table of the results of one kind of fault, and the experiment that fills it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random


@dataclass(frozen=True)
class Experiment:
    """Where a kind of fault is injected, into which repository, and how often."""

    folder: Path
    """An empty folder of its own."""
    repository: Path
    chance: Random
    times: int
    match: str = ""
    """A regular expression: of a kind with many cases, only those whose name it finds."""


@dataclass
class Table:
    """A title, notes, and rows of figures."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        head = [f"## {self.title}\n", *(f"{note}\n" for note in self.notes)]
        lines = [f"| {' | '.join(map(str, row))} |" for row in [self.columns, *self.rows]]
        return "\n".join([*head, lines[0], "|---" * len(self.columns) + "|", *lines[1:], ""])


def middle_and_most(seconds: Sequence[float]) -> str:
    """The median and the longest time, in seconds."""
    return f"{statistics.median(seconds):.1f} / {max(seconds):.1f}" if seconds else "-"
