"""The chunker's view of a model: how many tokens each line has, and how many fit the model's window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class LineTokenizer(Protocol):
    """Counts tokens by line. The counts of a text's lines add up to the count of the text, or to more."""

    @property
    def limit(self) -> int:
        """The tokens that fit the model's window, without the model's special tokens."""

    def line_tokens(self, text: str) -> Sequence[int]:
        """The number of tokens of each of `text.split("\\n")`."""
