"""Clusters of points on the map: the hills of their density.

A hill is apart from a higher one if the saddle between them is much lower than its top, as in ToMATo (Chazal
and others, 2013). On a grid this takes the same time for any number of points.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from semlens.core.map.types import Floats, Rows

NONE = -1
"""The cluster of points in none."""

_GRID = 192
_MARGIN = 8
_BLUR = 1 / 64
"""The blur's least deviation, as a share of the map's width: about what the eye takes together."""
_FEW_BLUR = 0.5
"""Times the root of the points; with few points a hill is less dense."""
_SADDLE = 0.75
"""A hill whose saddle is higher than this share of its top belongs to its neighbour."""
_SMALLEST_SHARE = 1 / 100
_SMALLEST = 5


def find_clusters(positions: Floats) -> Rows:
    """The cluster of each point, shape (n,), the largest being 0; `NONE` for points in no hill of size.

    :param positions: shape (n, 2)
    """
    labels = np.full(len(positions), NONE, np.int32)
    if len(positions) < _SMALLEST:
        return labels
    cells = _cells(positions)
    counts = np.bincount(cells, minlength=_GRID * _GRID).reshape(_GRID, _GRID)
    blur = max(_BLUR, _FEW_BLUR / math.sqrt(len(positions)))
    hills = _hills(_blurred(counts.astype(np.float64), blur))[cells]
    smallest = max(_SMALLEST, int(len(positions) * _SMALLEST_SHARE))
    names, sizes = np.unique(hills, return_counts=True)
    order = np.lexsort((names, -sizes))
    for number, row in enumerate(order[sizes[order] >= smallest].tolist()):
        labels[hills == names[row]] = number
    return labels


def _cells(positions: Floats) -> Rows:
    """The cell of the grid that each point is in."""
    low = positions.min(axis=0)
    span = max(float((positions.max(axis=0) - low).max()), 1e-9)
    at = _MARGIN + (positions - low) * ((_GRID - 1 - 2 * _MARGIN) / span)
    steps = np.floor(at).astype(np.int32)
    return np.asarray(steps[:, 0] * _GRID + steps[:, 1], np.int32)


def _blurred(counts: NDArray[np.float64], blur: float) -> Floats:
    across = np.arange(_GRID)
    distance = (across[:, None] - across[None, :]) / (_GRID * blur)
    kernel = np.exp(-0.5 * distance**2)
    return np.asarray(kernel @ counts @ kernel, np.float32)


def _hills(density: Floats) -> Rows:
    """The hill of each cell, named by the cell of its top; shape (cells,)."""
    flat = density.ravel()
    order = np.argsort(-flat, kind="stable")
    occupied = order[flat[order] > flat.max() * 1e-4].tolist()
    parents = np.full(len(flat), NONE, np.int32).tolist()
    heights = flat.tolist()
    for cell in occupied:
        parents[cell] = cell
        tops = sorted(
            {_top(parents, near) for near in _around(cell) if parents[near] != NONE and near != cell},
            key=lambda top: (-heights[top], top),
        )
        if not tops:
            continue
        parents[cell] = tops[0]
        for top in tops[1:]:
            if heights[cell] > _SADDLE * heights[top]:
                parents[top] = tops[0]
    found = [_top(parents, cell) if parents[cell] != NONE else cell for cell in range(len(flat))]
    return np.array(found, np.int32)


def _around(cell: int) -> list[int]:
    row, column = divmod(cell, _GRID)
    return [
        (row + down) * _GRID + column + across
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
        if 0 <= row + down < _GRID and 0 <= column + across < _GRID
    ]


def _top(parents: list[int], cell: int) -> int:
    while parents[cell] != cell:
        parents[cell] = parents[parents[cell]]
        cell = parents[cell]
    return cell
