"""The values that go into a packed answer, and the answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from semlens.types import Detail

MAX_TOKENS = 20_000
"""The most tokens of one answer: a host that rejects 25,000 counts in a tokenizer that makes more of them."""

MIN_TOKENS = 100
"""The fewest tokens that an answer can be asked for."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of a file that may go into an answer."""

    id: str
    """The same for the same lines of a file with the same text."""
    path: str
    """As the answer shows it."""
    start_line: int
    """The number of the first of `lines`."""
    lines: tuple[str, ...]
    """Its own lines, and perhaps some around them."""
    above: int = 0
    """How many of the first lines are not its own, but come before it in the file."""
    below: int = 0
    """How many of the last lines come after it."""
    symbol: str = ""
    """The kind and the name of the definition, such as `method Cart.total`."""
    why: str = ""
    """Why it is a hit, in a few words."""
    stale: bool = False
    """Whether its code has changed since it was indexed."""
    name_row: int = 0
    """The row, from 0, of the one line that stands for the passage."""
    header: tuple[int, ...] = (0,)
    """The rows of its signature."""
    telling: tuple[int, ...] = ()
    """The rows that tell most about the query, the best first."""
    numbers: tuple[int, ...] = ()
    """The number of each of `lines`; none if they follow each other."""
    imported: int = 0
    """How many of the first lines are imports that its own lines need."""
    goes_on: bool = False
    """Whether a later answer shows the lines that this one leaves out."""

    @property
    def own_rows(self) -> range:
        """The rows of its own lines."""
        return range(self.above, len(self.lines) - self.below)

    @property
    def place(self) -> str:
        """The path with the first and the last line of its own."""
        rows = self.own_rows
        return f"{self.path}:{self.number(rows.start)}-{self.number(rows.stop - 1)}"

    def is_cut(self, rows: Collection[int]) -> bool:
        """Whether a later answer has to go on with it, if this one shows some rows."""
        return self.goes_on and any(line.strip() and row not in rows for row, line in enumerate(self.lines))

    def is_whole(self, numbers: Collection[int]) -> bool:
        """Whether these lines of its file are all of its own that are not blank."""
        return all(self.number(row) in numbers for row in self.own_rows if self.lines[row].strip())

    def number(self, row: int) -> int:
        """The number of a line in its file."""
        return self.numbers[row] if self.numbers else self.start_line + row


@dataclass(frozen=True, slots=True)
class Limits:
    """The size of an answer."""

    max_tokens: int = 2000
    """From `MIN_TOKENS` to `MAX_TOKENS`."""
    passages: int = 10
    """The most passages."""
    detail: Detail = "auto"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an answer says besides its passages."""

    root: str = ""
    """The folder that paths are relative to."""
    found: int = 0
    """How many passages there are in all, those that were sent before left out."""
    cursor: str = ""
    """The name of the cursor, given if some passages are not shown."""
    notes: tuple[str, ...] = ()
    """Sentences, the most important first."""
    more: bool = False
    """Whether there may be more than were looked for."""


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer, in two forms with the same passages. Neither exceeds the budget."""

    text: str
    """It may show some lines more than `structured`, because JSON needs more tokens for a line."""
    structured: Mapping[str, Any]
    """For JSON."""
    tokens: int
    """The tokens of the text."""
    shown: tuple[str, ...]
    """The ids of the passages of which at least one line is shown."""
    lines: tuple[tuple[int, ...], ...]
    """The numbers of the lines that `structured` shows of each."""
    rest: int
    """How many passages are not shown."""
