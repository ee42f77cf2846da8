"""Which lines become one chunk.

A definition that fits is one chunk; small neighbours share one; a class that does not fit
becomes an outline and its members; anything else that does not fit is cut where the code
itself is loosest. Every non-blank line lands in exactly one piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from semlens.core.chunk.page import Page
from semlens.core.chunk.tree import CLASS_LIKE, LOCAL, Block, Outline, with_lines
from semlens.types import ChunkKind

_CONTAINERS = CLASS_LIKE | {"module"}
"""Kinds that are shown as an outline when they do not fit as a whole."""
_LICENCE = re.compile(r"copyright|licen[cs]e|spdx-", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Policy:
    """Shares of the model's window."""

    alone: float = 0.4
    """A definition of this size or more is not merged with its neighbours."""
    merged: float = 0.9
    """How full a group of small neighbours may get."""
    scrap: float = 0.08
    """Lines smaller than this, without a definition, join a neighbour of any size."""
    context: float = 0.25
    """How much the headers of the enclosing definitions may take."""
    outline: float = 0.5
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
    """The piece holds all of its owner."""


@dataclass(frozen=True, slots=True)
class _Atom:
    start: int
    end: int
    block: Block | None


class Layout:
    """Lays out one file. `plain` is the kind of pieces that belong to no definition."""

    def __init__(self, page: Page, outline: Outline, plain: ChunkKind, policy: Policy | None = None) -> None:
        self._page = page
        self._outline = outline
        self._plain = plain
        self._policy = policy or Policy()

    def pieces(self) -> list[Piece]:
        """The pieces of the whole file, in order."""
        page, last = self._page, len(self._page.lines) - 1
        licence_end = self._licence_end()
        pieces = [Piece(first, end, ChunkKind.LINES, None, None) for first, end in page.cut(0, licence_end)]
        at = licence_end + 1
        members = with_lines(self._outline.blocks)
        if len(members) > 1 and self._plain is ChunkKind.GROUP and page.cost(at, last) > page.limit:
            first, end = page.trim(at, members[0].start - 1)
            if first <= end:
                end = self._outline_end(first, first, end)
                pieces.append(Piece(first, end, ChunkKind.OUTLINE, None, None))
                at = end + 1
        return pieces + self._region(at, last, members, None)

    def context_rows(self, block: Block | None) -> list[int]:
        """Header lines of `block` and what encloses it, outermost first, within the policy's share."""
        page, rest = self._page, int(self._page.limit * self._policy.context)
        rows: list[int] = []
        while block is not None:
            for first, last in ((block.line, block.header_end), (block.name_line, block.name_line)):
                cost = page.cost(first, last)
                if cost <= rest:
                    rows = [*range(first, last + 1), *rows]
                    rest -= cost
                    break
            block = block.parent
        return rows

    def _budget(self, context: Block | None) -> int:
        return self._page.limit - sum(self._page.cost(row, row) for row in self.context_rows(context))

    def _licence_end(self) -> int:
        """The last line of the licence text at the top of the file, or -1: every file has the same."""
        page, comments = self._page, self._outline.comment_lines
        start = page.trim(0, len(page.lines) - 1)[0]
        end = start
        while end in comments:
            end += 1
        return end - 1 if end > start and _LICENCE.search("\n".join(page.lines[start:end])) else -1

    def _region(self, start: int, end: int, blocks: list[Block], owner: Block | None) -> list[Piece]:
        """Lay out the lines `start` to `end`, which hold `blocks`."""
        page, policy = self._page, self._policy
        budget = self._budget(owner)
        most = min(budget, int(policy.merged * page.limit))
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
                if group and page.cost(group[0].start, atom.end) > most:
                    flush()
                group.append(atom)
        flush()
        return self._without_scraps(pieces)

    def _atoms(self, start: int, end: int, blocks: list[Block]) -> Iterator[_Atom]:
        """Definitions and the runs of lines between them."""
        at = start
        for block in blocks:
            first_line = max(block.start, at)
            if first_line > block.end:
                continue
            first, last = self._page.trim(at, first_line - 1)
            if first <= last:
                yield _Atom(first, last, None)
            first, last = self._page.trim(first_line, block.end)
            if first <= last:
                yield _Atom(first, last, block)
            at = block.end + 1
        first, last = self._page.trim(at, end)
        if first <= last:
            yield _Atom(first, last, None)

    def _grouped(self, atoms: list[_Atom], owner: Block | None) -> Piece:
        start, end = atoms[0].start, atoms[-1].end
        blocks = [atom.block for atom in atoms if atom.block]
        if owner and start <= owner.line <= end:
            return Piece(start, end, self._kind(ChunkKind.DEFINITION), owner, owner.parent)
        if len(blocks) == 1 and self._mostly(blocks[0], start, end):
            return Piece(start, end, self._kind(ChunkKind.DEFINITION), blocks[0], owner, whole=True)
        kind = ChunkKind.GROUP if blocks else ChunkKind.DEFINITION if owner else self._plain
        return Piece(start, end, self._kind(kind), owner, owner)

    def _kind(self, kind: ChunkKind) -> ChunkKind:
        return ChunkKind.PROSE if self._plain is ChunkKind.PROSE else kind

    def _mostly(self, block: Block, start: int, end: int) -> bool:
        page = self._page
        return 2 * page.cost(block.start, block.end) >= page.cost(start, end)

    def _split(self, atom: _Atom, owner: Block | None) -> list[Piece]:
        """The pieces of what does not fit."""
        block = atom.block
        if block is None:
            return self._cut(atom.start, atom.end, owner)
        members = with_lines(block.children)
        if not members:
            return self._cut(atom.start, atom.end, block)
        if block.kind not in _CONTAINERS or members[0].start <= atom.start:
            return self._region(atom.start, atom.end, members, block)
        last = self._page.trim(atom.start, members[0].start - 1)[1]
        last = self._outline_end(atom.start, min(block.header_end, last), last)
        header = Piece(atom.start, last, ChunkKind.OUTLINE, block, block.parent)
        return [header, *self._region(last + 1, atom.end, members, block)]

    def _outline_end(self, start: int, least: int, end: int) -> int:
        """The last of an outline's own lines: what leaves room for signatures, and not before `least`."""
        most = self._policy.outline * self._page.limit
        while end > max(least, start) and self._page.cost(start, end) > most:
            end -= 1
        return self._page.trim(start, end)[1]

    def _cut(self, start: int, end: int, owner: Block | None) -> list[Piece]:
        kind = self._kind(ChunkKind.DEFINITION if owner else self._plain)
        pieces = []
        for first, last in self._page.cut(start, end, self._budget(owner)):
            context = owner.parent if owner and first <= owner.line <= last else owner
            pieces.append(Piece(first, last, kind, owner, context))
        return pieces

    def _without_scraps(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Join what is too small to be found with the piece before it, or else with the one after."""
        kept: list[Piece] = []
        for piece in pieces:
            previous = kept[-1] if kept else None
            if previous and self._is_scrap(piece) and self._joins(previous, piece):
                kept[-1] = replace(previous, end=piece.end)
            elif previous and self._is_scrap(previous) and self._joins(previous, piece):
                kept[-1] = replace(piece, start=previous.start, context=previous.context)
            else:
                kept.append(piece)
        return kept

    def _is_scrap(self, piece: Piece) -> bool:
        if piece.kind is ChunkKind.OUTLINE:
            return False
        if piece.whole and (piece.owner is None or piece.owner.kind not in LOCAL):
            return False
        cost = self._page.cost(piece.start, piece.end)
        return cost < self._policy.scrap * self._page.limit or self._page.is_closing(piece.start, piece.end)

    def _joins(self, first: Piece, second: Piece) -> bool:
        page = self._page
        if ChunkKind.OUTLINE in (first.kind, second.kind):
            return page.is_closing(second.start, second.end)
        fits = page.cost(first.start, second.end) <= self._budget(first.context)
        return fits or page.is_closing(second.start, second.end)
