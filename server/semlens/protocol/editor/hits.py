"""A hit, and why it is where it is."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, frozen

from semlens.protocol.editor.places import Range


@frozen
class HitSymbol:
    """The definition that a hit is in."""

    name: str
    kind: str
    """Such as function, class or section."""
    container: str | None = None
    """The dotted names of the definitions around it, if any."""


@frozen
class HitReason:
    """A ranking signal, and what it added to the score."""

    name: str
    """The name of the signal."""
    value: float
    """The signal's share of the score."""


@frozen
class HitCopy:
    """Another place with the same code."""

    uri: str
    range: Range


@frozen
class WordMatch:
    """A word of the question, and where in a hit it stands."""

    word: str
    """As it is typed."""
    places: list[Literal["name", "path", "comment", "body", "text"]]
    """Empty if it stands nowhere in the hit. A docstring is a comment; a document or an image has no body."""


@frozen
class TierOpinion:
    """What one way to search says of a hit."""

    tier: Literal["lexical", "instant", "deep", "second", "image"]
    strength: Literal["best", "strong", "fair", "weak", "none"]
    """How well it finds the hit, beside the hit that it finds best."""
    text: str
    """A sentence."""


@frozen
class Effect:
    """What one signal did to a hit's score."""

    signal: str
    value: float
    text: str
    """A sentence."""


@frozen
class Explanation:
    """Why a hit is where it is."""

    summary: str
    """One sentence."""
    tiers: list[TierOpinion]
    words: list[WordMatch]
    """The question's words that carry meaning, in their order; none for a question in code."""
    gained: list[Effect]
    """What raised the score beside the tiers, the most first."""
    lost: list[Effect]
    """What lowered the score, the most first."""


@frozen
class Hit:
    """A piece of code that answers a search."""

    uri: str
    range: Range
    score: float
    language: str
    preview: str
    """The code as it is in the file or in the open document."""
    stale: bool
    """Whether the file has changed and no longer has this code."""
    reasons: list[HitReason]
    """The signals that make up the score."""
    symbol: HitSymbol | None = None
    """The definition that the hit is in, if any."""
    line: int = 0
    """The 0-based line that says best what the hit is: to show and to go to. It may be the one that names the
    symbol, outside of `range`."""
    summary: str = ""
    """The code of `line`, with the rest of its parameters."""
    copies: list[HitCopy] = Factory(list)
    """Other places with the same code on disk."""
    explanation: Explanation | None = None
    """Set if the search asked for it."""
