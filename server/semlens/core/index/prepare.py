"""From a path to what the index stores of it: read, chunk and embed for the instant tier.

Nothing here writes, so any number of threads or processes may prepare files at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.chunk import Measure, chunk_source
from semlens.core.embed.static import StaticModel
from semlens.core.files.source import Source, read_source
from semlens.core.languages import language_of
from semlens.core.store.records import FileChunks
from semlens.types import Chunk, ContentHash, FileStamp, RelativePath, Skipped

KnownInstants = Callable[[Sequence[ContentHash]], dict[ContentHash, NDArray[np.float16]]]
"""Instant vectors that the index already has, by content hash."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file whose stamp moved and whose bytes did not."""

    path: RelativePath
    stamp: FileStamp


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to prepare, with the content hash that the index has for it, if any."""

    path: RelativePath
    known_hash: ContentHash | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What came of a batch of files. `embedded` and `reused` count distinct chunk texts."""

    files: tuple[FileChunks, ...]
    skipped: tuple[Skipped, ...]
    unchanged: tuple[Unchanged, ...]
    embedded: int
    reused: int


def prepare(
    root: Path,
    wanted: Sequence[Wanted],
    max_bytes: int,
    measure: Measure,
    model: StaticModel,
    known_instants: KnownInstants,
) -> Prepared:
    """Read, chunk and embed `wanted`, in its order. A bad file is a `Skipped`, never an exception."""
    skipped: list[Skipped] = []
    unchanged: list[Unchanged] = []
    chunked: list[tuple[Source, str, list[Chunk]]] = []
    for item in wanted:
        source = read_source(root, item.path, max_bytes)
        if isinstance(source, Skipped):
            skipped.append(source)
        elif source.content_hash == item.known_hash:
            unchanged.append(Unchanged(source.path, source.stamp))
        else:
            language, chunks = chunks_of(source, measure)
            chunked.append((source, language, chunks))
    vectors, embedded, reused = _instant_vectors([chunks for _, _, chunks in chunked], model, known_instants)
    files = tuple(
        FileChunks(source.path, source.stamp, source.content_hash, language, chunks, rows)
        for (source, language, chunks), rows in zip(chunked, vectors, strict=True)
    )
    return Prepared(files, tuple(skipped), tuple(unchanged), embedded, reused)


def chunks_of(source: Source, measure: Measure) -> tuple[str, list[Chunk]]:
    """The language of a source and its chunks."""
    first_line = source.text[:200].split("\n", 1)[0]
    language = language_of(source.path, first_line) or "text"
    return language, chunk_source(source.text, language, measure)


def _instant_vectors(
    files: Sequence[Sequence[Chunk]], model: StaticModel, known_instants: KnownInstants
) -> tuple[list[NDArray[np.float16]], int, int]:
    """A (chunks, dim) matrix a file, then how many distinct texts were embedded and how many were known."""
    texts = {chunk.content_hash: chunk.embedding_text for chunks in files for chunk in chunks}
    vectors = dict(known_instants(list(texts))) if texts else {}
    missing = [content_hash for content_hash in texts if content_hash not in vectors]
    if missing:
        rows = model.embed([texts[content_hash] for content_hash in missing]).astype(np.float16)
        vectors.update(zip(missing, rows, strict=True))
    empty = np.zeros((0, model.dim), dtype=np.float16)
    matrices = [
        np.stack([vectors[chunk.content_hash] for chunk in chunks]) if chunks else empty for chunks in files
    ]
    return matrices, len(missing), len(texts) - len(missing)
