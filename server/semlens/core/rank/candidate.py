"""What ranking works on: a proposed chunk with what each tier thinks of it, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from semlens.core.rank.sheet import Sheet
from semlens.core.store.records import StoredChunk
from semlens.types import Reason, Tier


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that at least one tier proposes, with its score in each tier that knows it."""

    chunk: StoredChunk
    scores: Mapping[Tier, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate's final score."""

    chunk: StoredChunk
    score: float
    sheet: Sheet
    row: int

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The signals that made the score, with what each added."""
        return tuple(Reason(name, value) for name, value in self.sheet.parts(self.row))
