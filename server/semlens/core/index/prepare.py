"""From a path to what the index stores of it: read, chunk and embed for the instant tier.

Nothing here writes, so any number of threads or processes may prepare files at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.chunk import Measure, chunk_source
from semlens.core.embed.static import StaticModel
from semlens.core.files.source import Source, read_source
from semlens.core.languages import language_of
from semlens.core.store.records import FileChunks
from semlens.types import CancelToken, Chunk, ContentHash, FileStamp, RelativePath, Skipped

KnownInstants = Callable[[Sequence[ContentHash]], dict[ContentHash, NDArray[np.float16]]]
"""Instant vectors that were made before, by content hash."""


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
    """What came of a batch of files."""

    files: tuple[FileChunks, ...]
    skipped: tuple[Skipped, ...]
    unchanged: tuple[Unchanged, ...]
    fresh: Mapping[ContentHash, NDArray[np.float16]]
    """The instant vectors that had to be made."""
    reused: int
    """Distinct texts whose vectors were known."""


def prepare(
    root: Path,
    wanted: Sequence[Wanted],
    max_bytes: int,
    measure: Measure,
    model: StaticModel,
    known_instants: KnownInstants,
    cancel: CancelToken,
) -> Prepared:
    """Read, chunk and embed `wanted`, in its order. A bad file is a `Skipped`, never an exception.

    Raises `Cancelled`.
    """
    skipped: list[Skipped] = []
    unchanged: list[Unchanged] = []
    chunked: list[tuple[Source, str, list[Chunk]]] = []
    for item in wanted:
        cancel.check()
        source = read_source(root, item.path, max_bytes)
        if isinstance(source, Skipped):
            skipped.append(source)
        elif source.content_hash == item.known_hash:
            unchanged.append(Unchanged(source.path, source.stamp))
        else:
            language, chunks = chunks_of(source, measure)
            chunked.append((source, language, chunks))
    texts = {chunk.content_hash: chunk.embedding_text for _, _, chunks in chunked for chunk in chunks}
    known = known_instants(list(texts)) if texts else {}
    fresh = _embed({key: text for key, text in texts.items() if key not in known}, model)
    vectors = {**known, **fresh}
    files = tuple(
        FileChunks(
            source.path,
            source.stamp,
            source.content_hash,
            language,
            chunks,
            _rows(chunks, vectors, model.dim),
        )
        for source, language, chunks in chunked
    )
    return Prepared(files, tuple(skipped), tuple(unchanged), fresh, len(texts) - len(fresh))


def chunks_of(source: Source, measure: Measure) -> tuple[str, list[Chunk]]:
    """The language of a source and its chunks."""
    first_line = source.text[:200].split("\n", 1)[0]
    language = language_of(source.path, first_line) or "text"
    return language, chunk_source(source.text, language, measure)


def _embed(texts: Mapping[ContentHash, str], model: StaticModel) -> dict[ContentHash, NDArray[np.float16]]:
    if not texts:
        return {}
    return dict(zip(texts, model.embed(list(texts.values())).astype(np.float16), strict=True))


def _rows(
    chunks: Sequence[Chunk], vectors: Mapping[ContentHash, NDArray[np.float16]], dim: int
) -> NDArray[np.float16]:
    """(chunks, dim), a row a chunk."""
    if not chunks:
        return np.zeros((0, dim), dtype=np.float16)
    return np.stack([vectors[chunk.content_hash] for chunk in chunks])
