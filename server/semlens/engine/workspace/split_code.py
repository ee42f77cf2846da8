"""What the embedding model cannot see whole: definitions in several chunks, the ends of very long lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from semlens.core.chunk.long_text import MOST_PARTS
from semlens.core.chunk.tree import CALLABLE
from semlens.core.index.folder import FolderIndex
from semlens.core.store.reader import IndexReader
from semlens.core.store.records import StoredChunk
from semlens.protocol.engine import SplitCodeAnswer, SplitDefinition, UnseenText
from semlens.types import ChunkKind, RelativePath, is_at_or_below


def split_code(index: FolderIndex, below: RelativePath, limit: int) -> SplitCodeAnswer:
    """The code of the files at or below `below` that no single chunk holds. Raises `StorageError`."""
    definitions: list[SplitDefinition] = []
    long_lines: list[tuple[StoredChunk, int]] = []
    for chunks in index.reader.chunks.by_file():
        if is_at_or_below(chunks[0].path, below):
            definitions.extend(split_definitions(chunks))
            long_lines.extend(_long_lines(chunks))
    definitions.sort(key=lambda one: (-one.chunks, one.path, one.start_line))
    unseen = [
        UnseenText(last.path, last.start_line, parts)
        for last, parts in long_lines
        if not _is_seen(index.reader, last)
    ]
    return SplitCodeAnswer(definitions[:limit], len(definitions), unseen)


def split_definitions(chunks: Sequence[StoredChunk]) -> Iterator[SplitDefinition]:
    """The definitions of a file that are cut; `chunks` are all of the file's, in order.

    A class is not cut that has a chunk with its outline and others for its members, nor is a section that
    holds sections.
    """
    starts = sorted(chunk.start_line for chunk in chunks)
    ends = sorted(chunk.end_line for chunk in chunks)
    own = Counter(chunk.symbol for chunk in chunks)
    outlined = {chunk.symbol for chunk in chunks if chunk.kind is ChunkKind.OUTLINE}
    for symbol, number in own.items():
        if symbol is None or symbol in outlined:
            continue
        around = bisect_right(starts, symbol.end_line) - bisect_left(ends, symbol.start_line)
        if number > 1 and (symbol.kind in CALLABLE or number == around):
            yield SplitDefinition(
                chunks[0].path, symbol.dotted_name, symbol.kind, symbol.start_line, symbol.end_line, around
            )


def _long_lines(chunks: Sequence[StoredChunk]) -> Iterator[tuple[StoredChunk, int]]:
    """The last part of each line that is cut into as many parts as there may be, and their number."""
    places = Counter((chunk.start_line, chunk.end_line) for chunk in chunks)
    last = {(chunk.start_line, chunk.end_line): chunk for chunk in chunks}
    for place, parts in places.items():
        if parts >= MOST_PARTS:
            yield last[place], parts


def _is_seen(reader: IndexReader, chunk: StoredChunk) -> bool:
    """Whether models see a chunk's text to its end."""
    texts = reader.texts.of_file(chunk.path)
    if chunk.ordinal >= len(texts):  # the file has changed meanwhile
        return True
    return texts[chunk.ordinal].embedding_text.endswith(texts[chunk.ordinal].text)
