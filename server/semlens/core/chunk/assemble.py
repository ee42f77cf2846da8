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
from semlens.core.chunk.structure import dialect, structure
from semlens.core.chunk.tree import Block, Outline, with_lines
from semlens.core.languages import LANGUAGES, TEXT, Language
from semlens.types import Chunk, ChunkKind, ContentHash, Symbol

_CHARACTERS_A_TOKEN = 16
"""No more characters than this for each token are tried when a line is cut."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A chunk, and where the words of its embedding text stand."""

    chunk: Chunk
    rows: tuple[tuple[int, int], ...] | None
    """Ranges of the text's lines, 0-based and inclusive, in order; None if it has other words."""


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
        return [Worded(chunk, None) for cell in cells for chunk in _of_cell(cell, lines, measure)]
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


def _of_cell(cell: notebook.Cell, lines: list[str], measure: Measure) -> Iterator[Chunk]:
    """A cell's chunks, at the lines of the notebook's JSON."""
    chunks = chunk_source(cell.text, cell.language, measure)
    line_by_line = cell.end - cell.start - 1 == len(cell.text.rstrip("\n").split("\n"))
    for chunk in chunks if line_by_line else chunks[:1]:
        first = cell.start + chunk.start_line if chunk is not chunks[0] else cell.start
        last = cell.start + chunk.end_line if chunk is not chunks[-1] and line_by_line else cell.end
        yield replace(
            chunk,
            text="\n".join(lines[first : last + 1]),
            start_line=first + 1,
            end_line=last + 1,
            language="jupyter",
        )


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
            yield self._chunk(piece)

    def _chunk(self, piece: Piece) -> Worded:
        embedding_text, rows = self._embedding_text(piece)
        block = piece.owner
        first = bisect_left(self._name_lines, piece.start)
        last = bisect_right(self._name_lines, piece.end)
        header = self._page.lines[block.line : block.header_end + 1] if block else []
        docstring = block.doc if block else self._outline.doc if piece.kind is ChunkKind.OUTLINE else ""
        chunk = Chunk(
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
        return Worded(chunk, rows)

    def _embedding_text(self, piece: Piece) -> tuple[str, tuple[tuple[int, int], ...] | None]:
        """The piece below the headers that enclose it, within the model's limit, and its lines."""
        page = self._page
        above = self._layout.context_rows(piece.context)
        rest = page.limit - sum(page.cost(row, row) for row in above)
        words = [page.lines[row].strip() for row in above]
        whole = page.cost(piece.start, piece.start) <= rest
        members: list[tuple[int, int]] = []
        if whole:
            last = page.last_within(piece.start, piece.end, rest)
            words += page.lines[piece.start : last + 1]
            rest -= page.cost(piece.start, last)
        else:
            words.append(self._beginning(page.lines[piece.start], rest))
            rest = 0
        if piece.kind is ChunkKind.OUTLINE:
            members = list(self._members(piece.owner, rest))
            words += [" ".join(map(str.strip, page.lines[first : end + 1])) for first, end in members]
        rows = (*((row, row) for row in above), (piece.start, last), *members) if whole else None
        return "\n".join(words), rows

    def _members(self, owner: Block | None, rest: int) -> Iterator[tuple[int, int]]:
        """Lines of the signatures of the members of `owner`, or of the file, that `rest` tokens hold."""
        for member in with_lines(owner.children if owner else self._outline.blocks):
            cost = self._page.cost(member.line, member.header_end)
            if member.kind == "constant" or cost > rest:
                continue
            rest -= cost
            yield member.line, member.header_end

    def _beginning(self, line: str, limit: int) -> str:
        """As much of the beginning of `line` as `limit` tokens hold."""
        low, high = 0, min(len(line), limit * _CHARACTERS_A_TOKEN)
        while low < high:
            middle = (low + high + 1) // 2
            if sum(self._measure.line_tokens(line[:middle])) <= limit:
                low = middle
            else:
                high = middle - 1
        return line[:low]
