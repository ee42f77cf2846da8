"""What the chunker needs to know of a model: how many tokens a line costs, and how many fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Measure(Protocol):
    """Tokens by line. The counts of lines must add up to the count of their text, or to more."""

    @property
    def limit(self) -> int:
        """The most tokens that the model sees of one text, its own special tokens not counted."""

    def line_tokens(self, text: str) -> Sequence[int]:
        """Tokens of each of `text.split("\\n")`."""
