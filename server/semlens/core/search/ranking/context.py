"""What ranking knows of an index besides the candidates, gathered once a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath

Meaning = Callable[[Sequence[str]], NDArray[np.float64]]
"""Texts → how near each is to the question, as a cosine."""


@dataclass(frozen=True, slots=True)
class RankingContext:
    word_weights: Mapping[str, float] = field(default_factory=dict)
    """The question's words that carry meaning, by how rare they are among the files."""
    file_scores: Mapping[RelativePath, float] = field(default_factory=dict)
    """The share of the question's words, by weight, that stand in each file."""
    definitions: Mapping[str, Sequence[StoredChunk]] = field(default_factory=dict)
    """The chunks that define each name that the question mentions, in any case."""
    meaning: Meaning | None = None
    """None where the instant tier takes no part."""
    at_hand: Sequence[RelativePath] = ()
    """The files that are open, then those that were changed last: they break ties, and say nothing more."""
