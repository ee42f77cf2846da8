"""Where to cut what is too long for the model's window: where the code itself is loosest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from tree_sitter import Node

_CLOSES = re.compile(r"\s*([\])}]|(end|else|elif|elsif|except|rescue|ensure|catch|finally|then|do|case)\b)")


class Costs(Protocol):
    """The lines of a file and their tokens."""

    lines: Sequence[str]

    def cost(self, start: int, end: int) -> int: ...

    def trim(self, start: int, end: int) -> tuple[int, int]: ...


class Cutter:
    """Cuts runs of lines of one file."""

    def __init__(self, page: Costs, root: Node | None = None) -> None:
        self._page = page
        self._root = root

    def cut(self, start: int, end: int, budget: int, node: Node | None = None) -> Iterator[tuple[int, int]]:
        """Ranges that together hold every non-blank line of `start` to `end`, each within `budget` tokens.

        One line that is over the budget is a range of its own.
        """
        page = self._page
        start, end = page.trim(start, end)
        while start <= end:
            total = page.cost(start, end)
            if total <= budget:
                yield start, end
                return
            target = total / -(-total // budget)
            last = self._best_end(start, end, target, budget)
            first, trimmed = page.trim(start, last)
            yield first, trimmed
            start, end = page.trim(last + 1, end)

    def _best_end(self, start: int, end: int, target: float, budget: int) -> int:
        """The last line of the piece that begins at `start`: a loose place near `target` tokens."""
        page = self._page
        best, best_score = start, float("inf")
        row = start
        while row < end and page.cost(start, row) <= budget:
            size = page.cost(start, row)
            if size >= 0.4 * target:
                score = self._tightness(row + 1) + 3 * abs(size - target) / target
                if score < best_score:
                    best, best_score = row, score
            elif best_score == float("inf"):
                best = row
            row += 1
        return best

    def _tightness(self, row: int) -> float:
        """How much a cut before `row` would tear apart."""
        lines = self._page.lines
        line = lines[row]
        if not line.strip():
            return 3.0
        indent = len(line) - len(line.lstrip())
        tightness = min(indent / 4, 6)
        if not lines[row - 1].strip():
            tightness -= 1.5
        if _CLOSES.match(line):
            tightness += 2
        return tightness
