"""A file's lines with their token counts, and the best places to cut lines that exceed the model's window."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

_WORD = re.compile(r"\w")
_CLOSES = re.compile(r"\s*(?:[\])}]|(?:end|else|elif|elsif|except|rescue|ensure|catch|finally|then|do)\b)")

_SMALLEST_PIECE = 0.4
"""Where it can be helped, a range is not cut smaller than this share of its fair size."""
_LOOSEST = -1.5
"""The tightness of the best place for a cut: before an unindented line below a blank line."""
_UNEVENNESS = 3.0
"""The penalty for a range of half or double its fair size, in steps of indentation."""


class SourceLines:
    """The lines of one file. Line numbers are 0-based, ranges inclusive; `limit` and budgets are tokens."""

    def __init__(self, lines: Sequence[str], tokens: Sequence[int], limit: int) -> None:
        self.lines = lines
        self.limit = limit
        self._totals = [0, *accumulate(tokens)]

    def tokens(self, start: int, end: int) -> int:
        """The number of tokens of the lines `start` to `end`."""
        return self._totals[end + 1] - self._totals[start] if end >= start else 0

    def has_longer_line(self, start: int, end: int, budget: int) -> bool:
        """Whether one of the lines `start` to `end` alone exceeds `budget`."""
        if self.tokens(start, end) <= budget:
            return False
        return any(self.tokens(row, row) > budget for row in range(start, end + 1))

    def last_within(self, start: int, end: int, budget: int) -> int:
        """The last line, up to `end`, so that the lines from `start` fit `budget`."""
        return min(bisect_right(self._totals, self._totals[start] + budget, start + 1) - 2, end)

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """The range without the blank lines at its ends; empty (start > end) if all are blank."""
        lines = self.lines
        while start <= end and not lines[start].strip():
            start += 1
        while end >= start and not lines[end].strip():
            end -= 1
        return start, end

    def is_closing(self, start: int, end: int) -> bool:
        """Whether the lines hold no word, only brackets and the like."""
        return end - start < 20 and not any(_WORD.search(line) for line in self.lines[start : end + 1])

    def cut(self, start: int, end: int, budget: int | None = None) -> Iterator[tuple[int, int]]:
        """Ranges that hold every non-blank line of `start` to `end`, each within `budget` (default: `limit`).

        A line that alone exceeds the budget is a range of its own.
        """
        budget = self.limit if budget is None else max(budget, 1)
        start, end = self.trim(start, end)
        while start <= end:
            total = self.tokens(start, end)
            if total <= budget:
                yield start, end
                return
            last = self._best_end(start, end, total / -(-total // budget), budget)
            yield self.trim(start, last)
            start, end = self.trim(last + 1, end)

    def _best_end(self, start: int, end: int, fair: float, budget: int) -> int:
        """The last line of the range that begins at `start`: before a loose place, near `fair` tokens."""
        totals, before = self._totals, self._totals[start]
        last = self.last_within(start, end - 1, budget)
        first = bisect_left(totals, _SMALLEST_PIECE * fair, start + 1, key=lambda total: total - before) - 1
        best, best_score = max(start, last), float("inf")
        for row in range(first, last + 1):
            unevenness = _UNEVENNESS * abs(totals[row + 1] - before - fair) / fair
            if unevenness + _LOOSEST < best_score:
                score = self._tightness(row + 1) + unevenness
                if score < best_score:
                    best, best_score = row, score
        return best

    def _tightness(self, row: int) -> float:
        """The penalty for a cut before `row`, in steps of indentation."""
        line = self.lines[row]
        code = line.lstrip()
        if not code:
            return 3.0
        tightness = min((len(line) - len(code)) / 4, 6.0)
        above = self.lines[row - 1]
        if not above or above.isspace():
            tightness += _LOOSEST
        if _CLOSES.match(line):
            tightness += 2.0
        return tightness
