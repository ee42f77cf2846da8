"""Which model stands behind a name: told by its vectors of a few fixed texts, not by what a server says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

PROBES = (
    "def read_lines(path):\n    with open(path) as file:\n        return [line.rstrip() for line in file]",
    "How is a user's password checked when they log in?",
    "public static int max(int[] values) { return Arrays.stream(values).max().getAsInt(); }",
    "SELECT name, count(*) FROM orders GROUP BY name HAVING count(*) > 3;",
    "The quick brown fox jumps over the lazy dog.",
    "retry the request with exponential backoff after a timeout",
)
"""Never changed without need: every vector that a server has made would be made again."""

MIN_COSINE = 0.995
"""Of two vectors of one probe by the same model. See `docs/models/servers.md` for what was measured."""

_MOST_COORDINATES = 16


def same_model(mine: NDArray[np.floating], theirs: NDArray[np.floating]) -> bool:
    """Whether unit vectors of the probes, shape (probes, dimension) each, are of one model."""
    if mine.shape != theirs.shape:
        return False
    cosines = np.einsum("ij,ij->i", mine.astype(np.float64), theirs.astype(np.float64))
    lengths = np.linalg.norm(mine.astype(np.float64), axis=1) * np.linalg.norm(
        theirs.astype(np.float64), axis=1
    )
    return bool(np.all(cosines >= MIN_COSINE * lengths))


def identity_of(probes: NDArray[np.floating], taken: Collection[str] = ()) -> str:
    """A name for the model that made these unit vectors, shape (probes, dimension).

    It is made of the signs of each vector's largest coordinates, as far as the widest gap between two sizes:
    the noise of another machine is smaller than that gap nearly always, so that it gives the same name.

    :param taken: names of other models
    """
    marks: list[list[int]] = []
    for vector in probes.astype(np.float64):
        order = np.argsort(-np.abs(vector), kind="stable")
        sizes = np.abs(vector[order])[: _MOST_COORDINATES + 1]
        kept = int(np.argmax(sizes[:-1] - sizes[1:])) + 1 if len(sizes) > 1 else 1
        marks.append(sorted(int(at + 1) * (1 if vector[at] > 0 else -1) for at in order[:kept]))
    name = hashlib.sha256(json.dumps([probes.shape, marks]).encode()).hexdigest()[:32]
    while name in taken:
        name = hashlib.sha256(name.encode()).hexdigest()[:32]
    return name
