"""What ranking works on: the candidates, and the context that the index knows for one query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from semlens.core.search.ranking.score_table import Column
from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath, Tier

Similarity = Callable[[Sequence[str]], NDArray[np.float64]]
"""Texts → the cosine of each to the query, shape (texts,)."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Chunks that at least one tier proposes, with the scores of each tier that answered."""

    chunks: Sequence[StoredChunk] = ()
    scores: Mapping[Tier, Column] = field(default_factory=dict)
    """By tier, shape (candidates,); 0 for a chunk that the tier has no score for."""
    crowding: Column | None = None
    """How much more than others each is like the deep tier's other proposals, shape (candidates,)."""


@dataclass(frozen=True, slots=True)
class Literal:
    """Where the query stands word for word."""

    strengths: Mapping[int, float] = field(default_factory=dict)
    """How far it does in the best chunks, from 0 to 1, by chunk id."""
    holding: frozenset[int] = frozenset()
    """The chunks that hold all of a query in quotes: if there are any, no other is an answer."""


@dataclass(frozen=True, slots=True)
class RankingContext:
    """What the index knows of the query's words and names, and of the user's files."""

    word_weights: Mapping[str, float] = field(default_factory=dict)
    """The query's content words, weighted by how rare they are among the files."""
    file_scores: Mapping[RelativePath, float] = field(default_factory=dict)
    """For each file the share of the words' weight that stands in it, from 0 to 1."""
    definitions: Mapping[str, Sequence[StoredChunk]] = field(default_factory=dict)
    """The chunks that define each of the query's names in any case, by the name in lower case."""
    literal: Literal = field(default_factory=Literal)
    similarity: Similarity | None = None
    """None without the instant tier."""
    at_hand: Sequence[RelativePath] = ()
    """The files that are open, then those that changed last: they only break ties."""
