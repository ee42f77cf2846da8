"""Where something is in the editor."""

from __future__ import annotations

from attrs import frozen


@frozen
class Position:
    """A place in a document."""

    line: int
    """0-based."""
    character: int
    """The 0-based column, in UTF-16 units."""


@frozen
class Range:
    """A part of a document."""

    start: Position
    end: Position
    """The end is not part of the range."""


@frozen
class TextDocument:
    """A document of the editor."""

    uri: str
