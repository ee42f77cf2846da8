"""What ranking works on: a proposed chunk with what each tier thinks of it, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from semlens.core.search.ranking.score_table import Column, ScoreTable
from semlens.core.store.records import StoredChunk
from semlens.types import Reason, Tier


@dataclass(frozen=True, slots=True)
class Candidates:
    """Chunks that at least one tier proposes, with their scores in each tier that answered."""

    chunks: Sequence[StoredChunk] = ()
    scores: Mapping[Tier, Column] = field(default_factory=dict)
    """0 for a chunk that a tier does not know."""


class Ranked(NamedTuple):
    """A candidate's final score."""

    chunk: StoredChunk
    score: float
    sheet: ScoreTable
    row: int

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The signals that made the score, with what each added."""
        return tuple(Reason(name, value) for name, value in self.sheet.parts(self.row))
