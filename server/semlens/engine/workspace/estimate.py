"""What it would take to have another model read a folder: how many texts, how long, how much of the disk."""

from __future__ import annotations

import random
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from semlens.core.index.added_tiers import SECOND
from semlens.core.index.folder import NEAREST, FolderIndex
from semlens.core.index.model_set import ModelSet
from semlens.core.index.second_tier import words_of
from semlens.core.served.identity import PROBES
from semlens.core.served.model import ServedModel
from semlens.core.store.layout import disk_usage, index_dir_name
from semlens.core.store.live_set import read_live_set
from semlens.core.store.vector_table import BYTES_BESIDE_VECTOR
from semlens.core.util.content_hash import hash_text
from semlens.types import CancelToken, ContentHash, Fingerprint

SAMPLE = 64
"""Texts of the folder that a model reads to show its pace."""
BATCH = 16
LOADING = 2
"""The first texts are read twice: once to wait for the model to load, which says nothing of its pace."""
SECONDS = 4.0
"""After so long, no further batch is read."""

NEAREST_BYTES = 450
NEAREST_FIXED_BYTES = 600_000
"""What Chroma keeps for each vector beside its numbers, and for a collection. Collections of 539 to 19,459
vectors with 384 dimensions were within 6% of it."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is to be done in one folder."""

    texts: int = 0
    """Those of its code."""
    unread: int = 0
    """Those that the model has not read in any folder."""
    seconds: float = 0.0
    """For the unread ones."""
    disk_bytes: int = 0
    """By how much the data folder grows."""


def estimate(index: FolderIndex, models: ModelSet, second: bool, cancel: CancelToken) -> Estimate:
    """What it takes to have a model read a folder; it reads a sample now if its pace is not known.

    :param second: whether it is to be the folder's second model, which reads the code in words
    :raises Cancelled, ModelError, EncoderError, StorageError: the model cannot be tried
    """
    fingerprint = models.words_fingerprint if second else models.deep_fingerprint
    hashes = _texts_to_read(index, models, fingerprint, second)
    unread = models.vectors.missing(fingerprint, hashes)
    pace = models.paces.of(fingerprint) if unread else None
    if unread and pace is None:
        pace = _tried(index, models, fingerprint, second, cancel)
    return Estimate(
        texts=len(hashes),
        unread=len(unread),
        seconds=len(unread) / pace if pace else 0.0,
        disk_bytes=_disk(index, models, fingerprint, len(hashes), len(unread), second),
    )


def _texts_to_read(
    index: FolderIndex, models: ModelSet, fingerprint: Fingerprint, second: bool
) -> Collection[ContentHash]:
    """The texts of the model's own index, if there is one; else about as many, those of the present one."""
    if second:
        tier = index.added.second
        if tier is not None and tier.models is models:
            return tier.hashes()
        if fingerprint not in models.vectors.sizes():
            return index.contents.every()
        files = [path for path, _ in index.reader.files.languages()]
        return {
            hash_text(words_of(chunk, text, roles, models.tokenizer))
            for file in index.reader.texts.documents_of(files)
            for chunk, text, roles in file
        }
    own = _own_index(index, fingerprint) / "index.db"
    live = read_live_set(own) if own.exists() else None
    return index.contents.every() if live is None or not live.hashes else live.hashes


def _own_index(index: FolderIndex, fingerprint: Fingerprint) -> Path:
    return index.directory.parent / index_dir_name(fingerprint)


def _tried(
    index: FolderIndex, models: ModelSet, fingerprint: Fingerprint, second: bool, cancel: CancelToken
) -> float | None:
    """The pace of a model on a sample of the folder's own code; None if there is no code.

    A server gets no code of a folder before the folder uses its model: it reads the texts that tell models
    apart.
    """
    served = isinstance(models.deep, ServedModel)
    texts = list(PROBES) if served else _sample(index, models, second)
    models.encoder.encode(texts[:LOADING], cancel)
    read = 0
    started = time.perf_counter()
    while read < len(texts) and time.perf_counter() - started < SECONDS:
        batch = texts[read : read + BATCH]
        models.encoder.encode(batch, cancel)
        read += len(batch)
    if not read:
        return None
    seconds = time.perf_counter() - started
    models.paces.note(fingerprint, read, seconds)
    return read / seconds


def _sample(index: FolderIndex, models: ModelSet, second: bool) -> list[str]:
    """Texts of files drawn at random, as the model would read them; always the same ones."""
    files = sorted(path for path, _ in index.reader.files.languages())
    random.Random(0).shuffle(files)
    texts: list[str] = []
    for file in index.reader.texts.documents_of(files):
        texts += [
            words_of(chunk, text, roles, models.tokenizer) if second else text.embedding_text
            for chunk, text, roles in file
        ]
        if len(texts) >= SAMPLE:
            break
    return texts[:SAMPLE]


def _disk(
    index: FolderIndex, models: ModelSet, fingerprint: Fingerprint, texts: int, unread: int, second: bool
) -> int:
    """The vectors that are kept for all folders, the collection, and the index that is made anew."""
    kept = unread * (2 * models.deep.dim + BYTES_BESIDE_VECTOR)
    collection = texts * (4 * models.deep.dim + NEAREST_BYTES) + NEAREST_FIXED_BYTES
    if second:
        return kept + max(0, collection - disk_usage(index.directory / SECOND))
    of_index = disk_usage(index.directory) - sum(
        disk_usage(index.directory / part) for part in (NEAREST, SECOND)
    )
    whole = of_index + collection
    own = _own_index(index, fingerprint)
    return kept + max(0, whole - (disk_usage(own) if own.exists() else 0))


def together(parts: Sequence[Estimate]) -> Estimate:
    """What it takes for several folders."""
    return Estimate(
        sum(one.texts for one in parts),
        sum(one.unread for one in parts),
        sum(one.seconds for one in parts),
        sum(one.disk_bytes for one in parts),
    )
