"""Exact search in memory equals a sort of all similarities, whatever the history."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semlens.core.store.flat import FlatVectors


def unit(*shape: int, seed: int = 0) -> np.ndarray:
    """Vectors that half precision holds exactly; their lengths are 1 as far as it goes."""
    values = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return (values / np.linalg.norm(values, axis=-1, keepdims=True)).astype(np.float16).astype(np.float32)


def test_answers_equal_a_full_sort() -> None:
    vectors, queries = unit(5000, 32), unit(20, 32, seed=1)
    flat = FlatVectors(32)
    flat.add(np.arange(5000), vectors)
    for query in queries:
        scores = np.round(vectors.astype(np.float64) @ query, 6)
        expected = sorted(((-score, number) for number, score in enumerate(scores)))[:10]
        assert flat.query(query, 10) == [(number, -score) for score, number in expected]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60), st.sampled_from([1e-4, 1e-3, 1e-2, 1.0]))
def test_nothing_near_is_missed_however_alike_vectors_are(seed: int, k: int, spread: float) -> None:
    """Codes cannot tell such vectors apart, so that only their bounds keep the right ones."""
    draw = np.random.default_rng(seed)
    around = draw.standard_normal((3, 48))[draw.integers(0, 3, 400)]
    vectors = around + spread * draw.standard_normal((400, 48))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    vectors[draw.integers(0, 400, 5)] = 0
    query = (around[0] / np.linalg.norm(around[0])).astype(np.float32)
    flat = FlatVectors(48)
    flat.add(np.arange(400), vectors)
    scores = np.round((vectors.astype(np.float64) * query).sum(axis=1), 6)
    order = np.lexsort((np.arange(400), -scores))
    tied = int((scores >= scores[order[k - 1]]).sum())
    expected = [(int(row), float(scores[row])) for row in order[: min(tied, 2 * k)]]
    assert flat.query(query, k) == expected


def test_half_precision_goes_in_as_it_is() -> None:
    flat = FlatVectors(8)
    vectors = unit(3, 8).astype(np.float16)
    flat.add([5, 6, 7], vectors)
    best, score = flat.query(vectors[1].astype(np.float32), 1)[0]
    assert best == 6 and score == pytest.approx(1, abs=2e-3)


def test_the_order_of_arrival_does_not_matter() -> None:
    vectors = np.repeat(unit(40, 16), 3, axis=0)
    query = unit(16, seed=3)
    answers = []
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(120)
        flat = FlatVectors(16)
        for part in np.array_split(order, 7):
            flat.add(part, vectors[part])
        answers.append(flat.query(query, 20))
    assert all(answer == answers[0] for answer in answers)
    assert len(answers[0]) == 21, "three equal vectors are never parted"


def test_only_allowed_ids_answer() -> None:
    flat = FlatVectors(8)
    flat.add(range(100), unit(100, 8))
    assert {n for n, _ in flat.query(unit(8, seed=1), 50, np.array([3, 5, 999]))} == {3, 5}
    assert flat.query(unit(8, seed=1), 5, np.array([], np.int64)) == []


def test_nothing_has_no_neighbours() -> None:
    flat = FlatVectors(8)
    assert flat.query(unit(8), 5) == [] and len(flat) == 0 and flat.similarities(unit(8), [1]) == {}
    flat.add([1], unit(1, 8))
    flat.remove([1, 2])
    assert flat.query(unit(8), 5) == []


def test_similarities_of_some_ids() -> None:
    vectors = unit(10, 8)
    flat = FlatVectors(8)
    flat.add(range(10), vectors)
    found = flat.similarities(vectors[4], [4, 2, 77])
    assert set(found) == {4, 2} and found[4] == pytest.approx(vectors[4] @ vectors[4], abs=1e-6)


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError):
        FlatVectors(8).add([1], unit(1, 9))


def test_readers_see_whole_vectors_while_a_writer_works() -> None:
    flat = FlatVectors(16)
    vectors = unit(2000, 16)
    flat.add(range(500), vectors[:500])
    stop, problems = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            for number, score in flat.query(vectors[7], 5):
                if abs(score - float(vectors[number] @ vectors[7])) > 1e-5:
                    problems.append(number)

    thread = threading.Thread(target=ask)
    thread.start()
    for start in range(500, 2000, 50):
        flat.add(range(start, start + 50), vectors[start : start + 50])
        flat.remove(range(start - 300, start - 270))
    stop.set()
    thread.join()
    assert not problems


changes = st.lists(st.tuples(st.sampled_from(["add", "remove"]), st.lists(st.integers(0, 30), unique=True)))


@settings(max_examples=60, deadline=None)
@given(changes)
def test_any_history_equals_the_last_state(history) -> None:
    vectors = unit(31, 4)
    flat, alive = FlatVectors(4), set()
    for operation, numbers in history:
        if operation == "add":
            flat.add(numbers, vectors[numbers])
            alive |= set(numbers)
        else:
            flat.remove(numbers)
            alive -= set(numbers)
    assert flat.ids().tolist() == sorted(alive) and len(flat) == len(alive)
    assert {number for number, _ in flat.query(vectors[0], 50)} == alive
