"""Code for a prompt: as Markdown with paths and line numbers, in a budget of tokens.

Whole definitions come first, in the order in which they are given. Of those that do not fit, the signatures
follow, with their bodies elided; then lines of the bodies, until the budget is full. The text ends with what
was left out, as far as there is room for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from semlens.core.pack.markdown import behind, fenced, import_lines, with_gaps
from semlens.core.pack.nesting import nesting_of
from semlens.core.pack.pieces import Context, Count, Part, Piece, Shown

_ROUNDS: Final = 8
"""Counts of the whole text, at most, while lines are added and taken away."""
_FULL: Final = 0.985
"""The share of a budget from which it is not worth another count."""
_ROOMY: Final = 0.95
"""The share of a budget below which signatures are tried one by one."""
_EMPTY: Final = 0.9
"""The share below which the last piece gives its place to lines of others."""
_TRIED: Final = 24
"""Of these, at most."""
_NAMED: Final = (12, 9, 6, 4, 3, 2, 1, 0)
"""How many are named of the pieces that were left out: as many of these as there is room for."""
_RECEIPT_SHARE: Final = 0.04
"""Of the budget, for the names of what was left out."""
_RECEIPT_TOKENS: Final = 14
"""At least, for their number."""
_HEADING_TOKENS: Final = 12
"""At least, of a heading and a fence."""
_GAP_TOKENS: Final = 3
"""Of a line that says how many are elided."""


def pack_context(pieces: Sequence[Piece], budget: int, count: Count) -> Context:
    """As much of `pieces` as has at most `budget` tokens, counted as the whole text by `count`."""
    draft = _Draft(pieces, budget, count)
    left_out = sum(draft.sizes) > budget
    for_code = budget - max(_RECEIPT_TOKENS, int(budget * _RECEIPT_SHARE)) if left_out else budget
    rows, text, tokens = draft.within(draft.filled(for_code), max(0, for_code))
    text, tokens = draft.with_receipt(rows, text, tokens, budget)
    return Context(text, tokens, tuple(draft.part(at, rows) for at in range(len(pieces))))


def tokens_alone(piece: Piece, count: Count) -> int:
    """The tokens of all of a piece with its heading and the imports that it needs."""
    return count(fenced(piece, import_lines(piece, "\n".join(piece.lines), set()), piece.lines) + "\n")


@dataclass(frozen=True, slots=True)
class _Rows:
    """The tokens of the rows of a piece in their order, and of what stands around them, about."""

    around: int
    rows: tuple[int, ...]


class _Draft:
    """How many rows of each piece are shown: those of its signature are the first ones, then its others."""

    def __init__(self, pieces: Sequence[Piece], budget: int, count: Count) -> None:
        self.pieces = pieces
        self.count = count
        self.nesting = nesting_of(pieces, budget // 2, lambda piece: tokens_alone(piece, count))
        self.orders = [_order(piece, self.nesting.hidden[at]) for at, piece in enumerate(pieces)]
        signatures = (set(piece.signature) for piece in pieces)
        self.heads = [len(set(order) & rows) for order, rows in zip(self.orders, signatures, strict=True)]
        self.sizes = [self._size(at) for at in range(len(pieces))]
        self._rows: dict[int, _Rows] = {}

    def filled(self, budget: int) -> list[int]:
        """The numbers of rows whose tokens, added up, are within the budget."""
        shown = [0] * len(self.pieces)
        left = budget
        for at in self._by_turn():
            size, whole = self.sizes[at], len(self.orders[at])
            if whole and size <= left:
                shown[at], left = whole, left - size
            elif whole and self.pieces[at].first:
                shown[at] = self._longest(at, 0, left)
                left = 0
        for at in self._by_turn():
            signature = self._tokens(at, self.heads[at])
            if not shown[at] and self.orders[at] and signature <= left:
                shown[at], left = self.heads[at], left - signature
        return self._lengthened(shown, left)

    def within(self, shown: list[int], budget: int) -> tuple[list[int], str, int]:
        """`shown` with fewer or more rows, so that the text is within the budget; the text and its tokens.

        Estimates add up tokens of lines, and a tokenizer may make fewer or more of them together.
        """
        best: tuple[list[int], str, int] = ([0] * len(self.pieces), "", 0)
        spare = 0
        for _ in range(_ROUNDS):
            text = self.text(shown)
            tokens = self.count(text)
            if best[2] < tokens <= budget:
                best = shown, text, tokens
            if budget * _FULL <= tokens <= budget:
                break
            if tokens <= budget:
                left = budget - tokens - spare
                following = self._lengthened([*shown], left)
                if following == shown:
                    self._put_off_long_rows(shown, left)
                    following = self._lengthened([*shown], left)
            else:
                spare += (tokens - budget + 1) // 2
                following = self._shortened([*shown], tokens - budget)
            if following == shown:
                break
            shown = following
        while not best[1] and any(shown):
            shown = self._shortened([*shown], 1)
            text = self.text(shown)
            if self.count(text) <= budget:
                best = shown, text, self.count(text)
        return self._filled_up(best, budget)

    def _filled_up(self, best: tuple[list[int], str, int], budget: int) -> tuple[list[int], str, int]:
        """With signatures that fit by an exact count, as those of short ones are estimated too high.

        If there is much room even so, the last piece gives its place to lines of others.
        """
        hidden = [at for at in self._by_turn() if not best[0][at] and self.heads[at]]
        for at in hidden[:_TRIED] if best[2] < budget * _ROOMY else ():
            best = self._better(best, {at: self.heads[at]}, budget)
        *others, last = [at for at in self._by_turn() if best[0][at]] or [-1]
        if others and best[2] < budget * _EMPTY:
            left = budget - best[2] + self._tokens(last, best[0][last])
            for at in hidden[:_TRIED]:
                best = self._better(best, {last: 0, at: self._longest(at, 0, left)}, budget)
        return best

    def _better(
        self, best: tuple[list[int], str, int], changed: Mapping[int, int], budget: int
    ) -> tuple[list[int], str, int]:
        """The fuller one within the budget: `best`, or the same with other numbers of rows."""
        shown = [changed.get(at, rows) for at, rows in enumerate(best[0])]
        text = self.text(shown)
        tokens = self.count(text)
        return (shown, text, tokens) if best[2] < tokens <= budget else best

    def with_receipt(self, shown: Sequence[int], text: str, tokens: int, budget: int) -> tuple[str, int]:
        """`text` followed by what was left out, if there is room for it."""
        left_out = [at for at, rows in enumerate(shown) if not rows and self.orders[at]]
        for named in _NAMED if left_out and text else ():
            longer = f"{text}\n{self._receipt(left_out, named)}"
            counted = self.count(longer)
            if counted <= budget:
                return longer, counted
        return text, tokens

    def text(self, shown: Sequence[int]) -> str:
        """The Markdown of the shown rows."""
        blocks = []
        imported: dict[str, set[int]] = {}
        for at in self._by_turn():
            if shown[at]:
                known = imported.setdefault(self.pieces[at].path, set())
                blocks.append(self._block(at, shown[at], known))
        return "\n".join(blocks)

    def part(self, at: int, shown: Sequence[int]) -> Part:
        """How much of a piece is shown, or of the one that holds it."""
        holder = self.nesting.holders.get(at, at)
        rows, whole = shown[holder], self.sizes[at]
        if not rows:
            return Part(Shown.NONE, 0, whole)
        tokens = self._tokens(at, rows) if holder == at else 0
        if rows == len(self.orders[holder]):
            return Part(Shown.WHOLE, tokens, whole)
        is_signature = rows <= self.heads[holder]
        return Part(Shown.SIGNATURE if is_signature else Shown.PART, tokens, whole)

    def _by_turn(self) -> Sequence[int]:
        return self.nesting.turns

    def _block(self, at: int, rows: int, imported: set[int]) -> str:
        piece = self.pieces[at]
        order = self.orders[at]
        shown = sorted(order[:rows])
        code = [*with_gaps(piece, shown)]
        return fenced(piece, import_lines(piece, "\n".join(code), imported), code)

    def _size(self, at: int) -> int:
        """The tokens of all rows of a piece."""
        piece, order = self.pieces[at], self.orders[at]
        if len(order) in (0, len(piece.lines)):
            return tokens_alone(piece, self.count)
        return self.count(self._block(at, len(order), set()) + "\n")

    def _tokens(self, at: int, rows: int) -> int:
        """The tokens of the first rows of a piece, about."""
        if rows in (0, len(self.orders[at])):
            return self.sizes[at] if rows else 0
        counted = self._counted(at)
        return counted.around + sum(counted.rows[:rows]) + _GAP_TOKENS * max(1, self.heads[at])

    def _counted(self, at: int) -> _Rows:
        if at not in self._rows:
            counts = tuple(self.count(f"{self.pieces[at].lines[row]}\n") for row in self.orders[at])
            self._rows[at] = _Rows(max(_HEADING_TOKENS, self.sizes[at] - sum(counts)), counts)
        return self._rows[at]

    def _longest(self, at: int, rows: int, left: int) -> int:
        """How many rows of a piece that has `rows` already can have `left` more tokens."""
        before = self._tokens(at, rows)
        longest = rows
        for more in range(rows + 1, len(self.orders[at]) + 1):
            if self._tokens(at, more) - before > left:
                break
            longest = more
        return longest

    def _lengthened(self, shown: list[int], left: int) -> list[int]:
        """`shown` with more rows of those that are shown in part, then of the others."""
        turns = sorted(self._by_turn(), key=lambda at: not shown[at])
        for at in turns:
            if left <= 0:
                break
            longer = self._longest(at, shown[at], left)
            left -= self._tokens(at, longer) - self._tokens(at, shown[at])
            shown[at] = longer
        return shown

    def _put_off_long_rows(self, shown: Sequence[int], left: int) -> None:
        """Move rows that have more than `left` tokens behind the others that are not shown yet."""
        for at, rows in enumerate(shown):
            if rows and rows >= self.heads[at]:
                order, counted = self.orders[at], self._counted(at)
                following = sorted(range(rows, len(order)), key=lambda row: counted.rows[row] > left)
                turns = [*range(rows), *following]
                self.orders[at] = [order[row] for row in turns]
                self._rows[at] = _Rows(counted.around, tuple(counted.rows[row] for row in turns))

    def _shortened(self, shown: list[int], excess: int) -> list[int]:
        """`shown` without the last rows that have `excess` tokens together: first those of partial pieces."""
        turns = self._by_turn()[::-1]
        partial = [at for at in turns if self.heads[at] < shown[at] < len(self.orders[at])]
        for at in [*partial, *turns]:
            while shown[at] and excess > 0:
                before = self._tokens(at, shown[at])
                shown[at] = shown[at] - 1 if shown[at] > self.heads[at] else 0
                excess -= max(1, before - self._tokens(at, shown[at]))
        return shown

    def _receipt(self, left_out: Sequence[int], named: int) -> str:
        noun = "piece of code" if len(left_out) == 1 else "pieces of code"
        said = f"Left out for want of room: {len(left_out):,} {noun}"
        entries = [
            f"- {self.pieces[at].place}{behind(self.pieces[at].name)} ({self.sizes[at]:,} tokens)"
            for at in left_out[:named]
        ]
        if not entries:
            return f"{said}.\n"
        more = len(left_out) - len(entries)
        entries += [f"- {more:,} more"] if more else []
        return "\n".join([f"{said}:", "", *entries, ""])


def _order(piece: Piece, hidden: frozenset[int]) -> list[int]:
    """The rows of a piece that no earlier one has: those of its signature, then the others."""
    signature = [row for row in piece.signature if row not in hidden]
    own = [row for row in range(len(piece.lines)) if row not in hidden]
    if not any(piece.lines[row].strip() for row in own):
        return []
    return [*signature, *(row for row in own if row not in set(signature))]
