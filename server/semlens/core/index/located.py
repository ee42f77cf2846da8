"""A chunk as it stands on disk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Located:
    text: str
    start_line: int
    end_line: int
    stale: bool
    """Its file says something else there than when it was indexed."""
