"""Positions by meaning: principal components, then t-SNE; new points go near their neighbours.

Beyond `LANDMARKS` points, a sample of them is laid out and the rest placed among it: t-SNE needs each point's
nearest neighbours, which takes time with the square of the points.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from semlens.core.map.neighbours import nearest, unit
from semlens.core.map.tsne import NEIGHBOURS, tsne
from semlens.core.map.types import Floats

LANDMARKS = 20_000

FEWEST = 8
"""With fewer points there is nothing to lay out but the principal components."""

_AROUND = 8
"""Placed points near a new one; most of them agree on where it belongs."""
_SHARPNESS = 20.0
"""A neighbour whose cosine is lower by 1/20 counts 1/e."""
_TOGETHER = 0.04
"""Neighbours within this share of the map's width are one place."""

Check = Callable[[], None]
Progress = Callable[[int, int], None]


def lay_out(
    vectors: Floats, check: Check = lambda: None, progress: Progress = lambda done, total: None
) -> Floats:
    """Positions, shape (n, 2), of vectors, shape (n, dimension). Their order decides ties.

    :param check: called between steps; what it raises ends the work
    :param progress: called with the steps done and all of them
    """
    found = unit(vectors)
    if len(found) <= FEWEST:
        return principal_components(found)
    every = -(-len(found) // LANDMARKS)
    chosen = np.arange(0, len(found), every)
    landmarks = found[chosen]
    rows, cosines = nearest(landmarks, landmarks, min(NEIGHBOURS, len(landmarks) - 1), check, same=True)
    placed = tsne(rows, cosines, principal_components(landmarks), check, progress)
    if every == 1:
        return placed
    positions = np.empty((len(found), 2), np.float32)
    positions[chosen] = placed
    rest = np.delete(np.arange(len(found)), chosen)
    positions[rest] = place(found[rest], landmarks, placed, check)
    return positions


def place(new: Floats, known: Floats, positions: Floats, check: Check = lambda: None) -> Floats:
    """Positions of `new` vectors, shape (m, 2), near the `known` ones that are most like them.

    :param positions: of the known vectors, shape (n, 2), which stay as they are
    """
    if not len(known):
        return np.zeros((len(new), 2), np.float32)
    rows, cosines = nearest(unit(new), unit(known), min(_AROUND, len(known)), check)
    at = positions[rows]
    weights = np.exp(_SHARPNESS * (cosines - cosines[:, :1]))
    width = max(float(np.ptp(positions, axis=0).max()), 1e-6)
    distances = np.linalg.norm(at[:, :, None] - at[:, None, :], axis=3)
    together = distances <= _TOGETHER * width
    # The mean of neighbours in two places is in neither of them: take the place with the most weight.
    best = np.argmax((together * weights[:, None, :]).sum(axis=2), axis=1)
    weights = weights * together[np.arange(len(at)), best]
    means = (at * weights[:, :, None]).sum(axis=1) / weights.sum(axis=1, keepdims=True)
    return np.asarray(means, np.float32)


def principal_components(vectors: Floats) -> Floats:
    """The first two principal components of vectors, shape (n, 2); each sign is the one that is the same
    for the same vectors."""
    positions = np.zeros((len(vectors), 2), np.float32)
    if len(vectors) < 2:
        return positions
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    axes = axes[:, ::-1][:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    positions[:, : axes.shape[1]] = centred @ axes
    return positions
