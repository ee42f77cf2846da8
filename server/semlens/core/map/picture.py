"""The map of a folder: its definitions at their positions, in clusters with names.

Positions are kept. New code is placed near what it is like and nothing else moves, until more than half of
the code is new or somebody asks for a new layout.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from semlens.core.index.folder import FolderIndex
from semlens.core.map.clusters import find_clusters
from semlens.core.map.definitions import best_tier, definitions, vectors_of, words_of
from semlens.core.map.messages import LayOut, Place
from semlens.core.map.names import telling_words
from semlens.core.map.positions import Positions, read_positions, write_positions
from semlens.core.map.types import Floats, Rows
from semlens.core.store.records import StoredChunk
from semlens.types import ContentHash, Tier

_NEW_SHARE = 0.5
"""With a larger share of new code the old layout says little about the code."""
_APART = 0.004
"""Definitions with the same text are this share of the map's width apart."""
_GOLDEN_ANGLE = 2.399963

AskPositions = Callable[[LayOut | Place], Floats]
"""Works out positions, shape (n, 2), in some process."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Definitions that lie together."""

    words: tuple[str, ...]
    """Those that tell it from the others, best first."""
    size: int
    x: float
    y: float
    """Its middle."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The map of a folder."""

    chunks: Sequence[StoredChunk]
    """One for each point, by path and line."""
    positions: Floats
    """Shape (points, 2)."""
    labels: Rows
    """The cluster of each point, or `clusters.NONE`."""
    clusters: Sequence[Cluster]
    """The largest first."""
    placed: int
    """Points that were placed among the others, since all were laid out."""
    outdated: bool
    """Whether the deep tier, which can lay them out now, could not when they were laid out."""


def make_picture(index: FolderIndex, ask: AskPositions, again: bool = False) -> Picture:
    """The map of a folder, whose positions it keeps beside the index.

    :param again: lay out everything again
    :raises StorageError: the index cannot be read; and what `ask` raises
    """
    chunks = definitions(index)
    hashes = sorted({chunk.content_hash for chunk in chunks})
    kept = Positions() if again else read_positions(index.directory)
    new = [content for content in hashes if content not in kept.places]
    if new:
        kept = _with_new(index, ask, hashes, new, kept)
        write_positions(index.directory, kept, hashes)
    positions = _apart(kept.of([chunk.content_hash for chunk in chunks]), chunks)
    labels = find_clusters(positions)
    clusters = _clusters(chunks, positions, labels)
    outdated = kept.tier is Tier.INSTANT and best_tier(index, hashes) is Tier.DEEP and bool(hashes)
    return Picture(chunks, positions, labels, clusters, max(0, len(hashes) - kept.laid_out), outdated)


def _with_new(
    index: FolderIndex,
    ask: AskPositions,
    hashes: Sequence[ContentHash],
    new: Sequence[ContentHash],
    kept: Positions,
) -> Positions:
    """The positions with those of `new` contents."""
    tier = best_tier(index, hashes)
    if len(new) > _NEW_SHARE * len(hashes):
        return Positions(_places(hashes, ask(LayOut(vectors_of(index, hashes, tier)))), len(hashes), tier)
    known = [content for content in hashes if content in kept.places]
    request = Place(vectors_of(index, new, tier), vectors_of(index, known, tier), kept.of(known))
    return Positions({**kept.places, **_places(new, ask(request))}, kept.laid_out, kept.tier)


def _places(hashes: Sequence[ContentHash], positions: Floats) -> dict[ContentHash, tuple[float, float]]:
    return {content: (x, y) for content, (x, y) in zip(hashes, positions.tolist(), strict=True)}


def _apart(positions: Floats, chunks: Sequence[StoredChunk]) -> Floats:
    """The positions, with definitions of the same text in a spiral around their place."""
    if not len(positions):
        return positions
    width = float(np.ptp(positions, axis=0).max())
    before: dict[ContentHash, int] = {}
    ranks = np.zeros(len(chunks), np.float32)
    for row, chunk in enumerate(chunks):
        ranks[row] = before.get(chunk.content_hash, 0)
        before[chunk.content_hash] = int(ranks[row]) + 1
    radius, angle = _APART * width * np.sqrt(ranks), _GOLDEN_ANGLE * ranks
    return np.asarray(positions + np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1), np.float32)


def _clusters(chunks: Sequence[StoredChunk], positions: Floats, labels: Rows) -> list[Cluster]:
    count = int(labels.max(initial=-1)) + 1
    words = telling_words(labels, [words_of(chunk) for chunk in chunks], count)
    found = []
    for label in range(count):
        inside = positions[labels == label]
        x, y = np.median(inside, axis=0).tolist()
        found.append(Cluster(tuple(words[label]), len(inside), x, y))
    return found
