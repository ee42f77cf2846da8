"""The deep tier's work: embed with the transformer what only the instant tier knows so far.

It runs in the background, a small batch at a time, and is safe to stop after any batch: a vector
is in the shared cache before it is findable, so nothing that was embedded is embedded again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from semlens.core.index.folder import FolderIndex
from semlens.types import CancelToken, ContentHash, RelativePath

BATCH_CHUNKS = 64
"""Small, so that a question or a stop waits little: about two seconds of a slow encoder."""

Progress = Callable[[int, int], None]
"""Called with the distinct chunks done and those in all."""


@dataclass(frozen=True, slots=True)
class Deepened:
    embedded: int
    reused: int


def deepen(
    index: FolderIndex,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
    first: Sequence[RelativePath] = (),
) -> Deepened:
    """Give every chunk its deep vector, those of the files `first` before the others.

    Raises `Cancelled`, or `EncoderError` if the encoder cannot work; what was done until then is kept.
    """
    encoder = index.models.encoder
    pending = set(index.pending_deep())
    total = len(index.database.hashes())
    reused = _reuse(index, pending)
    embedded = 0
    progress(total - len(pending), total)
    if not pending:
        return Deepened(0, reused)
    order = _ordered(index, pending, first)
    for start in range(0, len(order), BATCH_CHUNKS):
        cancel.check()
        texts = index.database.embedding_texts(order[start : start + BATCH_CHUNKS])
        if not texts:
            continue
        hashes = list(texts)
        vectors = encoder.encode(list(texts.values()), cancel)
        index.models.vectors.put(index.models.deep_fingerprint, hashes, vectors)
        index.add_deep(hashes, vectors)
        embedded += len(hashes)
        progress(total - len(pending) + embedded, total)
    return Deepened(embedded, reused)


def _reuse(index: FolderIndex, pending: set[ContentHash]) -> int:
    """Take what another folder, branch or session embedded, and leave in `pending` what nobody did."""
    known = index.models.vectors.get(index.models.deep_fingerprint, sorted(pending))
    if known:
        index.add_deep(list(known), np.stack(list(known.values())).astype(np.float32))
        pending.difference_update(known)
    return len(known)


def _ordered(
    index: FolderIndex, pending: set[ContentHash], first: Sequence[RelativePath]
) -> list[ContentHash]:
    """Each pending content once, those of the files `first` before the others."""
    focused = [chunk.content_hash for path in first for chunk in index.database.chunks_of_file(path)]
    every = dict.fromkeys([*focused, *index.database.hashes()])
    return [key for key in every if key in pending]
