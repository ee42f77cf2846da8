"""Where points are: near those they are like, the same each time, and still when others come."""

from __future__ import annotations

import numpy as np
import pytest

from semlens.core.map.layout import lay_out, place, principal_components
from semlens.core.map.neighbours import nearest, unit
from semlens.core.map.tsne import exact_pushes, grid_pushes
from semlens.core.map.types import Floats
from semlens.errors import Cancelled
from semlens.types import CancelToken

TOPICS, EACH, DIMENSION = 6, 25, 32


@pytest.fixture(scope="module")
def vectors() -> Floats:
    """`TOPICS` bundles of `EACH` vectors."""
    random = np.random.default_rng(7)
    middles = np.repeat(random.normal(size=(TOPICS, DIMENSION)), EACH, axis=0)
    return unit(middles + 0.4 * random.normal(size=middles.shape))


@pytest.fixture(scope="module")
def positions(vectors: Floats) -> Floats:
    return lay_out(vectors)


def share_of_own_topic(positions: Floats) -> float:
    """Of the 5 nearest points on the map, those of the same topic."""
    topics = np.arange(len(positions)) // EACH
    distances = np.linalg.norm(positions[:, None] - positions[None], axis=2) + 1e9 * np.eye(len(positions))
    near = np.argsort(distances, axis=1)[:, :5]
    return float((topics[near] == topics[:, None]).mean())


def test_what_is_alike_is_together(vectors: Floats, positions: Floats) -> None:
    assert share_of_own_topic(positions) > 0.95
    assert share_of_own_topic(positions) > share_of_own_topic(principal_components(vectors))


def test_the_same_vectors_give_the_same_picture(vectors: Floats, positions: Floats) -> None:
    assert np.array_equal(lay_out(vectors.copy()), positions)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 9, 12, 40])
def test_any_number_of_points_is_laid_out(vectors: Floats, count: int) -> None:
    found = lay_out(vectors[:: len(vectors) // count][:count] if count else vectors[:0])
    assert found.shape == (count, 2) and np.isfinite(found).all()


@pytest.mark.parametrize("rows", [12, 60])
def test_vectors_that_are_all_the_same_are_laid_out(rows: int) -> None:
    for same in (np.ones((rows, 4), np.float32), np.zeros((rows, 4), np.float32)):
        assert np.isfinite(lay_out(same)).all()


def test_a_new_point_goes_to_its_neighbours(vectors: Floats, positions: Floats) -> None:
    """Leave each fifth point out, and place it among the others."""
    new = np.arange(len(vectors)) % 5 == 0
    found = positions.copy()
    found[new] = place(vectors[new], vectors[~new], positions[~new])
    assert share_of_own_topic(found) > 0.95


def test_a_new_point_between_two_places_goes_to_one_of_them() -> None:
    known = unit(np.eye(2, 8)[[0, 0, 0, 1, 1]] + 0.01 * np.arange(40).reshape(5, 8) / 40)
    places = np.array([[0, 0], [0, 1], [1, 0], [100, 100], [100, 101]], np.float32)
    x, y = place(np.array([[1, 1, 0, 0, 0, 0, 0, 0]], np.float32), known, places)[0]
    assert x in (pytest.approx(0.5, abs=0.6), pytest.approx(100, abs=0.6)) and abs(x - y) < 2


def test_beyond_the_landmarks_the_rest_is_placed(vectors: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semlens.core.map.layout.LANDMARKS", 60)
    assert share_of_own_topic(lay_out(vectors)) > 0.85


def test_neighbours_are_the_nearest(vectors: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, cosines = nearest(vectors, vectors, 4, same=True)
    alike = vectors @ vectors.T - 9 * np.eye(len(vectors), dtype=np.float32)
    assert np.allclose(np.sort(alike, axis=1)[:, :-5:-1], cosines, atol=1e-6)
    monkeypatch.setattr("semlens.core.map.neighbours._BLOCK_BYTES", 4 * len(vectors) * 7)
    assert np.array_equal(nearest(vectors, vectors, 4, same=True)[0], rows)


@pytest.mark.parametrize("width", [3.0, 8.0, 20.0])
def test_pushes_on_the_grid_are_those_of_all_pairs(width: float) -> None:
    places = (width * np.random.default_rng(5).normal(size=(800, 2))).astype(np.float32)
    exact, found = exact_pushes(places), grid_pushes(places)
    assert np.linalg.norm(found - exact) < 0.06 * np.linalg.norm(exact)


def test_a_layout_can_be_cancelled(vectors: Floats) -> None:
    cancel, steps = CancelToken(), list[int]()

    def progress(done: int, total: int) -> None:
        steps.append(done)
        if done == 3:
            cancel.cancel()

    with pytest.raises(Cancelled):
        lay_out(vectors, cancel.check, progress)
    assert steps == [1, 2, 3]
