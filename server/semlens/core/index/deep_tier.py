"""The deep tier's work: embed with the transformer what only the instant tier knows so far.

It runs in the background, a small batch at a time, and is safe to stop after any batch: a vector
is in the shared cache before it is findable, so nothing that was embedded is embedded again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from semlens.core.index.deep_vectors import WORTH_SEALING
from semlens.core.index.folder import FolderIndex
from semlens.core.index.priority import Focus, by_priority
from semlens.types import CancelToken, ContentHash

BATCH_CHUNKS = 64
"""Small, so that a question or a stop waits little: about two seconds of a slow encoder."""

REUSE_CHUNKS = 1024
"""Known vectors taken over at once: about half a second of Chroma's time."""

Progress = Callable[[int, int], None]
"""Called with the distinct chunks done and those in all."""

Permit = Callable[[CancelToken], None]
"""Waits while the machine is not to be kept busy. Raises `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Deepened:
    embedded: int
    reused: int


def deepen(
    index: FolderIndex,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
    focus: Focus = lambda: (),
    permit: Permit = lambda cancel: None,
) -> Deepened:
    """Give every chunk its deep vector, those that are wanted most before the others.

    `permit` returns when the next batch may be done. Raises `Cancelled`, or `EncoderError` if the encoder
    cannot work; what was done until then is kept.
    """
    reused = reuse(index, cancel, progress)
    pending = index.pending_deep()
    total = len(index.contents())
    embedded = 0
    progress(total - len(pending), total)
    for batch in by_priority(index.reader, pending, index.shown, focus, BATCH_CHUNKS):
        permit(cancel)
        cancel.check()
        embedded += _embed(index, batch, cancel)
        progress(total - len(pending) + embedded, total)
    index.collect_orphans(cancel)
    index.deep.checkpoint(WORTH_SEALING)
    return Deepened(embedded, reused)


def reuse(index: FolderIndex, cancel: CancelToken, progress: Progress = lambda done, total: None) -> int:
    """Take over what this or another folder, branch or session has embedded; how many texts that was.

    This is also how a lost store is filled again.
    """
    pending = index.pending_deep()
    total, reused = len(index.contents()), 0
    for start in range(0, len(pending), REUSE_CHUNKS):
        cancel.check()
        portion = pending[start : start + REUSE_CHUNKS]
        known = index.models.vectors.get(index.models.deep_fingerprint, portion)
        if known:
            index.deep.add(list(known), np.stack(list(known.values())).astype(np.float32))
            reused += len(known)
            progress(total - len(pending) + reused, total)
    index.deep.checkpoint(WORTH_SEALING)
    return reused


def _embed(index: FolderIndex, hashes: Sequence[ContentHash], cancel: CancelToken) -> int:
    texts = index.reader.embedding_texts(hashes)
    if not texts:
        return 0
    # Searched as they are kept, so that a store that is filled again from the cache scores as this one does.
    vectors = index.models.encoder.encode(list(texts.values()), cancel).astype(np.float16)
    index.models.vectors.put(index.models.deep_fingerprint, list(texts), vectors)
    index.deep.add(list(texts), vectors.astype(np.float32))
    return len(texts)
