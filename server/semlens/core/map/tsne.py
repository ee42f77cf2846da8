"""t-SNE in two dimensions, in numpy alone: the smallest installation has no scikit-learn.

Every point pushes every other. The pushes are a convolution on a grid, by FFT, as in "Fast
interpolation-based t-SNE" (Linderman and others, 2019): the time grows with the points, not with their pairs.
Nothing is random, so that the same input gives the same picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from semlens.core.map.types import Floats, Rows

PERPLEXITY = 15
"""How many neighbours count, softly."""

NEIGHBOURS = 2 * PERPLEXITY
"""Neighbours further away have next to no weight."""

_TIGHT_STEPS, _STEPS = 150, 450
"""Steps with early exaggeration, and all of them."""
_EXAGGERATION = 12.0
_SPREAD = 1e-2
"""The deviation of the first positions: small, so that points pass each other easily."""
_GRID = 320
"""The most nodes of the grid on a side; with more the picture is no better."""
_NODE = 0.35
"""The least distance of two nodes: the pushes change over a distance of 1."""

_FEW = 300
"""Pushes are worked out pair by pair for so few points: the grid takes longer."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Edges:
    """Pairs of neighbours in both directions, by their first point."""

    starts: Rows
    """Where each point's pairs begin, shape (n,)."""
    here: Rows
    there: Rows
    weights: Floats
    """They add up to 1."""


def tsne(
    rows: Rows,
    cosines: Floats,
    first: Floats,
    check: Callable[[], None] = lambda: None,
    progress: Progress = lambda done, total: None,
) -> Floats:
    """Positions, shape (n, 2), at which neighbours are together.

    :param rows: the neighbours of each point, shape (n, k)
    :param cosines: of the neighbours, shape (n, k)
    :param first: the positions to begin with, shape (n, 2), such as the first two principal components
    :param check: called between steps; what it raises ends the work
    """
    edges = _edges(rows, _weights(1 - cosines))
    place = first - first.mean(axis=0)
    place = np.asarray(place * (_SPREAD / max(float(place[:, 0].std()), 1e-9)), np.float32)
    rate = max(len(place) / _EXAGGERATION, 50.0)
    speed, gains = np.zeros_like(place), np.ones_like(place)
    for step in range(_STEPS):
        check()
        tight = step < _TIGHT_STEPS
        pull = _pulls(edges, place) * (_EXAGGERATION if tight else 1.0)
        slope = 4 * (pull - _pushes(place))
        against = slope * speed < 0
        gains = np.where(against, gains + 0.2, np.maximum(gains * 0.8, 0.01))
        speed = (0.5 if tight else 0.8) * speed - rate * gains * slope
        place = place + speed
        place -= place.mean(axis=0)
        progress(step + 1, _STEPS)
    return np.asarray(place, np.float32)


def _weights(distances: Floats) -> Floats:
    """The weight of each neighbour, shape (n, k), so that each point has the same perplexity."""
    squares = distances - distances.min(axis=1, keepdims=True)
    wanted = np.log(min(PERPLEXITY, 0.7 * distances.shape[1]))
    low, high = np.zeros((len(squares), 1)), np.full((len(squares), 1), np.inf)
    sharpness = np.full((len(squares), 1), 1 / max(float(squares.mean()), 1e-9))
    for _ in range(40):
        weights = np.exp(-squares * sharpness)
        total = weights.sum(axis=1, keepdims=True)
        entropy = np.log(total) + sharpness * (squares * weights).sum(axis=1, keepdims=True) / total
        flat = entropy > wanted
        low, high = np.where(flat, sharpness, low), np.where(flat, high, sharpness)
        sharpness = np.where(np.isinf(high), sharpness * 2, (low + np.where(np.isinf(high), 0, high)) / 2)
    weights = np.exp(-squares * sharpness)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _edges(rows: Rows, weights: Floats) -> _Edges:
    n, k = rows.shape
    here = np.repeat(np.arange(n, dtype=np.int64), k)
    there = rows.ravel().astype(np.int64)
    keys, where = np.unique(np.concatenate([here * n + there, there * n + here]), return_inverse=True)
    summed = np.bincount(where, np.concatenate([weights.ravel(), weights.ravel()])) / (2 * n)
    ends = np.searchsorted(keys, np.arange(n) * n)
    return _Edges(
        ends.astype(np.int32),
        (keys // n).astype(np.int32),
        (keys % n).astype(np.int32),
        summed.astype(np.float32),
    )


def _pulls(edges: _Edges, place: Floats) -> Floats:
    """How neighbours draw each point, shape (n, 2)."""
    across, down = np.ascontiguousarray(place.T)
    dx = across[edges.here] - across[edges.there]
    dy = down[edges.here] - down[edges.there]
    force = edges.weights / (1 + dx * dx + dy * dy)
    return np.stack(
        [np.add.reduceat(force * dx, edges.starts), np.add.reduceat(force * dy, edges.starts)], axis=1
    )


def _pushes(place: Floats) -> Floats:
    """How all points drive each point away, shape (n, 2)."""
    return exact_pushes(place) if len(place) <= _FEW else grid_pushes(place)


def exact_pushes(place: Floats) -> Floats:
    """The pushes pair by pair."""
    dx, dy = (column[:, None] - column[None, :] for column in np.ascontiguousarray(place.T))
    close = 1 / (1 + dx * dx + dy * dy)
    total = float(close.sum(dtype=np.float64)) - len(place)
    close *= close
    pushes = np.stack([(close * dx).sum(axis=1), (close * dy).sum(axis=1)], axis=1)
    return np.asarray(pushes / np.float32(total), np.float32)


def grid_pushes(place: Floats) -> Floats:
    """The pushes by way of a grid."""
    low = place.min(axis=0)
    span = float((place.max(axis=0) - low).max())
    nodes = int(min(_GRID, max(32, span / _NODE + 4)))
    node = max(span / (nodes - 4), 1e-6)
    at = (place - low) / node + 1.5
    cell = np.floor(at).astype(np.int32)
    shares = _shares(at - cell)
    flat = [
        ((cell[:, 0] + across) * nodes + cell[:, 1] + down, shares[0][across + 1] * shares[1][down + 1])
        for across in (-1, 0, 1)
        for down in (-1, 0, 1)
    ]
    index = np.concatenate([where for where, _ in flat])
    mass = np.bincount(index, np.concatenate([share for _, share in flat]), nodes * nodes)
    fields = _fields(mass.reshape(nodes, nodes).astype(np.float32), node)
    felt = [
        np.sum([field.ravel()[where] * share for where, share in flat], axis=0, dtype=np.float32)
        for field in fields
    ]
    alone = len(place) * _own_closeness(node)
    total = max(float(felt[0].sum(dtype=np.float64)) - alone, 1e-3 * len(place))
    return np.asarray(np.stack(felt[1:], axis=1) / np.float32(total), np.float32)


def _shares(within: Floats) -> list[list[Floats]]:
    """How a point's mass is spread over three nodes in each direction: the weights of a parabola."""
    found = []
    for axis in (0, 1):
        off = within[:, axis] - np.float32(0.5)
        found.append([off * (off - 1) / 2, 1 - off * off, off * (off + 1) / 2])
    return found


def _own_closeness(node: float) -> float:
    """What a point adds to the closeness that it feels itself, on average over its places in a cell."""
    lags = np.arange(-2, 3) * node
    # The mean product of the shares of two nodes at each distance, from the parabolas of `_shares`.
    shares = np.array([-17, 68, 858, 68, -17]) / 960
    return float(shares @ (1 / (1 + lags[:, None] ** 2 + lags[None, :] ** 2)) @ shares)


def _fields(mass: Floats, node: float) -> list[Floats]:
    """The closeness to all points, and their push in each direction, at every node."""
    nodes = len(mass)
    size = _fast_size(2 * nodes)
    steps = np.fft.fftfreq(size, 1 / size).astype(np.float32) * np.float32(node)
    dx, dy = steps[:, None], steps[None, :]
    close = 1 / (1 + dx * dx + dy * dy)
    spectrum = np.fft.rfft2(mass, (size, size))
    return [
        np.fft.irfft2(spectrum * np.fft.rfft2(kernel), (size, size))[:nodes, :nodes].astype(np.float32)
        for kernel in (close, dx * close * close, dy * close * close)
    ]


def _fast_size(least: int) -> int:
    """The next size with small prime factors alone."""
    size = least
    while True:
        rest = size
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return size
        size += 1
