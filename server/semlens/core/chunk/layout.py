"""Which lines become one chunk.

A definition that fits is one chunk; small neighbours share one; a class that does not fit
becomes an outline and its members; anything else that does not fit is cut where the code
itself is loosest. Every non-blank line lands in exactly one piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from semlens.core.chunk.cut import Cutter
from semlens.core.chunk.tree import CLASS_LIKE, Block
from semlens.types import ChunkKind

CONTAINERS = CLASS_LIKE | {"module"}
"""Kinds that are shown as an outline when they do not fit as a whole."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Shares of the model's window."""

    alone: float = 0.4
    """A definition of this size or more is not merged with its neighbours."""
    merged: float = 0.9
    """How full a group of small neighbours may get."""
    scrap: float = 0.08
    """What is smaller than this joins a neighbour, even a large one."""
    context: float = 0.25
    """How much the headers of the enclosing definitions may take."""
    outline: float = 0.6
    """How much of an outline its own lines may take; the rest is for the members' signatures."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that will be one chunk, 0-based and inclusive."""

    start: int
    end: int
    kind: ChunkKind
    owner: Block | None
    """The definition that the piece is, is a part of, or stands in."""
    context: Block | None
    """The innermost definition whose header is not in the piece but helps to understand it."""
    whole: bool = False
    """The piece is its owner, whole."""


class Page:
    """A file's lines and what each costs."""

    def __init__(self, lines: Sequence[str], tokens: Sequence[int], limit: int) -> None:
        self.lines = lines
        self.limit = limit
        self._totals = [0, *accumulate(tokens)]
        self._total = self._totals[-1]

    def cost(self, start: int, end: int) -> int:
        return self._totals[end + 1] - self._totals[start]

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """The range without the blank lines at its ends; empty (start > end) if all are blank."""
        lines = self.lines
        while start <= end and not lines[start].strip():
            start += 1
        while end >= start and not lines[end].strip():
            end -= 1
        return start, end

    def is_closing(self, start: int, end: int) -> bool:
        """Whether the lines hold no word: brackets and the like."""
        return not any(_WORD.search(line) for line in self.lines[start : end + 1])


_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class _Atom:
    start: int
    end: int
    block: Block | None


class Layout:
    """Lays out one file. `plain` is the kind of pieces that belong to no definition."""

    def __init__(self, page: Page, cutter: Cutter, plain: ChunkKind, policy: Policy | None = None) -> None:
        self._page = page
        self._cutter = cutter
        self._plain = plain
        self._policy = policy or Policy()
        self._pieces: list[Piece] = []

    def run(self, blocks: list[Block]) -> list[Piece]:
        """The pieces of the whole file, in order."""
        self._region(0, len(self._page.lines) - 1, blocks, None)
        return self._pieces

    def context_rows(self, block: Block | None) -> list[int]:
        """Header lines of `block` and what encloses it, outermost first, within the policy's share."""
        page, rest = self._page, int(self._page.limit * self._policy.context)
        rows: list[int] = []
        while block is not None:
            header = range(block.line, block.header_end + 1)
            for choice in (header, range(block.name_line, block.name_line + 1)):
                cost = page.cost(choice[0], choice[-1])
                if cost <= rest:
                    rows = [*choice, *rows]
                    rest -= cost
                    break
            block = block.parent
        return rows

    def _budget(self, context: Block | None) -> int:
        return self._page.limit - sum(self._page.cost(row, row) for row in self.context_rows(context))

    def _region(self, start: int, end: int, blocks: Iterable[Block], owner: Block | None) -> None:
        """Lay out the lines `start` to `end`, which hold `blocks`."""
        page, policy = self._page, self._policy
        budget = self._budget(owner)
        pieces: list[Piece] = []
        group: list[_Atom] = []

        def flush() -> None:
            if group:
                pieces.append(self._grouped(group, owner))
                group.clear()

        for atom in self._atoms(start, end, blocks):
            cost = page.cost(atom.start, atom.end)
            if cost > budget:
                flush()
                pieces.extend(self._split(atom, owner))
            elif atom.block and cost >= policy.alone * page.limit:
                flush()
                pieces.append(self._grouped([atom], owner))
            else:
                if group and page.cost(group[0].start, atom.end) > min(budget, policy.merged * page.limit):
                    flush()
                group.append(atom)
        flush()
        self._pieces.extend(self._without_scraps(pieces, owner))

    def _atoms(self, start: int, end: int, blocks: Iterable[Block]) -> Iterable[_Atom]:
        """Definitions and the runs of lines between them."""
        at = start
        for block in blocks:
            if block.inline or block.end < start or block.start < at:
                continue
            first, last = self._page.trim(at, block.start - 1)
            if first <= last:
                yield _Atom(first, last, None)
            yield _Atom(block.start, block.end, block)
            at = block.end + 1
        first, last = self._page.trim(at, end)
        if first <= last:
            yield _Atom(first, last, None)

    def _grouped(self, atoms: list[_Atom], owner: Block | None) -> Piece:
        start, end = atoms[0].start, atoms[-1].end
        blocks = [atom.block for atom in atoms if atom.block]
        context = owner if owner is None or start > owner.line else owner.parent
        if len(blocks) == 1 and (len(atoms) == 1 or owner is None):
            kind = ChunkKind.PROSE if self._plain is ChunkKind.PROSE else ChunkKind.DEFINITION
            return Piece(start, end, kind, blocks[0], context, whole=True)
        kind = self._plain if self._plain is ChunkKind.PROSE or not blocks else ChunkKind.GROUP
        if owner is not None and not blocks:
            kind = ChunkKind.DEFINITION
        return Piece(start, end, kind, owner, context)

    def _split(self, atom: _Atom, owner: Block | None) -> list[Piece]:
        """The pieces of what does not fit."""
        block = atom.block
        if block is None:
            return self._cut(atom.start, atom.end, owner)
        members = [child for child in block.children if not child.inline]
        if not members:
            return self._cut(atom.start, atom.end, block)
        inner = Layout(self._page, self._cutter, self._plain, self._policy)
        at = block.start
        if block.kind in CONTAINERS:
            header = self._outline(block, members[0].start - 1)
            inner._pieces.append(header)
            at = header.end + 1
        inner._region(at, block.end, members, block)
        return inner._pieces

    def _outline(self, block: Block, end: int) -> Piece:
        """The header of a class: as many lines before its first member as leave room for signatures."""
        end = self._page.trim(block.start, max(end, block.start))[1]
        most = self._policy.outline * self._page.limit
        while end > max(block.header_end, block.start) and self._page.cost(block.start, end) > most:
            end -= 1
        return Piece(block.start, end, ChunkKind.OUTLINE, block, block.parent)

    def _cut(self, start: int, end: int, owner: Block | None) -> list[Piece]:
        kind = self._plain if owner is None or self._plain is ChunkKind.PROSE else ChunkKind.DEFINITION
        pieces = []
        for first, last in self._cutter.cut(start, end, self._budget(owner), owner.node if owner else None):
            inside = owner is not None and first > owner.line
            overlong = first == last and self._page.cost(first, last) > self._page.limit
            pieces.append(
                Piece(
                    first,
                    last,
                    ChunkKind.LINES if overlong else kind,
                    owner,
                    owner if inside else (owner.parent if owner else None),
                )
            )
        return pieces

    def _without_scraps(self, pieces: list[Piece], owner: Block | None) -> list[Piece]:
        """Join what is too small to be found with the piece before it, or else with the one after."""
        kept: list[Piece] = []
        for piece in pieces:
            previous = kept[-1] if kept else None
            if previous and self._is_scrap(piece) and self._joins(previous, piece):
                kept[-1] = _joined(previous, piece, previous)
            elif previous and self._is_scrap(previous) and self._joins(previous, piece):
                kept[-1] = _joined(previous, piece, piece)
            else:
                kept.append(piece)
        return kept

    def _is_scrap(self, piece: Piece) -> bool:
        if piece.kind is ChunkKind.OUTLINE or piece.whole:
            return False
        page = self._page
        small = page.cost(piece.start, piece.end) < self._policy.scrap * page.limit
        return small or page.is_closing(piece.start, piece.end)

    def _joins(self, first: Piece, second: Piece) -> bool:
        page = self._page
        if first.kind is ChunkKind.OUTLINE or second.kind is ChunkKind.OUTLINE:
            return False
        if page.is_closing(second.start, second.end):
            return True
        return page.cost(first.start, second.end) <= self._budget(first.context)


def _joined(first: Piece, second: Piece, main: Piece) -> Piece:
    return Piece(first.start, second.end, main.kind, main.owner, first.context, main.whole)
