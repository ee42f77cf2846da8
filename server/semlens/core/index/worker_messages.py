"""What the indexer asks of its worker processes, and what they answer.

Each message packs into a JSON value and a body: the body holds what is bytes already, the packed texts
of files and the vectors. For a batch of source files JSON costs half a percent of the time that
preparing them takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from semlens.core.files.permission import Permission
from semlens.core.index.prepare import Quarantined, ReadFile, Reading, Unchanged, Wanted
from semlens.core.store.quantized import Codes
from semlens.core.store.records import embedding_prefix, pack_roles, unpack_roles
from semlens.core.text.analyzer import AnalyzedFile
from semlens.process.pipes import Payload
from semlens.types import Chunk, ChunkKind, ContentHash, FileStamp, Skipped, Symbol

_KINDS = {kind.value: kind for kind in ChunkKind}


@dataclass(frozen=True, slots=True)
class Setup:
    """The models that a worker loads first, so that it prepares files as the engine does."""

    METHOD: ClassVar = "load"

    tokenizer_json: Path
    limit: int
    """The most tokens of a chunk."""
    static_model: Path

    def pack(self) -> Payload:
        return Payload([str(self.tokenizer_json), self.limit, str(self.static_model)])

    @classmethod
    def unpack(cls, payload: Payload) -> Setup:
        tokenizer_json, limit, static_model = payload.value
        return cls(Path(tokenizer_json), limit, Path(static_model))


@dataclass(frozen=True, slots=True)
class PrepareRequest:
    """A batch of files to read, chunk and perhaps embed."""

    METHOD: ClassVar = "prepare"

    root: Path
    wanted: Sequence[Wanted]
    max_bytes: int
    """Larger files are skipped."""
    encoding: str
    """The editor's for files that say nothing of their own."""
    embed: bool
    """Whether to make the instant vectors too."""
    quarantined: frozenset[ContentHash] = frozenset()
    """Texts that the worker must not parse."""

    def pack(self) -> Payload:
        wanted = [(item.path, item.known_hash, int(item.permission)) for item in self.wanted]
        return Payload(
            [str(self.root), wanted, self.max_bytes, self.encoding, self.embed, list(self.quarantined)]
        )

    @classmethod
    def unpack(cls, payload: Payload) -> PrepareRequest:
        root, wanted, max_bytes, encoding, embed, quarantined = payload.value
        items = [Wanted(path, known, Permission(permission)) for path, known, permission in wanted]
        return cls(Path(root), items, max_bytes, encoding, embed, frozenset(quarantined))


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """What a worker has read of a batch of files."""

    reading: Reading
    vectors: Mapping[ContentHash, Codes]
    """The instant vector of each text, shape (dimension,); empty if none were asked for."""

    def pack(self) -> Payload:
        reading, parts = self.reading, [file.texts or b"" for file in self.reading.files]
        if self.vectors:
            parts.append(np.stack(list(self.vectors.values())).tobytes())
        files = [
            (
                file.path,
                _pack_stamp(file.stamp),
                file.content_hash,
                file.language,
                [_pack_chunk(chunk) for chunk in file.chunks],
                None if file.texts is None else len(file.texts),
                file.analyzed and (file.analyzed.bodies, file.analyzed.symbols, file.analyzed.vocabulary),
            )
            for file in reading.files
        ]
        skipped = [_pack_skipped(item) for item in reading.skipped]
        unchanged = [(item.path, _pack_stamp(item.stamp)) for item in reading.unchanged]
        quarantined = [
            (item.path, _pack_stamp(item.stamp), item.content_hash, int(item.permission))
            for item in reading.quarantined
        ]
        return Payload([files, skipped, unchanged, quarantined, list(self.vectors)], b"".join(parts))

    @classmethod
    def unpack(cls, payload: Payload) -> ReadAnswer:
        files, skipped, unchanged, quarantined, hashes = payload.value
        body = _Body(payload.body)
        reading = Reading(
            tuple(_unpack_file(file, body) for file in files),
            tuple(_unpack_skipped(item) for item in skipped),
            tuple(Unchanged(path, _unpack_stamp(stamp)) for path, stamp in unchanged),
            tuple(
                Quarantined(path, _unpack_stamp(stamp), key, Permission(permission))
                for path, stamp, key, permission in quarantined
            ),
        )
        rows = np.frombuffer(body.rest(), np.int8).reshape(len(hashes), -1) if hashes else ()
        return cls(reading, dict(zip(hashes, rows, strict=True)))


class _Body:
    """A body, taken apart from its beginning to its end."""

    def __init__(self, body: bytes | memoryview) -> None:
        self._body = memoryview(body)

    def take(self, size: int) -> bytes:
        taken, self._body = self._body[:size], self._body[size:]
        return taken.tobytes()

    def rest(self) -> bytes:
        return self._body.tobytes()


def _unpack_file(packed: Sequence[Any], body: _Body) -> ReadFile:
    path, stamp, content_hash, language, chunks, texts_size, analyzed = packed
    return ReadFile(
        path,
        _unpack_stamp(stamp),
        content_hash,
        language,
        list(_unpack_chunks(chunks)),
        None if texts_size is None else body.take(texts_size),
        analyzed and AnalyzedFile(tuple(analyzed[0]), tuple(analyzed[1]), analyzed[2]),
    )


def _pack_skipped(item: Skipped) -> tuple[Any, ...]:
    stamp = item.stamp and _pack_stamp(item.stamp)
    return item.path, item.reason, item.rule, item.rule_file, item.rule_line, stamp


def _unpack_skipped(packed: Sequence[Any]) -> Skipped:
    path, reason, rule, rule_file, rule_line, stamp = packed
    return Skipped(path, reason, rule, rule_file, rule_line, _unpack_stamp(stamp) if stamp else None)


def _pack_stamp(stamp: FileStamp) -> tuple[int, int, int]:
    return stamp.size, stamp.mtime_ns, stamp.identity


def _unpack_stamp(packed: Sequence[Any]) -> FileStamp:
    size, mtime_ns, identity = packed
    return FileStamp(size, mtime_ns, identity)


def _pack_chunk(chunk: Chunk) -> tuple[Any, ...]:
    return (
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
        pack_roles(chunk.roles),
    )


def _pack_symbol(symbol: Symbol) -> tuple[Any, ...]:
    return symbol.name, symbol.kind, symbol.container, symbol.start_line, symbol.end_line


def _pack_embedding_text(chunk: Chunk) -> tuple[str | None, str]:
    """Mostly it ends with the chunk's own text, which is then not sent twice."""
    above = embedding_prefix(chunk)
    return (None, chunk.embedding_text) if above is None else (above, "")


def _unpack_chunks(packed: Sequence[Sequence[Any]]) -> Iterator[Chunk]:
    for text, start, end, language, kind, above, rest, key, symbol, defines, doc, signature, roles in packed:
        yield Chunk(
            text,
            start,
            end,
            language,
            _KINDS[kind],
            rest if above is None else above + text,
            key,
            symbol and Symbol(*symbol),
            tuple(defines),
            doc,
            signature,
            unpack_roles(roles),
        )
