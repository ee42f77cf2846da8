"""The pieces of code that go into a prompt, and the prompt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from semlens.core.pack.imports import Import

Count = Callable[[str], int]
"""The tokens of a text."""


class Shown(str, Enum):
    """How much of a piece is in the text."""

    WHOLE = "whole"
    PART = "part"
    SIGNATURE = "signature"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a file that may go into a prompt."""

    path: str
    """As the text shows it."""
    language: str
    """For the fence."""
    start_line: int
    """The number of the first of `lines`."""
    lines: tuple[str, ...]
    signature: tuple[int, ...]
    """The rows that stand for all of it: the signatures of its definitions. At least one."""
    name: str = ""
    """Its kind and its name, such as `method Cart.total`."""
    imports: tuple[Import, ...] = ()
    """Those of its file."""
    first: bool = False
    """Whether it comes before all others, in part if it does not fit as a whole."""

    @property
    def place(self) -> str:
        last = self.start_line + len(self.lines) - 1
        lines = str(last) if last == self.start_line else f"{self.start_line}-{last}"
        return f"{self.path}:{lines}"


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a piece is in a text."""

    shown: Shown
    tokens: int
    """About; those of its whole text if nothing of it is shown."""
    whole_tokens: int
    """Of all its lines with their heading and the imports that they need."""


@dataclass(frozen=True, slots=True)
class Context:
    """Code in a budget of tokens."""

    text: str
    """Empty if nothing fits."""
    tokens: int
    """Never more than the budget."""
    parts: tuple[Part, ...]
    """One for each piece."""
