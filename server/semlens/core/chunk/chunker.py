"""Turns a text into chunks: finds its structure, splits its lines, and writes each chunk's embedding text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from semlens.core.chunk.docstrings import signature_of
from semlens.core.chunk.line_tokenizer import LineTokenizer
from semlens.core.chunk.long_text import split_long_text
from semlens.core.chunk.source_lines import SourceLines
from semlens.core.chunk.splitter import Piece, Splitter
from semlens.core.chunk.structure import find_structure
from semlens.core.chunk.tree import Definition, with_own_lines
from semlens.core.text import notebook
from semlens.core.text.languages import LANGUAGES, TEXT, Language
from semlens.core.util.content_hash import hash_text
from semlens.types import Chunk, ChunkKind, NamedRows, RowRoles, Symbol


@dataclass(frozen=True, slots=True)
class ChunkWithRows:
    """A chunk, and the lines of its embedding text."""

    chunk: Chunk
    rows: tuple[tuple[int, int], ...] | None
    """Ranges of lines, 0-based and inclusive, that hold the words of the embedding text, in its order.

    None if the embedding text is not made of whole lines.
    """
    is_part: bool = False
    """The chunk's text is a part of its lines, which other chunks share."""


def chunk_source(
    text: str, language: str, tokenizer: LineTokenizer, parsed: str | None = None
) -> list[Chunk]:
    """The chunks of `text`, in order.

    `language` is a name of `LANGUAGES`, or anything else for plain text. The embedding text of each
    chunk fits `tokenizer.limit` tokens. The definitions are those of `parsed`, which is `text` with whole
    lines where `text` has only their beginnings.
    """
    return [found.chunk for found in chunk_with_rows(text, language, tokenizer, parsed)]


def chunk_with_rows(
    text: str, language: str, tokenizer: LineTokenizer, parsed: str | None = None
) -> list[ChunkWithRows]:
    """As `chunk_source`, with the lines of each chunk's embedding text."""
    if not text.strip():
        return []
    cells = notebook.cells(text) if language == "jupyter" else None
    if cells:
        lines = text.split("\n")
        return [found for cell in cells for found in _chunks_of_cell(cell, lines, tokenizer)]
    known = LANGUAGES.get(language) or Language(TEXT)
    return list(_FileChunker(text, text if parsed is None else parsed, known, tokenizer).chunks())


def definitions(text: str, language: str) -> list[Symbol]:
    """Every definition of `text`, in order, with its lines but without the comments above it."""
    return [definition.symbol for definition in documented_definitions(text, language)]


@dataclass(frozen=True, slots=True)
class DocumentedDefinition:
    """A definition with its documentation."""

    symbol: Symbol
    docstring: str
    lines: tuple[int, ...]
    """The 1-based lines that hold nothing but the comments above it and its docstring."""


def documented_definitions(text: str, language: str) -> list[DocumentedDefinition]:
    """Every definition of `text`, in order. Its docstring is "" if it has none."""
    known = LANGUAGES.get(language)
    if known is None or not text.strip():
        return []
    return [
        DocumentedDefinition(_symbol(found), found.docstring, tuple(row + 1 for row in found.docstring_lines))
        for found in find_structure(text, known).walk()
        if found.kind != "scope"
    ]


def _symbol(definition: Definition) -> Symbol:
    kind = "extension" if definition.kind == "scope" else definition.kind
    container = definition.container or None
    return Symbol(definition.name, kind, container, definition.line + 1, definition.end + 1)


def _chunks_of_cell(
    cell: notebook.Cell, lines: list[str], tokenizer: LineTokenizer
) -> Iterator[ChunkWithRows]:
    """A cell's chunks at lines of the notebook's JSON, which are `lines`.

    If several chunks share these lines, each has a part of the cell as its text.
    """
    found = chunk_with_rows(cell.text, cell.language, tokenizer)
    line_by_line = cell.line_by_line
    share_lines = not line_by_line and (cell.shared or len(found) > 1)
    top, bottom = found[0].chunk.start_line, found[-1].chunk.end_line
    for chunk, is_part in ((one.chunk, one.is_part or share_lines) for one in found):
        inside = line_by_line and chunk.start_line != top
        first = cell.start + chunk.start_line if inside else cell.start
        last = cell.start + chunk.end_line if line_by_line and chunk.end_line != bottom else cell.end
        text = chunk.text if is_part else "\n".join(lines[first : last + 1])
        roles = chunk.roles if inside else _moved(chunk.roles, 1) if line_by_line else RowRoles()
        moved = replace(
            chunk, text=text, start_line=first + 1, end_line=last + 1, language="jupyter", roles=roles
        )
        yield ChunkWithRows(moved, None, is_part)


def _moved(roles: RowRoles, rows: int) -> RowRoles:
    """`roles` in a text with `rows` more rows above."""
    return RowRoles(
        tuple(
            replace(one, start=one.start + rows, name_row=one.name_row + rows, end=one.end + rows)
            for one in roles.definitions
        ),
        tuple((first + rows, last + rows) for first, last in roles.comments),
    )


class _FileChunker:
    """Makes the chunks of one file from its pieces."""

    def __init__(self, text: str, parsed: str, language: Language, tokenizer: LineTokenizer) -> None:
        self._language = language
        self._tokenizer = tokenizer
        self._structure = find_structure(parsed, language)
        lines = text.split("\n")
        self._source = SourceLines(lines, tokenizer.line_tokens(text), max(tokenizer.limit, 1))
        plain = ChunkKind.LINES
        if language.prose:
            plain = ChunkKind.PROSE
        elif language.grammar:
            plain = ChunkKind.GROUP
        self._splitter = Splitter(self._source, self._structure, plain)
        named = [definition for definition in self._structure.walk() if definition.kind != "scope"]
        named.sort(key=lambda definition: definition.name_line)
        self._named = named
        self._name_lines = [definition.name_line for definition in named]
        self._comment_lines = sorted(self._structure.comment_lines | self._structure.docstring_lines)

    def chunks(self) -> Iterator[ChunkWithRows]:
        for piece in self._splitter.pieces():
            headers = self._splitter.context_rows(piece.context)
            budget = self._source.limit - sum(self._source.tokens(row, row) for row in headers)
            if self._source.has_longer_line(piece.start, piece.end, budget):
                yield from self._parts(piece, headers, budget)
            else:
                yield self._whole(piece, headers, budget)

    def _whole(self, piece: Piece, headers: list[int], budget: int) -> ChunkWithRows:
        """The chunk of a piece: the lines `headers` around it and, within `budget` tokens, its own lines."""
        source = self._source
        last = source.last_within(piece.start, piece.end, budget)
        embedded = [*(source.lines[row].strip() for row in headers), *source.lines[piece.start : last + 1]]
        members: list[tuple[int, int]] = []
        if piece.kind is ChunkKind.OUTLINE:
            members = list(self._signatures(piece.owner, budget - source.tokens(piece.start, last)))
            embedded += [" ".join(map(str.strip, source.lines[first : end + 1])) for first, end in members]
        rows = (*((row, row) for row in headers), (piece.start, last), *members)
        return ChunkWithRows(self._chunk(piece, "\n".join(embedded)), rows)

    def _parts(self, piece: Piece, headers: list[int], budget: int) -> Iterator[ChunkWithRows]:
        """The chunks of a piece with a line that exceeds `budget`. Only the first defines its names."""
        above = [self._source.lines[row].strip() for row in headers]
        whole = self._chunk(piece, "")
        for number, part in enumerate(split_long_text(whole.text, budget, self._tokenizer)):
            embedded = "\n".join([*above, part.embedded])
            chunk = replace(whole, text=part.text, embedding_text=embedded, content_hash=hash_text(embedded))
            yield ChunkWithRows(replace(chunk, defines=()) if number else chunk, None, is_part=True)

    def _chunk(self, piece: Piece, embedding_text: str) -> Chunk:
        owner, lines = piece.owner, self._source.lines
        first = bisect_left(self._name_lines, piece.start)
        last = bisect_right(self._name_lines, piece.end)
        header, docstring = list[str](), ""
        if owner:
            header, docstring = list(lines[owner.line : owner.header_end + 1]), owner.docstring
        elif piece.kind is ChunkKind.OUTLINE:
            docstring = self._structure.docstring
        return Chunk(
            text="\n".join(lines[piece.start : piece.end + 1]),
            start_line=piece.start + 1,
            end_line=piece.end + 1,
            language=self._language.name,
            kind=piece.kind,
            embedding_text=embedding_text,
            content_hash=hash_text(embedding_text),
            symbol=_symbol(owner) if owner else None,
            defines=tuple(dict.fromkeys(definition.name for definition in self._named[first:last])),
            docstring=docstring,
            signature=signature_of(header),
            roles=self._roles(piece, self._named[first:last]),
        )

    def _roles(self, piece: Piece, named: list[Definition]) -> RowRoles:
        """What the rows of a piece are; `named` are the definitions whose names it holds."""
        first, last = piece.start, piece.end
        definitions = tuple(
            NamedRows(
                one.name,
                one.kind,
                one.container,
                max(one.start, first) - first,
                one.name_line - first,
                min(one.end, last) - first,
            )
            for one in named
        )
        comments = self._comment_lines[bisect_left(self._comment_lines, first) :]
        rows = [line - first for line in comments[: bisect_right(comments, last)]]
        return RowRoles(definitions, tuple(_runs(rows)))

    def _signatures(self, owner: Definition | None, budget: int) -> Iterator[tuple[int, int]]:
        """The lines of the headers of the members of `owner`, or of the file, that fit `budget` tokens."""
        for member in with_own_lines(owner.children if owner else self._structure.definitions):
            tokens = self._source.tokens(member.line, member.header_end)
            if member.kind == "constant" or tokens > budget:
                continue
            budget -= tokens
            yield member.line, member.header_end


def _runs(rows: list[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each run of successive numbers in `rows`, which ascend."""
    starts = [row for at, row in enumerate(rows) if at == 0 or rows[at - 1] != row - 1]
    ends = [row for at, row in enumerate(rows) if at + 1 == len(rows) or rows[at + 1] != row + 1]
    return zip(starts, ends, strict=True)
