"""Splits the lines of a file into pieces; each piece becomes a chunk.

A definition that fits the model's window is one piece; small neighbours share one; a class that does not fit
becomes an outline and pieces for its members; other lines that do not fit are cut where the code is least
nested. Every non-blank line is in exactly one piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from semlens.core.chunk.source_lines import SourceLines
from semlens.core.chunk.tree import CLASS_LIKE, LOCAL, Definition, Structure, with_own_lines
from semlens.types import ChunkKind

_CONTAINERS = CLASS_LIKE | {"module"}
"""Kinds that get an outline if they do not fit as a whole."""
_LICENCE = re.compile(r"copyright|licen[cs]e|spdx-", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WindowShares:
    """Sizes of pieces as shares of the model's window."""

    alone: float = 0.4
    """A definition of this size or more is not merged with its neighbours."""
    merged: float = 0.9
    """The most that a group of small neighbours has."""
    small: float = 0.08
    """Fewer lines than this, without a definition, join a neighbour of any size."""
    context: float = 0.25
    """The most that the headers of the enclosing definitions have."""
    outline: float = 0.5
    """The most that an outline's own lines have; the rest is for the members' signatures."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that become one chunk, 0-based and inclusive."""

    start: int
    end: int
    kind: ChunkKind
    owner: Definition | None
    """The definition that the piece is or lies in."""
    context: Definition | None
    """The innermost enclosing definition whose header is not in the piece."""
    whole: bool = False
    """The piece holds all of its owner."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """A definition, or lines between two definitions."""

    start: int
    end: int
    definition: Definition | None


class Splitter:
    """Splits one file. `plain` is the kind of the pieces that belong to no definition."""

    def __init__(
        self,
        source: SourceLines,
        structure: Structure,
        plain: ChunkKind,
        shares: WindowShares | None = None,
    ) -> None:
        self._source = source
        self._structure = structure
        self._plain = plain
        self._shares = shares or WindowShares()

    def pieces(self) -> list[Piece]:
        """The pieces of the whole file, in order."""
        source, last = self._source, len(self._source.lines) - 1
        licence_end = self._licence_end()
        pieces = [Piece(first, end, ChunkKind.LINES, None, None) for first, end in source.cut(0, licence_end)]
        at = licence_end + 1
        members = with_own_lines(self._structure.definitions)
        if len(members) > 1 and self._plain is ChunkKind.GROUP and source.tokens(at, last) > source.limit:
            first, end = source.trim(at, members[0].start - 1)
            if first <= end:
                end = self._outline_end(first, first, end)
                pieces.append(Piece(first, end, ChunkKind.OUTLINE, None, None))
                at = end + 1
        return pieces + self._split_region(at, last, members, None)

    def context_rows(self, definition: Definition | None) -> list[int]:
        """The header lines of `definition` and all around it, outermost first, within their share."""
        source, rest = self._source, int(self._source.limit * self._shares.context)
        rows: list[int] = []
        while definition is not None:
            name_line = definition.name_line
            for first, last in ((definition.line, definition.header_end), (name_line, name_line)):
                tokens = source.tokens(first, last)
                if tokens <= rest:
                    rows = [*range(first, last + 1), *rows]
                    rest -= tokens
                    break
            definition = definition.parent
        return rows

    def _budget(self, context: Definition | None) -> int:
        """Tokens of the window that the headers of `context` leave."""
        return self._source.limit - sum(self._source.tokens(row, row) for row in self.context_rows(context))

    def _licence_end(self) -> int:
        """The last line of the licence at the top of the file, or -1. It is a piece of its own."""
        source, comments = self._source, self._structure.comment_lines
        start = source.trim(0, len(source.lines) - 1)[0]
        end = start
        while end in comments:
            end += 1
        return end - 1 if end > start and _LICENCE.search("\n".join(source.lines[start:end])) else -1

    def _split_region(
        self, start: int, end: int, definitions: list[Definition], owner: Definition | None
    ) -> list[Piece]:
        """The pieces of the lines `start` to `end`, which hold `definitions` and lie in `owner`."""
        source, shares = self._source, self._shares
        budget = self._budget(owner)
        most = min(budget, int(shares.merged * source.limit))
        pieces: list[Piece] = []
        group: list[_Segment] = []

        def flush() -> None:
            if group:
                pieces.append(self._merged(group, owner))
                group.clear()

        for segment in self._segments(start, end, definitions):
            tokens = source.tokens(segment.start, segment.end)
            if tokens > budget:
                flush()
                pieces.extend(self._split_segment(segment, owner))
            elif segment.definition and tokens >= shares.alone * source.limit:
                flush()
                pieces.append(self._merged([segment], owner))
            else:
                if group and source.tokens(group[0].start, segment.end) > most:
                    flush()
                group.append(segment)
        flush()
        return self._join_small(pieces)

    def _segments(self, start: int, end: int, definitions: list[Definition]) -> Iterator[_Segment]:
        """The definitions and the lines between them, without blank lines at their ends."""
        at = start
        for definition in definitions:
            first_line = max(definition.start, at)
            if first_line > definition.end:
                continue
            first, last = self._source.trim(at, first_line - 1)
            if first <= last:
                yield _Segment(first, last, None)
            first, last = self._source.trim(first_line, definition.end)
            if first <= last:
                yield _Segment(first, last, definition)
            at = definition.end + 1
        first, last = self._source.trim(at, end)
        if first <= last:
            yield _Segment(first, last, None)

    def _merged(self, segments: list[_Segment], owner: Definition | None) -> Piece:
        """One piece of all `segments`."""
        start, end = segments[0].start, segments[-1].end
        definitions = [segment.definition for segment in segments if segment.definition]
        if owner and start <= owner.line <= end:
            return Piece(start, end, self._kind(ChunkKind.DEFINITION), owner, owner.parent)
        if len(definitions) == 1 and self._is_most_of(definitions[0], start, end):
            return Piece(start, end, self._kind(ChunkKind.DEFINITION), definitions[0], owner, whole=True)
        kind = ChunkKind.GROUP if definitions else ChunkKind.DEFINITION if owner else self._plain
        return Piece(start, end, self._kind(kind), owner, owner)

    def _kind(self, kind: ChunkKind) -> ChunkKind:
        return ChunkKind.PROSE if self._plain is ChunkKind.PROSE else kind

    def _is_most_of(self, definition: Definition, start: int, end: int) -> bool:
        source = self._source
        return 2 * source.tokens(definition.start, definition.end) >= source.tokens(start, end)

    def _split_segment(self, segment: _Segment, owner: Definition | None) -> list[Piece]:
        """The pieces of a segment that does not fit."""
        definition = segment.definition
        if definition is None:
            return self._cut(segment.start, segment.end, owner)
        members = with_own_lines(definition.children)
        if not members:
            return self._cut(segment.start, segment.end, definition)
        if definition.kind not in _CONTAINERS or members[0].start <= segment.start:
            return self._split_region(segment.start, segment.end, members, definition)
        last = self._source.trim(segment.start, members[0].start - 1)[1]
        last = self._outline_end(segment.start, min(definition.header_end, last), last)
        outline = Piece(segment.start, last, ChunkKind.OUTLINE, definition, definition.parent)
        return [outline, *self._split_region(last + 1, segment.end, members, definition)]

    def _outline_end(self, start: int, least: int, end: int) -> int:
        """The last of the outline's own lines: leaves room for signatures, and is not before `least`."""
        most = self._shares.outline * self._source.limit
        while end > max(least, start) and self._source.tokens(start, end) > most:
            end -= 1
        return self._source.trim(start, end)[1]

    def _cut(self, start: int, end: int, owner: Definition | None) -> list[Piece]:
        """The pieces of lines without definitions that lie in `owner`."""
        kind = self._kind(ChunkKind.DEFINITION if owner else self._plain)
        pieces = []
        for first, last in self._source.cut(start, end, self._budget(owner)):
            context = owner.parent if owner and first <= owner.line <= last else owner
            pieces.append(Piece(first, last, kind, owner, context))
        return pieces

    def _join_small(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Join each piece that is too small for a search with the piece before it, or else after it."""
        joined: list[Piece] = []
        for piece in pieces:
            previous = joined[-1] if joined else None
            if previous and self._is_small(piece) and self._may_join(previous, piece):
                joined[-1] = replace(previous, end=piece.end)
            elif previous and self._is_small(previous) and self._may_join(previous, piece):
                joined[-1] = replace(piece, start=previous.start, context=previous.context)
            else:
                joined.append(piece)
        return joined

    def _is_small(self, piece: Piece) -> bool:
        source = self._source
        if piece.kind is ChunkKind.OUTLINE:
            return False
        if piece.whole and (piece.owner is None or piece.owner.kind not in LOCAL):
            return False
        tokens = source.tokens(piece.start, piece.end)
        return tokens < self._shares.small * source.limit or source.is_closing(piece.start, piece.end)

    def _may_join(self, first: Piece, second: Piece) -> bool:
        source = self._source
        if ChunkKind.OUTLINE in (first.kind, second.kind):
            return source.is_closing(second.start, second.end)
        fits = source.tokens(first.start, second.end) <= self._budget(first.context)
        return fits or source.is_closing(second.start, second.end)
