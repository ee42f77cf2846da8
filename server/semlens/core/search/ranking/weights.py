"""What each signal is worth.

Fitted on the development half of the public benchmark of `semble`, with half of the repositories
held back at a time; a signal stayed only if those gained too. `docs/quality.md` has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from semlens.core.query.query import QueryKind
from semlens.types import Tier

TIERS: Mapping[QueryKind, Mapping[Tier, float]] = {
    QueryKind.SYMBOL: {Tier.LEXICAL: 0.8, Tier.INSTANT: 0.2, Tier.DEEP: 0.1},
    QueryKind.TEXT: {Tier.LEXICAL: 0.65, Tier.INSTANT: 0.35, Tier.DEEP: 0.55},
    QueryKind.CODE: {Tier.LEXICAL: 0.5, Tier.INSTANT: 0.5, Tier.DEEP: 0.5},
}
"""How far each tier is trusted, by the kind of question."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A chunk that every tier puts first has 1 from them; the rest is added to that, or multiplies it."""

    tiers: Mapping[QueryKind, Mapping[Tier, float]] = field(default_factory=lambda: TIERS)
    familiar: float = 0.5
    """The instant tier's nearest cosine from which on words are trusted in full, beside the transformer."""
    strange: float = 0.3
    """The one at which they are not trusted at all: no code has the question's words, nor their like."""
    definition: float = 2.0
    """Defines the name that is asked for."""
    only_definition: float = 2.0
    """Is the only one that does, with exactly that name: more than all that speaks for another place."""
    qualified: float = 1.0
    """So many times more where the rest of a qualified name encloses the definition."""
    named_file: float = 0.5
    """So many times more in a file of that name."""
    mentioned_definition: float = 1.0
    """Defines a name that stands in a question in prose."""
    path: float = 0.9
    """Words of the question in the file's name or its folder's, by how rare they are."""
    stem: float = 0.3
    """The same for the file's name alone."""
    title: float = 0.2
    """Every word of the file's name is in the question."""
    brief: float = 0.2
    """Divided by the words of the file's name: what many ask about has a short one."""
    path_meaning: float = 0.2
    """How near the file's name and folder are to the question in meaning."""
    symbol_meaning: float = 0.1
    """How near the names that the chunk defines are to the question in meaning."""
    file_words: float = 0.2
    """The question's words anywhere in the file, by how rare they are."""
    coherence: float = 0.2
    """For a file's best chunk: what the file's candidates scored together, against the best file."""
    saturation: float = 0.9
    """Each further hit of a file is worth this share of the one before, as far as it speaks for itself."""
    file_saturation: float = 0.3
    """The same for what speaks for the whole file."""
    depth: float = 0.96
    """For each folder that a file lies deeper than the others: further in, code is about less."""
    roles: bool = True
    """Whether tests, examples, documents and the like are weighed down."""


WEIGHTS = Weights()
