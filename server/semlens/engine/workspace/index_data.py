"""What programs get of an index: its chunks with their texts, its symbols, and its vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.index.known_vectors import known_instant_vectors
from semlens.core.store.quantized import Codes, inverse_norms
from semlens.core.store.records import ChunkText, StoredChunk
from semlens.protocol.data import ChunkPage, IndexedChunk, IndexedSymbol
from semlens.types import ContentHash, NamedRows, RelativePath, RowRoles, Symbol, Tier

PAGE_CHARACTERS = 1_000_000
"""A page ends with the file that reaches so many characters of text."""


def chunk_page(index: FolderIndex, after: RelativePath) -> ChunkPage:
    """The chunks and symbols of the files after `after`, as many as a page has. Raises `StorageError`."""
    chunks: list[IndexedChunk] = []
    symbols: list[IndexedSymbol] = []
    characters, last = 0, None
    for file in index.reader.texts.documents(after):
        chunks += [indexed_chunk(chunk, text) for chunk, text in file]
        symbols += _symbols(index, [chunk for chunk, _ in file])
        characters += sum(len(text.embedding_text) for _, text in file)
        if file and characters >= PAGE_CHARACTERS:
            last = file[0][0].path
            break
    return ChunkPage(chunks, symbols, last)


def indexed_chunk(chunk: StoredChunk, text: ChunkText) -> IndexedChunk:
    """A chunk with its texts."""
    symbol = chunk.symbol
    return IndexedChunk(
        chunk.path,
        chunk.start_line,
        chunk.end_line,
        chunk.language,
        chunk.kind.value,
        symbol.dotted_name if symbol else "",
        symbol.kind if symbol else "",
        text.signature,
        text.docstring,
        text.text,
        text.embedding_text,
        chunk.content_hash,
    )


def vectors_of(index: FolderIndex, tier: Tier, hashes: Sequence[ContentHash]) -> NDArray[np.float32]:
    """The unit vectors of contents in the instant or the deep tier, shape (n, dimension).

    NaN where the tier has none yet. Raises `StorageError`.
    """
    models = index.models
    if tier is Tier.INSTANT:
        known = _unit(known_instant_vectors(index, hashes))
        dimension = models.static.dim
    else:
        half = models.vectors.get(models.deep_fingerprint, hashes)
        known = {content: vector.astype(np.float32) for content, vector in half.items()}
        dimension = models.deep.dim
    rows = np.full((len(hashes), dimension), np.nan, np.float32)
    for row, content in enumerate(hashes):
        if content in known:
            rows[row] = known[content]
    return rows


def _unit(codes: dict[ContentHash, Codes]) -> dict[ContentHash, NDArray[np.float32]]:
    if not codes:
        return {}
    stacked = np.stack(list(codes.values()))
    return dict(zip(codes, stacked * inverse_norms(stacked)[:, None], strict=True))


def _symbols(index: FolderIndex, chunks: Sequence[StoredChunk]) -> Iterator[IndexedSymbol]:
    """The definitions of a file, by their first line; `chunks` are all of the file's."""
    whole = {(one.dotted_name, one.start_line): one for one in (c.symbol for c in chunks) if one is not None}
    found = dict.fromkeys(whole.values())
    roles = index.reader.chunks.roles(chunk.id for chunk in chunks)
    for chunk in chunks:
        for rows in roles.get(chunk.id, RowRoles()).definitions:
            symbol = _symbol(chunk, rows)
            around = (one for one in whole.values() if one.dotted_name == symbol.dotted_name)
            if not any(one.start_line <= symbol.start_line <= one.end_line for one in around):
                found[symbol] = None
    for symbol in sorted(found, key=lambda one: (one.start_line, one.end_line, one.name)):
        yield IndexedSymbol(
            chunks[0].path,
            symbol.name,
            symbol.kind,
            symbol.container or "",
            symbol.start_line,
            symbol.end_line,
            chunks[0].language,
        )


def _symbol(chunk: StoredChunk, rows: NamedRows) -> Symbol:
    """A definition that a chunk holds beside others: from the line of its name to its last line."""
    first, last = chunk.start_line + rows.name_row, chunk.start_line + rows.end
    return Symbol(rows.name, rows.kind, rows.container or None, first, last)
