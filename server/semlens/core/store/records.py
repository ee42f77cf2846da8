"""The records of the index database, and how they become columns; no SQL."""

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
from semlens.core.text.words import without_surrogates
from semlens.types import (
    Chunk,
    ChunkKind,
    ContentHash,
    FileStamp,
    NamedRows,
    RelativePath,
    RowRoles,
    Skipped,
    Symbol,
)

_ZLIB_LEVEL = 1
"""Source shrinks to a third at any level, and level 1 is as fast as the parser."""


@dataclass(frozen=True, slots=True)
class FileChunks:
    """A file as it was read: its chunks, and one instant vector for each."""

    path: RelativePath
    stamp: FileStamp
    content_hash: ContentHash
    language: str | None
    chunks: Sequence[Chunk]
    instant: Codes
    """Shape (chunks, dimension)."""
    texts: bytes | None = None
    """The result of `pack_texts` for the chunks, if it was computed before."""
    analyzed: AnalyzedFile | None = None
    """The terms of the chunks for the lexical index, if they were computed before."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The changes of one transaction, for the indexes that are derived from the database."""

    added: list[tuple[int, FileChunks, int]]
    """The id, the file and the ordinal (in the file) of each new chunk."""
    removed_ids: list[int]
    """Ids of the deleted chunks."""
    new_hashes: list[ContentHash]
    """Contents that no chunk had before, sorted."""
    gone_hashes: list[ContentHash]
    """Contents that no chunk has any more, sorted."""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk in the index, without its text: the text to show is read from the file on disk."""

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
    """The texts of a chunk as of the time it was indexed."""

    text: str
    embedding_text: str
    signature: str
    docstring: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows the index has."""

    files: int = 0
    chunks: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class ChunkRanges:
    """The chunks of every file: a file's ids follow one another."""

    files: list[tuple[RelativePath, str | None]]
    """Path and language of each file that has chunks."""
    first_ids: NDArray[np.int64]
    """The id of each file's first chunk; shape (files,)."""
    counts: NDArray[np.int64]
    """How many chunks each file has; shape (files,)."""


def pack_path(path: str) -> bytes:
    """The bytes of a path: file names need not be valid UTF-8."""
    return path.encode("utf-8", "surrogateescape")


def unpack_path(raw: bytes) -> RelativePath:
    return RelativePath(raw.decode("utf-8", "surrogateescape"))


def pack_hash(content_hash: str) -> bytes:
    return bytes.fromhex(content_hash)


def unpack_hash(raw: bytes) -> ContentHash:
    return ContentHash(raw.hex())


def pack_texts(chunks: Sequence[Chunk]) -> bytes:
    """The texts of a file's chunks in one compressed blob: neighbours share words, so they compress together.

    `unpack_texts` is the inverse.
    """
    rows = []
    for chunk in chunks:
        row = [chunk.text, embedding_prefix(chunk), chunk.signature, chunk.docstring]
        rows.append(row if row[1] is not None else [*row, chunk.embedding_text])
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), _ZLIB_LEVEL)


def embedding_prefix(chunk: Chunk) -> str | None:
    """The lines that models see above a chunk's own text; None if they do not see that text itself."""
    embedded, text = chunk.embedding_text, chunk.text
    return embedded[: len(embedded) - len(text)] if embedded.endswith(text) else None


def unpack_texts(blob: bytes) -> list[ChunkText]:
    """The inverse of `pack_texts`. Raises `zlib.error` or `ValueError` if the blob is damaged."""
    return [
        ChunkText(text, embedded[0] if prefix is None else prefix + text, signature, docstring)
        for text, prefix, signature, docstring, *embedded in json.loads(zlib.decompress(blob))
    ]


def unpack_own_texts(blob: bytes) -> list[str]:
    """The `text` of each of `unpack_texts`, in half the time. Raises the same errors."""
    return [row[0] for row in json.loads(zlib.decompress(blob))]


def chunk_row(file_id: int, ordinal: int, chunk: Chunk) -> tuple[object, ...]:
    """A row of the table `chunk`, without its id."""
    symbol = chunk.symbol
    symbol_columns: tuple[object, ...] = (None,) * 5
    if symbol:
        name = without_surrogates(symbol.name)
        container = symbol.container and without_surrogates(symbol.container)
        symbol_columns = (name, symbol.kind, container, symbol.start_line, symbol.end_line)
    return (
        file_id,
        ordinal,
        chunk.start_line,
        chunk.end_line,
        chunk.language,
        chunk.kind.value,
        pack_hash(chunk.content_hash),
        *symbol_columns,
        "\n".join(without_surrogates(name) for name in chunk.defines) or None,
        json.dumps(pack_roles(chunk.roles), separators=(",", ":")) if chunk.roles != RowRoles() else None,
    )


def pack_roles(roles: RowRoles) -> list[Any]:
    """A JSON value of `roles`; `unpack_roles` is the inverse."""
    definitions = [
        (one.name, one.kind, one.container, one.start, one.name_row, one.end) for one in roles.definitions
    ]
    return [definitions, roles.comments]


def unpack_roles(packed: Sequence[Any]) -> RowRoles:
    definitions, comments = packed
    return RowRoles(
        tuple(NamedRows(*one) for one in definitions), tuple((first, last) for first, last in comments)
    )


def stored_roles(column: str | None) -> RowRoles:
    """The roles in the last column of `chunk_row`."""
    return RowRoles() if column is None else unpack_roles(json.loads(column))


CHUNK_COLUMNS = (
    "chunk.id, file.path, ordinal, start_line, end_line, chunk.language, chunk.kind, chunk.content_hash, "
    "symbol, symbol_kind, container, symbol_start, symbol_end, defines"
)
"""The columns of `chunk JOIN file` that `stored_chunk` reads."""

FROM_CHUNK = f"SELECT {CHUNK_COLUMNS} FROM chunk JOIN file ON file.id = chunk.file_id"

_KINDS = {kind.value: kind for kind in ChunkKind}


def stored_chunk(row: tuple[Any, ...]) -> StoredChunk:
    """The chunk of a row with `CHUNK_COLUMNS`."""
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
    stamp = (entry.stamp.size, entry.stamp.mtime_ns, entry.stamp.identity) if entry.stamp else (None,) * 3
    return pack_path(entry.path), entry.reason, entry.rule, entry.rule_file, entry.rule_line, *stamp


def stored_skipped(row: tuple[Any, ...]) -> Skipped:
    """The inverse of `skipped_row`."""
    path, reason, rule, file, line, *stamp = row
    return Skipped(
        unpack_path(path), reason, rule, file, line, FileStamp(*stamp) if stamp[0] is not None else None
    )
