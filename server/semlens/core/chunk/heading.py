"""A line that opens a section or a definition, in a file without a grammar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at a line (0-based)."""

    line: int
    level: int
    """The higher, the deeper."""
    name: str
    kind: str = "section"
    container: str = ""
    """What encloses the definition by its own words, as a schema does a table."""
    end: int | None = None
    """Its last line; None if it ends where the next heading of its level begins."""
