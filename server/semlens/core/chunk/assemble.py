"""From a text to its chunks: parse, lay out, and word each piece for the models."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from semlens.core.chunk import text as wording
from semlens.core.chunk.cut import Cutter
from semlens.core.chunk.layout import Layout, Page, Piece
from semlens.core.chunk.measure import Measure
from semlens.core.chunk.tree import Block, Outline, parse
from semlens.core.languages import LANGUAGES, TEXT, Language
from semlens.types import Chunk, ChunkKind, ContentHash, Symbol


def chunk_source(text: str, language: str, measure: Measure) -> list[Chunk]:
    """The chunks of `text`, in order. `language` is a name of `LANGUAGES`, or anything for plain text."""
    if not text.strip():
        return []
    known = LANGUAGES.get(language) or Language(TEXT)
    outline = _read(text, known)
    lines = text.split("\n")
    page = Page(lines, measure.line_tokens(text), max(measure.limit, 1))
    plain = ChunkKind.PROSE if known.prose else ChunkKind.GROUP if known.grammar else ChunkKind.LINES
    layout = Layout(page, Cutter(page, outline.tree.root_node if outline.tree else None), plain)
    pieces = layout.run(outline.blocks)
    names = _names(outline.blocks)
    return [_Writer(page, layout, language, measure, names).write(piece) for piece in pieces]


def definitions(text: str, language: str) -> list[Symbol]:
    """Every definition of `text`, in order, with its lines; leading comments are not counted."""
    known = LANGUAGES.get(language)
    if known is None or not text.strip():
        return []
    found = (block for root in _read(text, known).blocks for block in root.walk())
    return [_symbol(block) for block in found if block.kind != "scope"]


def _read(text: str, language: Language) -> Outline:
    return parse(text.encode("utf-8", "surrogatepass"), language)


def _content_hash(text: str) -> ContentHash:
    return ContentHash(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])


def _symbol(block: Block) -> Symbol:
    return Symbol(block.name, block.kind, block.container or None, block.line + 1, block.end + 1)


def _names(blocks: Iterable[Block]) -> list[tuple[int, str]]:
    """Every defined name by its line."""
    found = (block for root in blocks for block in root.walk())
    return sorted((block.name_line, block.name) for block in found if block.kind != "scope")


class _Writer:
    """Makes a file's pieces into chunks."""

    def __init__(
        self, page: Page, layout: Layout, language: str, measure: Measure, names: Sequence[tuple[int, str]]
    ) -> None:
        self._page = page
        self._layout = layout
        self._language = language
        self._measure = measure
        self._names = names

    def write(self, piece: Piece) -> Chunk:
        lines = self._page.lines[piece.start : piece.end + 1]
        embedding_text = self._embedding_text(piece)
        block = piece.owner
        return Chunk(
            text="\n".join(lines),
            start_line=piece.start + 1,
            end_line=piece.end + 1,
            language=self._language,
            kind=piece.kind,
            embedding_text=embedding_text,
            content_hash=_content_hash(embedding_text),
            symbol=_symbol(block) if block and block.kind != "scope" else None,
            defines=tuple(dict.fromkeys(n for row, n in self._names if piece.start <= row <= piece.end)),
            docstring=self._docstring(block) if block else "",
            signature=self._signature(block) if block else "",
        )

    def _signature(self, block: Block) -> str:
        return wording.signature(list(self._page.lines[block.line : block.header_end + 1]))

    def _docstring(self, block: Block) -> str:
        return wording.plain_comment(block.doc or "\n".join(self._page.lines[block.start : block.line]))

    def _embedding_text(self, piece: Piece) -> str:
        """The piece below the headers that enclose it, within the model's limit."""
        page = self._page
        rows = self._layout.context_rows(piece.context)
        rest = page.limit - sum(page.cost(row, row) for row in rows)
        words = [page.lines[row] for row in rows]
        for row in range(piece.start, piece.end + 1):
            cost = page.cost(row, row)
            if cost > rest:
                if row == piece.start:
                    words.append(self._prefix(page.lines[row], rest))
                break
            words.append(page.lines[row])
            rest -= cost
        if piece.kind is ChunkKind.OUTLINE and piece.owner:
            words.extend(self._members(piece.owner, rest))
        return "\n".join(words)

    def _members(self, owner: Block, rest: int) -> Iterable[str]:
        """Signatures of the members of `owner`, as many as `rest` tokens hold."""
        for child in owner.children:
            cost = self._page.cost(child.line, child.header_end)
            if cost > rest:
                return
            rest -= cost
            yield " ".join(line.strip() for line in self._page.lines[child.line : child.header_end + 1])

    def _prefix(self, line: str, limit: int) -> str:
        """The longest beginning of `line` that is found to cost at most `limit` tokens."""
        low, high = 0, min(len(line), limit * 16)
        while low < high:
            middle = (low + high + 1) // 2
            if sum(self._measure.line_tokens(line[:middle])) <= limit:
                low = middle
            else:
                high = middle - 1
        return line[:low]
