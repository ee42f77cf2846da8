"""What the indexer and its processes send each other: plain values with their length in front.

Marshal and not pickle: it cannot run code, and is several times faster for many small values. Both
ends are the same interpreter, so its format cannot differ.
"""

from __future__ import annotations

import marshal
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from semlens.core.index.prepare import Avoided, ReadFile, Reading, Unchanged, Wanted
from semlens.core.store.quantized import Codes
from semlens.core.store.records import embedding_prefix
from semlens.core.text.analyzer import AnalyzedFile
from semlens.types import Chunk, ChunkKind, ContentHash, FileStamp, RelativePath, Skipped, Symbol

_LENGTH = struct.Struct("<Q")
_KINDS = {kind.value: kind for kind in ChunkKind}


@dataclass(frozen=True, slots=True)
class Setup:
    """What a process needs to make the same of a file as this one."""

    tokenizer_json: Path
    limit: int
    static_model: Path

    def parcel(self) -> Any:
        return str(self.tokenizer_json), self.limit, str(self.static_model)

    @classmethod
    def unpack(cls, parcel: Any) -> Setup:
        tokenizer, limit, static = parcel
        return cls(Path(tokenizer), limit, Path(static))


def send(pipe: IO[bytes], value: Any) -> None:
    """Raises OSError when the other side is gone."""
    data = marshal.dumps(value)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """The next value, or None at the end of the pipe, also when it ends within a value."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return marshal.loads(data) if len(data) == length else None


def pack_request(
    root: Path,
    wanted: Sequence[Wanted],
    max_bytes: int,
    embed: bool,
    avoided: Iterable[ContentHash] = (),
) -> Any:
    return str(root), [(item.path, item.known_hash) for item in wanted], max_bytes, embed, list(avoided)


def unpack_request(parcel: Any) -> tuple[Path, list[Wanted], int, bool, frozenset[ContentHash]]:
    root, wanted, max_bytes, embed, avoided = parcel
    return Path(root), [Wanted(path, known) for path, known in wanted], max_bytes, embed, frozenset(avoided)


def pack_reading(reading: Reading, vectors: Mapping[ContentHash, Codes]) -> Any:
    return (
        [
            (
                file.path,
                _pack_stamp(file.stamp),
                file.content_hash,
                file.language,
                _pack_chunks(file.chunks),
                file.texts,
                file.analyzed and (file.analyzed.bodies, file.analyzed.symbols, file.analyzed.vocabulary),
            )
            for file in reading.files
        ],
        [
            (
                item.path,
                item.reason,
                item.rule,
                item.rule_file,
                item.rule_line,
                item.stamp and _pack_stamp(item.stamp),
            )
            for item in reading.skipped
        ],
        [(item.path, _pack_stamp(item.stamp)) for item in reading.unchanged],
        [(item.path, _pack_stamp(item.stamp), item.content_hash) for item in reading.avoided],
        list(vectors),
        np.stack(list(vectors.values())).tobytes() if vectors else b"",
    )


def unpack_reading(parcel: Any) -> tuple[Reading, dict[ContentHash, Codes]]:
    files, skipped, unchanged, avoided, hashes, rows = parcel
    reading = Reading(
        tuple(
            ReadFile(
                path,
                FileStamp(*stamp),
                key,
                language,
                _chunks(chunks),
                texts,
                analyzed and AnalyzedFile(*analyzed),
            )
            for path, stamp, key, language, chunks, texts, analyzed in files
        ),
        tuple(_skipped(*item) for item in skipped),
        tuple(Unchanged(path, FileStamp(*stamp)) for path, stamp in unchanged),
        tuple(Avoided(path, FileStamp(*stamp), key) for path, stamp, key in avoided),
    )
    matrix = np.frombuffer(rows, dtype=np.int8).reshape(len(hashes), -1) if hashes else ()
    return reading, dict(zip(hashes, matrix, strict=True))


def _skipped(
    path: RelativePath, reason: str, rule: str | None, file: str | None, line: int | None, stamp: Any
) -> Skipped:
    return Skipped(path, reason, rule, file, line, FileStamp(*stamp) if stamp else None)


def _pack_stamp(stamp: FileStamp) -> tuple[int, int, int]:
    return stamp.size, stamp.mtime_ns, stamp.inode


def _pack_chunks(chunks: Sequence[Chunk]) -> list[tuple[Any, ...]]:
    return [
        (
            chunk.text,
            chunk.start_line,
            chunk.end_line,
            chunk.language,
            chunk.kind.value,
            *_pack_embedding_text(chunk),
            chunk.content_hash,
            chunk.symbol and _pack_symbol(chunk.symbol),
            chunk.defines,
            chunk.docstring,
            chunk.signature,
        )
        for chunk in chunks
    ]


def _pack_symbol(symbol: Symbol) -> tuple[Any, ...]:
    return symbol.name, symbol.kind, symbol.container, symbol.start_line, symbol.end_line


def _pack_embedding_text(chunk: Chunk) -> tuple[str | None, str]:
    """It mostly ends with the chunk's own text, which need not be sent twice."""
    above = embedding_prefix(chunk)
    return (None, chunk.embedding_text) if above is None else (above, "")


def _chunks(parcels: Sequence[tuple[Any, ...]]) -> list[Chunk]:
    return [
        Chunk(
            text,
            start,
            end,
            language,
            _KINDS[kind],
            rest if above is None else above + text,
            key,
            symbol and Symbol(*symbol),
            defines,
            *words,
        )
        for text, start, end, language, kind, above, rest, key, symbol, defines, *words in parcels
    ]
