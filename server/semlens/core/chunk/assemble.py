"""From a text to its chunks: find the structure, lay out, and word each piece for the models."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from semlens.core.chunk import notebook, wording
from semlens.core.chunk.layout import Layout, Piece
from semlens.core.chunk.measure import Measure
from semlens.core.chunk.page import Page
from semlens.core.chunk.parts import parts
from semlens.core.chunk.structure import dialect, structure
from semlens.core.chunk.tree import Block, Outline, with_lines
from semlens.core.text.languages import LANGUAGES, TEXT, Language
from semlens.types import Chunk, ChunkKind, ContentHash, Symbol


@dataclass(frozen=True, slots=True)
class Worded:
    """A chunk, and where the words of its embedding text stand."""

    chunk: Chunk
    rows: tuple[tuple[int, int], ...] | None
    """Ranges of the text's lines, 0-based and inclusive, in order; None if it has other words."""
    part: bool = False
    """The chunk's text is a part of its lines, which other chunks have too."""


def chunk_source(text: str, language: str, measure: Measure) -> list[Chunk]:
    """The chunks of `text`, in order. `language` is a name of `LANGUAGES`, or anything for plain text."""
    return [worded.chunk for worded in chunk_rows(text, language, measure)]


def chunk_rows(text: str, language: str, measure: Measure) -> list[Worded]:
    """As `chunk_source`, with the lines of each chunk's embedding text."""
    if not text.strip():
        return []
    cells = notebook.cells(text) if language == "jupyter" else None
    if cells:
        lines = text.split("\n")
        return [worded for cell in cells for worded in _of_cell(cell, lines, measure)]
    known = dialect(text, LANGUAGES.get(language) or Language(TEXT))
    return list(_Writer(text, known, measure).chunks())


def definitions(text: str, language: str) -> list[Symbol]:
    """Every definition of `text`, in order, with its lines; the comments above it are not counted."""
    return [definition.symbol for definition in documented(text, language)]


@dataclass(frozen=True, slots=True)
class Documented:
    """A definition with what its author wrote about it."""

    symbol: Symbol
    docstring: str
    lines: tuple[int, ...]
    """The 1-based lines that hold nothing but the comments above it and its docstring."""


def documented(text: str, language: str) -> list[Documented]:
    """Every definition of `text`, in order, with its documentation, if it has any."""
    known = LANGUAGES.get(language)
    if known is None or not text.strip():
        return []
    outline = structure(text, dialect(text, known))
    return [
        Documented(_symbol(block), block.doc, tuple(row + 1 for row in block.doc_lines))
        for block in outline.walk()
        if block.kind != "scope"
    ]


def _symbol(block: Block) -> Symbol:
    kind = "extension" if block.kind == "scope" else block.kind
    return Symbol(block.name, kind, block.container or None, block.line + 1, block.end + 1)


def _content_hash(text: str) -> ContentHash:
    return ContentHash(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])


def _of_cell(cell: notebook.Cell, lines: list[str], measure: Measure) -> Iterator[Worded]:
    """A cell's chunks, at the lines of the notebook's JSON; several at the same have their own words."""
    found = chunk_rows(cell.text, cell.language, measure)
    line_by_line = cell.end - cell.start - 1 == len(cell.text.rstrip("\n").split("\n"))
    together = not line_by_line and (cell.shared or len(found) > 1)
    top, bottom = found[0].chunk.start_line, found[-1].chunk.end_line
    for chunk, part in ((worded.chunk, worded.part or together) for worded in found):
        inside = line_by_line and chunk.start_line != top
        first = cell.start + chunk.start_line if inside else cell.start
        last = cell.start + chunk.end_line if line_by_line and chunk.end_line != bottom else cell.end
        text = chunk.text if part else "\n".join(lines[first : last + 1])
        placed = replace(chunk, text=text, start_line=first + 1, end_line=last + 1, language="jupyter")
        yield Worded(placed, None, part)


class _Writer:
    """Makes one file's pieces into chunks."""

    def __init__(self, text: str, language: Language, measure: Measure) -> None:
        self._language = language
        self._measure = measure
        self._outline: Outline = structure(text, language)
        lines = text.split("\n")
        self._page = Page(lines, measure.line_tokens(text), max(measure.limit, 1))
        plain = ChunkKind.LINES
        if language.prose:
            plain = ChunkKind.PROSE
        elif language.grammar:
            plain = ChunkKind.GROUP
        self._layout = Layout(self._page, self._outline, plain)
        names = [block for block in self._outline.walk() if block.kind != "scope"]
        names.sort(key=lambda block: block.name_line)
        self._names = [block.name for block in names]
        self._name_lines = [block.name_line for block in names]

    def chunks(self) -> Iterator[Worded]:
        for piece in self._layout.pieces():
            above = self._layout.context_rows(piece.context)
            rest = self._page.limit - sum(self._page.cost(row, row) for row in above)
            if self._page.has_longer_line(piece.start, piece.end, rest):
                yield from self._parts(piece, above, rest)
            else:
                yield self._whole(piece, above, rest)

    def _whole(self, piece: Piece, above: list[int], rest: int) -> Worded:
        """The piece below the headers that enclose it, of which `rest` tokens are left."""
        page = self._page
        last = page.last_within(piece.start, piece.end, rest)
        words = [*(page.lines[row].strip() for row in above), *page.lines[piece.start : last + 1]]
        members: list[tuple[int, int]] = []
        if piece.kind is ChunkKind.OUTLINE:
            members = list(self._members(piece.owner, rest - page.cost(piece.start, last)))
            words += [" ".join(map(str.strip, page.lines[first : end + 1])) for first, end in members]
        rows = (*((row, row) for row in above), (piece.start, last), *members)
        return Worded(self._chunk(piece, "\n".join(words)), rows)

    def _parts(self, piece: Piece, above: list[int], rest: int) -> Iterator[Worded]:
        """A piece with a line that does not fit, in several; what it defines is the first one's alone."""
        words = [self._page.lines[row].strip() for row in above]
        whole = self._chunk(piece, "")
        for number, part in enumerate(parts(whole.text, rest, self._measure)):
            seen = "\n".join([*words, part.seen])
            chunk = replace(whole, text=part.text, embedding_text=seen, content_hash=_content_hash(seen))
            yield Worded(replace(chunk, defines=()) if number else chunk, None, part=True)

    def _chunk(self, piece: Piece, embedding_text: str) -> Chunk:
        block = piece.owner
        first = bisect_left(self._name_lines, piece.start)
        last = bisect_right(self._name_lines, piece.end)
        header = self._page.lines[block.line : block.header_end + 1] if block else []
        docstring = block.doc if block else self._outline.doc if piece.kind is ChunkKind.OUTLINE else ""
        return Chunk(
            text="\n".join(self._page.lines[piece.start : piece.end + 1]),
            start_line=piece.start + 1,
            end_line=piece.end + 1,
            language=self._language.name,
            kind=piece.kind,
            embedding_text=embedding_text,
            content_hash=_content_hash(embedding_text),
            symbol=_symbol(block) if block else None,
            defines=tuple(dict.fromkeys(self._names[first:last])),
            docstring=docstring,
            signature=wording.signature(list(header)),
        )

    def _members(self, owner: Block | None, rest: int) -> Iterator[tuple[int, int]]:
        """Lines of the signatures of the members of `owner`, or of the file, that `rest` tokens hold."""
        for member in with_lines(owner.children if owner else self._outline.blocks):
            cost = self._page.cost(member.line, member.header_end)
            if member.kind == "constant" or cost > rest:
                continue
            rest -= cost
            yield member.line, member.header_end
