"""Hits as passages of whole definitions: each line once, with the imports that the code needs.

The pieces are those of a prompt (`pack_context`), for a reader who takes numbered lines, and the rest later.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from semlens.core.cost.around import ParsedFile, piece_around
from semlens.core.pack.imports import Import
from semlens.core.pack.markdown import new_imports
from semlens.core.pack.nesting import nesting_of
from semlens.core.pack.passages import passage_id, passage_of, telling_rows, why
from semlens.core.pack.pieces import Piece
from semlens.core.pack.types import Passage
from semlens.types import Hit

_CHARACTERS: Final = 4
"""Of a token, about."""
_EXPLORED: Final = 4
"""Definitions are looked up for so many budgets of code; the hits behind them are passages as they are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What passages are made for."""

    words: Collection[str]
    """Of the query, as the lexical index spells them."""
    tokens: int
    """The budget."""
    shown_path: Callable[[Hit], str]
    readable: Callable[[str], str]
    """Replaces the characters that the reader cannot take."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A passage, and the places, in their sequence, of the hits whose lines it has."""

    passage: Passage
    hits: tuple[int, ...]


def whole_passages(
    hits: Sequence[Hit], file_of: Callable[[Hit], ParsedFile | None], asked: Asked
) -> list[Whole]:
    """The definitions around `hits`, by rank; hits in one definition are one passage.

    :param file_of: the file of a hit as it is now; None if it cannot be read
    """
    pieces = dict(_pieces(hits, file_of, asked))
    within = _of_pieces([hits[at] for at in pieces], [*pieces.values()], asked)
    order = [*pieces]
    wholes = [Whole(one.passage, tuple(order[at] for at in one.hits)) for one in within]
    for at, hit in enumerate(hits):
        if at not in pieces:
            passage = passage_of(hit, asked.shown_path(hit), asked.words, readable=asked.readable)
            wholes.append(Whole(passage, (at,)))
    return sorted(wholes, key=lambda one: one.hits)


def _pieces(
    hits: Sequence[Hit], file_of: Callable[[Hit], ParsedFile | None], asked: Asked
) -> Iterator[tuple[int, Piece]]:
    """The pieces around the first hits, by their places."""
    left = _EXPLORED * asked.tokens
    for at, hit in enumerate(hits):
        file = file_of(hit) if left > 0 else None
        if file is not None and hit.start_line <= len(file.lines):
            piece = piece_around(file, asked.shown_path(hit), range(hit.start_line, hit.end_line + 1))
            left -= _tokens(piece)
            yield at, piece


def _of_pieces(hits: Sequence[Hit], pieces: Sequence[Piece], asked: Asked) -> list[Whole]:
    nesting = nesting_of(pieces, asked.tokens // 2, _tokens)
    imported: dict[str, set[int]] = {}
    wholes: list[Whole] = []
    for at in nesting.turns:
        inside = tuple(one for one in range(len(pieces)) if nesting.holders.get(one, one) == at)
        if not inside:
            continue
        piece = pieces[at]
        rows = [row for row in range(len(piece.lines)) if row not in nesting.hidden[at]]
        if any(piece.lines[row].strip() for row in rows):
            first = hits[inside[0]]
            stale = any(hits[one].stale for one in inside)
            known = imported.setdefault(piece.path, set())
            wholes.append(Whole(_passage(first, stale, piece, rows, known, asked), inside))
        else:  # others have its lines
            other = next(one for one in range(len(wholes)) if wholes[one].passage.path == _path(piece, asked))
            wholes[other] = Whole(wholes[other].passage, (*wholes[other].hits, *inside))
    return wholes


def _passage(
    hit: Hit, stale: bool, piece: Piece, rows: Sequence[int], imported: set[int], asked: Asked
) -> Passage:
    """The rows of a piece, behind the imports that they need; these are then `imported`."""
    shown = frozenset(rows)
    own = [line if row in shown else "" for row, line in enumerate(piece.lines)]
    needed = new_imports(piece, "\n".join(own), imported)
    above = [line for one in needed for line in _numbered(one)]
    header = [row for row in piece.signature if row in shown]
    return Passage(
        id=passage_id(hit),
        path=_path(piece, asked),
        start_line=piece.start_line,
        lines=(*(asked.readable(line) for _, line in above), *map(asked.readable, own)),
        above=len(above),
        symbol=asked.readable(piece.name),
        why=why(hit.reasons),
        stale=stale,
        name_row=len(above) + (header or rows)[0],
        header=tuple(len(above) + row for row in header or rows[:1]),
        telling=tuple(len(above) + row for row in telling_rows(own, asked.words)),
        numbers=(*(number for number, _ in above), *range(piece.start_line, piece.start_line + len(own))),
        imported=len(above),
    )


def _numbered(one: Import) -> Iterator[tuple[int, str]]:
    return ((one.row + 1 + row, line) for row, line in enumerate(one.lines))


def _path(piece: Piece, asked: Asked) -> str:
    return asked.readable(piece.path).replace("\n", "\ufffd")


def _tokens(piece: Piece) -> int:
    return sum(map(len, piece.lines)) // _CHARACTERS
