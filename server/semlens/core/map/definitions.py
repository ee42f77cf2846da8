"""The definitions that are points of the map, and the vectors that place them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from semlens.core.index.folder import FolderIndex
from semlens.core.map.types import Floats
from semlens.core.store.records import StoredChunk
from semlens.types import ChunkKind, ContentHash, Tier

_KINDS = frozenset({ChunkKind.DEFINITION, ChunkKind.GROUP, ChunkKind.OUTLINE})


def definitions(index: FolderIndex) -> list[StoredChunk]:
    """The first chunk of each named definition, and each group of small ones, by path and line.

    Raises `StorageError`.
    """
    found: list[StoredChunk] = []
    for chunks in index.reader.chunks.by_file():
        seen: set[tuple[str, int]] = set()
        for chunk in chunks:
            if chunk.kind not in _KINDS or not (chunk.symbol or chunk.defines):
                continue
            if chunk.kind is ChunkKind.DEFINITION and chunk.symbol is not None:
                whole = (chunk.symbol.dotted_name, chunk.symbol.start_line)
                if whole in seen:
                    continue
                seen.add(whole)
            found.append(chunk)
    return found


def title(chunk: StoredChunk) -> str:
    """What a point is called: its dotted name, or the names of a group."""
    if chunk.kind is not ChunkKind.GROUP and chunk.symbol is not None:
        return chunk.symbol.dotted_name
    if len(chunk.defines) > 1:
        return f"{chunk.defines[0]} and {len(chunk.defines) - 1} more"
    name = chunk.defines[0] if chunk.defines else chunk.symbol.name if chunk.symbol else ""
    container = chunk.symbol.dotted_name if chunk.symbol else ""
    return f"{container}.{name}" if container and container != name else name


def words_of(chunk: StoredChunk) -> str:
    """The names and the path of a definition, whose words tell what it is about."""
    names = [chunk.symbol.dotted_name] if chunk.symbol else []
    return " ".join([*names, *chunk.defines, chunk.path.rpartition(".")[0] or chunk.path])


def vectors_of(index: FolderIndex, hashes: Sequence[ContentHash], tier: Tier) -> Floats:
    """The vectors of contents in one tier, shape (n, dimension); 0 where there is none.

    Raises `StorageError`.
    """
    known = (
        index.models.vectors.get(index.models.deep_fingerprint, hashes)
        if tier is Tier.DEEP
        else index.reader.instant.vectors_of(hashes)
    )
    dimension = next((len(vector) for vector in known.values()), 1)
    vectors = np.zeros((len(hashes), dimension), np.float32)
    for row, content in enumerate(hashes):
        vector = known.get(content)
        if vector is not None:
            vectors[row] = vector
    return vectors


def best_tier(index: FolderIndex, hashes: Sequence[ContentHash]) -> Tier:
    """The deep tier if it has a vector of each content, else the instant tier. Raises `StorageError`."""
    missing = index.models.vectors.missing(index.models.deep_fingerprint, hashes)
    return Tier.INSTANT if missing else Tier.DEEP
