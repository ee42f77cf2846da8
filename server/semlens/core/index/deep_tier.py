"""Fill the deep tier: embed every chunk with the transformer.

This runs in the background in small batches, and may stop after any batch: each vector is in the shared cache
before it is in the store, so nothing is embedded twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.deep_vectors import MIN_SEALED
from semlens.core.index.folder import FolderIndex
from semlens.core.index.priority import Focus, by_priority
from semlens.core.index.team_vectors import shared_with_team
from semlens.types import CancelToken, ContentHash

BATCH_CHUNKS = 64
"""Small, so that a query or a stop waits at most about two seconds, with a slow encoder."""

REUSE_CHUNKS = 1024
"""Cached vectors that are added to the store at once: about half a second of Chroma's time."""

Progress = Callable[[int, int], None]
"""Called with the number of distinct chunks done and the number of all distinct chunks."""

Throttle = Callable[[CancelToken], None]
"""Called before each batch: returns when the batch may run. Raises `Cancelled`."""


@dataclass(frozen=True, slots=True)
class DeepFill:
    """The result of filling the deep tier."""

    embedded: int
    """Texts that were embedded."""
    reused: int
    """Texts whose vector came from the vector cache."""
    taken: int = 0
    """Texts whose vector came from the team's server before any was embedded."""


def fill_deep_tier(
    index: FolderIndex,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
    focus: Focus = lambda: (),
    throttle: Throttle = lambda cancel: None,
) -> DeepFill:
    """Give every chunk a deep vector, in the order of priority.

    :param focus: the files that the user works on, which come first
    :param throttle: delays each batch while the machine must not be kept busy
    :raises Cancelled, EncoderError, StorageError: finished batches are kept
    """
    reused = reuse_vectors(index, cancel, progress)
    total, missing = len(index.contents.every()), missing_deep(index)
    taken = embedded = 0

    def add_taken(hashes: list[ContentHash]) -> None:
        nonlocal taken
        taken += len(index.deep.add_cached(hashes))
        progress(total - len(missing) + taken, total)

    with shared_with_team(index, missing, cancel, add_taken) as offer:
        pending = missing_deep(index)
        done = total - len(pending)
        progress(done, total)
        for batch in by_priority(index.reader, pending, index.recently_shown, focus, BATCH_CHUNKS):
            throttle(cancel)
            cancel.check()
            embedded += _embed(index, batch, cancel)
            offer(batch)
            done += len(batch)
            progress(done, total)
    index.deep.drop_orphans(index.contents.every(), cancel.check)
    index.deep.checkpoint(MIN_SEALED)
    return DeepFill(embedded, reused, taken)


def reuse_vectors(
    index: FolderIndex, cancel: CancelToken, progress: Progress = lambda done, total: None
) -> int:
    """Add the vectors of the vector cache to the store, as after a switch of branches or the loss of a store.

    :return: how many vectors were added
    :raises Cancelled, StorageError: finished batches are kept
    """
    pending = missing_deep(index)
    total, reused = len(index.contents.every()), 0
    for start in range(0, len(pending), REUSE_CHUNKS):
        cancel.check()
        batch = pending[start : start + REUSE_CHUNKS]
        known = index.deep.add_cached(batch)
        if known:
            reused += len(known)
            progress(total - len(pending) + reused, total)
    index.deep.checkpoint(MIN_SEALED)
    return reused


def keep_stored_vectors(index: FolderIndex, cancel: CancelToken) -> int:
    """Give the vector cache the store's vectors that it lacks, as after a loss of the cache.

    :return: how many vectors were saved
    :raises Cancelled, StorageError: finished batches are kept
    """
    without = set(missing_deep(index))
    stored = [key for key in index.contents.every() if key not in without]
    return index.deep.save_to_cache(stored, cancel.check)


def was_filled(index: FolderIndex) -> bool:
    """Whether the deep store once had vectors, so that an empty store is a lost one."""
    return index.reader.meta("deep") == index.models.deep_fingerprint


def mark_filled(index: FolderIndex) -> None:
    """Record that the deep store has vectors, if it has any."""
    if len(index.deep) and not was_filled(index):
        index.database.set_meta(deep=index.models.deep_fingerprint)


def missing_deep(index: FolderIndex) -> list[ContentHash]:
    """Content hashes without a vector in the deep store, in the order in which they were indexed."""
    return index.deep.missing(index.reader.chunks.content_hashes())


def vectors_now(
    index: FolderIndex, hashes: Sequence[ContentHash], seconds: float
) -> dict[ContentHash, NDArray[np.float32]]:
    """The vectors of contents that the store lacks, from the cache or embedded at once, in their order.

    What `seconds` do not suffice for is left out. The background finds these vectors in the cache.

    :raises EncoderError, StorageError: none can be had
    """
    with index.claims.free(index.deep.lacking(hashes)) as lacking:
        known = index.models.vectors.get(index.models.deep_fingerprint, lacking)
        texts = index.reader.texts.to_embed([key for key in lacking if key not in known])
        names = [key for key in lacking if key in texts]
        embedded = _embed_some(index, {key: texts[key] for key in names}, seconds) if seconds > 0 else {}
    return {key: vector.astype(np.float32) for key, vector in {**known, **embedded}.items()}


def _embed_some(
    index: FolderIndex, texts: Mapping[ContentHash, str], seconds: float
) -> dict[ContentHash, NDArray[np.float16]]:
    """The vectors of the first of `texts`, as many as there is time for; they are in the cache then."""
    if not texts:
        return {}
    rows = index.models.encoder.encode_some(list(texts.values()), seconds)
    read = [
        (key, row.astype(np.float16)) for key, row in zip(texts, rows, strict=True) if not np.isnan(row[0])
    ]
    if read:
        vectors = np.stack([vector for _, vector in read])
        index.models.vectors.put(index.models.deep_fingerprint, [key for key, _ in read], vectors)
    return dict(read)


def _embed(index: FolderIndex, hashes: Sequence[ContentHash], cancel: CancelToken) -> int:
    """Give contents a vector, that of the cache if a question was asked about them meanwhile."""
    with index.claims.all(hashes):
        return _embed_claimed(index, hashes, cancel)


def _embed_claimed(index: FolderIndex, hashes: Sequence[ContentHash], cancel: CancelToken) -> int:
    known = index.deep.add_cached(hashes)
    texts = index.reader.texts.to_embed([key for key in hashes if key not in known])
    if not texts:
        return 0
    started = time.perf_counter()
    vectors = index.models.encoder.encode(list(texts.values()), cancel)
    index.models.paces.note(index.models.deep_fingerprint, len(texts), time.perf_counter() - started)
    index.deep.add_new(list(texts), vectors)
    index.models.team.made(len(texts))
    return len(texts)
