"""What goes into the index database and what comes out of it, free of SQL."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.quantized import Codes
from semlens.core.text.analyzer import AnalyzedFile
from semlens.types import Chunk, ChunkKind, ContentHash, FileStamp, RelativePath, Skipped, Symbol

_FAST = 1
"""zlib's level: source shrinks to a third at any level, and level 1 keeps up with the parser."""


@dataclass(frozen=True, slots=True)
class FileChunks:
    """A file as it was read: its chunks and their instant vectors, row by row."""

    path: RelativePath
    stamp: FileStamp
    content_hash: ContentHash
    language: str | None
    chunks: Sequence[Chunk]
    instant: Codes
    """Shape (chunks, dimension)."""
    texts: bytes | None = None
    """What `pack_texts` makes of the chunks, if that is made already."""
    analyzed: AnalyzedFile | None = None
    """The chunks' terms, if they are analyzed already."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What one transaction changed, for the indexes that are derived from the database."""

    added: list[tuple[int, FileChunks, int]]
    """Chunk id, its file, and the chunk's place in it."""
    removed_ids: list[int]
    new_hashes: list[ContentHash]
    """Of chunks that were nowhere in the index before."""
    gone_hashes: list[ContentHash]
    """Of chunks that are nowhere in the index any more."""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk in the index, without its text, which is read from the file when it is shown."""

    id: int
    path: RelativePath
    ordinal: int
    start_line: int
    end_line: int
    language: str
    kind: ChunkKind
    content_hash: ContentHash
    symbol: Symbol | None
    defines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChunkText:
    """What a chunk said when it was indexed."""

    text: str
    embedding_text: str
    signature: str
    docstring: str


@dataclass(frozen=True, slots=True)
class Counts:
    files: int = 0
    chunks: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Places:
    """Where every chunk stands, to make masks of scopes from."""

    chunk_ids: NDArray[np.int64]
    """Shape (chunks,), ascending."""
    file_ids: NDArray[np.int64]
    """The file of each chunk."""
    files: dict[int, tuple[RelativePath, str | None]]
    """Path and language of each file."""


def pack_path(path: str) -> bytes:
    """A path's bytes: file names need not be valid UTF-8."""
    return path.encode("utf-8", "surrogateescape")


def unpack_path(raw: bytes) -> RelativePath:
    return RelativePath(raw.decode("utf-8", "surrogateescape"))


def pack_hash(content_hash: str) -> bytes:
    return bytes.fromhex(content_hash)


def unpack_hash(raw: bytes) -> ContentHash:
    return ContentHash(raw.hex())


def storable(text: str) -> str:
    """`text` without lone surrogates, which a notebook's JSON can hold and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def pack_texts(chunks: Sequence[Chunk]) -> bytes:
    """The texts of a file's chunks in one blob: neighbours share words, so they shrink together."""
    rows = []
    for chunk in chunks:
        row = [chunk.text, above_text(chunk), chunk.signature, chunk.docstring]
        rows.append(row if row[1] is not None else [*row, chunk.embedding_text])
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), _FAST)


def above_text(chunk: Chunk) -> str | None:
    """What models see above a chunk's own text, or None where they see something else instead of it."""
    seen, text = chunk.embedding_text, chunk.text
    return seen[: len(seen) - len(text)] if seen.endswith(text) else None


def unpack_texts(blob: bytes) -> list[ChunkText]:
    return [
        ChunkText(text, embedded[0] if above is None else above + text, signature, docstring)
        for text, above, signature, docstring, *embedded in json.loads(zlib.decompress(blob))
    ]


def chunk_row(file_id: int, ordinal: int, chunk: Chunk) -> tuple[object, ...]:
    symbol = chunk.symbol
    described = (
        (storable(symbol.name), symbol.kind, symbol.container and storable(symbol.container))
        if symbol
        else (None, None, None)
    )
    lines = (symbol.start_line, symbol.end_line) if symbol else (None, None)
    return (
        file_id,
        ordinal,
        chunk.start_line,
        chunk.end_line,
        chunk.language,
        chunk.kind.value,
        pack_hash(chunk.content_hash),
        *described,
        *lines,
        "\n".join(storable(name) for name in chunk.defines) or None,
    )


CHUNK_COLUMNS = (
    "chunk.id, file.path, ordinal, start_line, end_line, chunk.language, chunk.kind, chunk.content_hash, "
    "symbol, symbol_kind, container, symbol_start, symbol_end, defines"
)
"""What `stored_chunk` reads, of `chunk JOIN file`."""

_KINDS = {kind.value: kind for kind in ChunkKind}


def stored_chunk(row: tuple[Any, ...]) -> StoredChunk:
    number, path, ordinal, start, end, language, kind, content_hash, name, *symbol, defines = row
    return StoredChunk(
        id=number,
        path=unpack_path(path),
        ordinal=ordinal,
        start_line=start,
        end_line=end,
        language=language,
        kind=_KINDS[kind],
        content_hash=unpack_hash(content_hash),
        symbol=Symbol(name, *symbol) if name is not None else None,
        defines=tuple(defines.split("\n")) if defines else (),
    )


def skipped_row(entry: Skipped) -> tuple[object, ...]:
    """A row of the table `skipped`."""
    stamp = (entry.stamp.size, entry.stamp.mtime_ns, entry.stamp.inode) if entry.stamp else (None,) * 3
    return pack_path(entry.path), entry.reason, entry.rule, entry.rule_file, entry.rule_line, *stamp


def stored_skipped(row: tuple[Any, ...]) -> Skipped:
    """What `skipped_row` was made of."""
    path, reason, rule, file, line, *stamp = row
    return Skipped(
        unpack_path(path), reason, rule, file, line, FileStamp(*stamp) if stamp[0] is not None else None
    )
