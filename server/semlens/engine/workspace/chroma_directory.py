"""Exports an index as a Chroma directory: a collection for each tier that has vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import Progress
from semlens.core.store.chroma_export import ExportedRows, Metadata, write_collection
from semlens.core.store.records import ChunkText, StoredChunk
from semlens.engine.workspace.index_data import vectors_of
from semlens.private_files import new_folder
from semlens.protocol.data import ExportAnswer
from semlens.types import CancelToken, Tier

BATCH = 1000
"""Chunks that are in memory at once, about."""

NAMES = {Tier.INSTANT: "semlens-instant", Tier.DEEP: "semlens-deep"}
"""Tier → the name of its collection."""


def export_chroma(
    index: FolderIndex, target: Path, instant_model: str, cancel: CancelToken, progress: Progress
) -> ExportAnswer:
    """Write the index into the new Chroma directory `target`.

    Each chunk is a row with its text as the document and its place as metadata; a chunk without a vector in a
    tier is not in the tier's collection.

    :raises UsageError: `target` is not new
    :raises Cancelled, StorageError: nothing is left of the directory
    """
    models = index.models
    about: dict[Tier, Metadata] = {
        Tier.INSTANT: {"model": instant_model, "fingerprint": models.instant_fingerprint},
        Tier.DEEP: {"model": models.deep.name, "fingerprint": models.deep_fingerprint},
    }
    total = index.reader.counts().chunks
    rows: dict[str, int] = {}
    with new_folder(target) as folder:
        for tier, name in NAMES.items():
            parts = _parts(index, tier, cancel, lambda done: progress(done, total))
            first = next(parts, None)
            if first is not None:
                rows[name] = write_collection(folder, name, about[tier], chain([first], parts))
    return ExportAnswer(list(rows), max(rows.values(), default=0))


def _parts(
    index: FolderIndex, tier: Tier, cancel: CancelToken, progress: Callable[[int], None]
) -> Iterator[ExportedRows]:
    """The chunks that have a vector in `tier`, in parts of about `BATCH`."""
    batch: list[tuple[StoredChunk, ChunkText]] = []
    done = 0
    for file in index.reader.texts.documents():
        batch += file
        if len(batch) >= BATCH:
            cancel.check()
            yield from _with_vectors(index, tier, batch)
            done += len(batch)
            progress(done)
            batch = []
    yield from _with_vectors(index, tier, batch)
    progress(done + len(batch))


def _with_vectors(
    index: FolderIndex, tier: Tier, batch: list[tuple[StoredChunk, ChunkText]]
) -> Iterator[ExportedRows]:
    vectors = vectors_of(index, tier, [chunk.content_hash for chunk, _ in batch])
    there = np.flatnonzero(~np.isnan(vectors).any(axis=1))
    chosen = [batch[row] for row in there.tolist()]
    if chosen:
        yield ExportedRows(
            [str(chunk.id) for chunk, _ in chosen],
            [text.text for _, text in chosen],
            [_metadata(chunk) for chunk, _ in chosen],
            vectors[there],
        )


def _metadata(chunk: StoredChunk) -> Metadata:
    symbol = chunk.symbol
    return {
        "path": chunk.path,
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
        "language": chunk.language,
        "kind": chunk.kind.value,
        "symbol": symbol.dotted_name if symbol else "",
    }
