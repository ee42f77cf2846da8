"""The weight of each signal.

The weights were fitted on the development half of the public benchmark of `semble`, each time without half
of the repositories; a signal stayed only if the other half gained too. `docs/quality.md` has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from semlens.core.query.query import QueryKind
from semlens.types import Tier

TIERS: Mapping[QueryKind, Mapping[Tier, float]] = {
    QueryKind.SYMBOL: {Tier.LEXICAL: 0.8, Tier.INSTANT: 0.2, Tier.DEEP: 0.1},
    QueryKind.TEXT: {Tier.LEXICAL: 0.65, Tier.INSTANT: 0.35, Tier.DEEP: 0.9},
    QueryKind.CODE: {Tier.LEXICAL: 0.5, Tier.INSTANT: 0.5, Tier.DEEP: 0.5},
}
"""The weight of each tier in the fusion, by the kind of query. A second model shares the deep tier's."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A chunk that every tier puts first has 1 from the tiers. Signals are added to that or multiply it."""

    tiers: Mapping[QueryKind, Mapping[Tier, float]] = field(default_factory=lambda: TIERS)
    second: float = 1 / 3
    """The share of the deep tier's weight that a second model's tier has, if both answer."""
    picture: float = 0.3
    """For an image that looks like the question by an image model: less than words have beside a transformer,
    which is 0.34. Not measured."""
    crowding: float = 0.15
    """The part of its likeness to other neighbours that a candidate's cosine in the deep tier loses."""
    familiar: float = 0.5
    """Words are trusted in full if the instant tier's best cosine is at least this high."""
    strange: float = 0.3
    """Words are not trusted at all if that cosine is this low: no code has words like the query's."""
    gathered: float = 1.4
    """Words are trusted in full if the best score of BM25 is so many times the weight of all words."""
    scattered: float = 0.8
    """Words are not trusted at all if it is only so many times their weight."""
    literal: float = 3.0
    """For a chunk in which the query stands word for word: more than all other signals together."""
    definition: float = 2.0
    """For a chunk that defines the requested name."""
    only_definition: float = 2.0
    """The only exact definition of the name outranks every other signal."""
    qualified: float = 1.0
    """Raises `definition` by this factor if the qualifiers of the name enclose the chunk."""
    named_file: float = 0.5
    """Raises the weight of a definition by this factor if its file has the name too."""
    mentioned_definition: float = 1.0
    """For a chunk that defines a name that prose mentions."""
    path: float = 0.9
    """For the query's words in the name of the file or its folder, by how rare the words are."""
    stem: float = 0.3
    """The same for the name of the file alone."""
    title: float = 0.2
    """For a file whose name has no word that the query lacks."""
    brief: float = 0.2
    """Divided by the number of words in the file's name: common topics have short names."""
    path_meaning: float = 0.2
    """For a file whose name and folder are similar to the query in meaning."""
    symbol_meaning: float = 0.1
    """For a chunk whose defined names are similar to the query in meaning."""
    file_words: float = 0.2
    """For the query's words anywhere in the file, by how rare the words are."""
    coherence: float = 0.2
    """For the best chunk of a file, by the sum of the file's scores relative to the best file's sum."""
    saturation: float = 0.9
    """The factor for each further hit of a file, applied to the part of its score that is its own."""
    file_saturation: float = 0.3
    """The same for the part that the file's hits share."""
    depth: float = 0.96
    """The factor for each folder that a file lies deeper than the highest file."""
    roles: bool = True
    """Whether tests, examples, documents and the like get a lower score."""


WEIGHTS = Weights()
