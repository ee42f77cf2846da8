"""Neighbours that are like many others give way to those that stand alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from semlens.core.index.deep_vectors import DeepVectors
from semlens.core.search import crowding as crowds
from semlens.core.search.crowding import crowding, likeness_to_crowd
from semlens.core.search.ranking.fusion import without_crowding
from semlens.core.search.ranking.inputs import Candidates
from semlens.core.search.ranking.weights import WEIGHTS
from semlens.errors import StorageError
from semlens.types import ContentHash, Tier


class Cached(DeepVectors):
    """The vectors that a cache has, and nothing else."""

    def __init__(self, vectors: Mapping[ContentHash, NDArray[np.float32]] | None) -> None:
        self._vectors = vectors

    def cached(self, hashes: object) -> dict[ContentHash, NDArray[np.float16]]:
        if self._vectors is None:
            raise StorageError("The disk is full.")
        return {key: vector.astype(np.float16) for key, vector in self._vectors.items()}


def units(count: int, seed: int) -> NDArray[np.float32]:
    made = np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def names(count: int) -> list[ContentHash]:
    return [ContentHash(f"{number:032x}") for number in range(count)]


@given(st.integers(2, 60), st.integers(0, 5))
def test_the_crowd_is_the_tenth_of_the_others_that_is_most_alike(count: int, seed: int) -> None:
    vectors = units(count, seed)
    found = likeness_to_crowd(vectors)
    for row in range(count):
        others = sorted(float(vectors[row] @ vectors[other]) for other in range(count) if other != row)
        crowd = others[-max(1, round((count - 1) / 10)) :]
        assert found[row] == pytest.approx(sum(crowd) / len(crowd), abs=1e-5)


def test_a_content_in_a_crowd_has_more_than_a_lonely_one() -> None:
    alone, crowd = units(30, 1), units(1, 2)
    vectors = np.concatenate([alone, crowd + 0.05 * units(20, 3)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    keys = names(len(vectors))
    found = crowding(Cached(dict(zip(keys, vectors, strict=True))), keys)
    assert list(found) == keys and sum(found.values()) == pytest.approx(0, abs=1e-6)
    assert max(found[key] for key in keys[:30]) < min(found[key] for key in keys[30:])


def test_contents_whose_vectors_are_not_at_hand_are_left_out() -> None:
    keys, vectors = names(5), units(5, 4)
    at_hand = dict(zip(keys[1:4], vectors[1:4], strict=True))
    assert list(crowding(Cached(at_hand), keys)) == keys[1:4]
    assert crowding(Cached({keys[0]: vectors[0]}), keys) == {}
    assert crowding(Cached(None), keys) == {}
    assert crowding(Cached({}), []) == {}


def test_only_the_nearest_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "COMPARED", 3)
    keys = names(5)
    assert list(crowding(Cached(dict(zip(keys, units(5, 5), strict=True))), keys)) == keys[:3]


def test_the_deep_tier_alone_loses_a_part_of_the_likeness() -> None:
    scores = {Tier.DEEP: np.array([0.5, 0.45, 0.0]), Tier.INSTANT: np.array([0.5, 0.4, 0.3])}
    candidates = Candidates(scores=scores, crowding=np.array([0.5, -0.5, 0.5]))
    spread = without_crowding(candidates, replace(WEIGHTS, crowding=0.1))
    assert spread[Tier.DEEP].tolist() == pytest.approx([0.45, 0.5, 0])
    assert spread[Tier.INSTANT] is scores[Tier.INSTANT]
    assert without_crowding(candidates, replace(WEIGHTS, crowding=0))[Tier.DEEP].tolist() == [0.5, 0.45, 0]


def test_a_neighbour_stays_one_however_crowded_it_is() -> None:
    candidates = Candidates(scores={Tier.DEEP: np.array([0.1, 0.0])}, crowding=np.array([1.0, 0.0]))
    near, unknown = without_crowding(candidates, replace(WEIGHTS, crowding=0.5))[Tier.DEEP]
    assert near > unknown == 0


def test_tiers_without_a_transformer_keep_their_scores() -> None:
    scores = {Tier.LEXICAL: np.array([2.0])}
    assert without_crowding(Candidates(scores=scores, crowding=np.zeros(1)), WEIGHTS) is scores
    deep = {Tier.DEEP: np.array([0.5])}
    assert without_crowding(Candidates(scores=deep), WEIGHTS) is deep
