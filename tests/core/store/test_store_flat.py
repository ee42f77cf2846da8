"""A scan in memory equals a sort of all similarities, after any history of changes."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semlens.core.store.flat import FlatVectors
from semlens.core.store.quantized import cosines, inverse_norms, quantize


def unit(*shape: int, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return values / np.linalg.norm(values, axis=-1, keepdims=True)


def filled(vectors: np.ndarray) -> FlatVectors:
    flat = FlatVectors(vectors.shape[1])
    flat.add(range(len(vectors)), quantize(vectors))
    return flat


def all_cosines(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    """The cosine of the quantized vectors, in integers with one division at the end."""
    codes, asked = quantize(vectors).astype(np.int64), quantize(query[None])[0].astype(np.int64)
    squares = (codes**2).sum(axis=1) * (asked**2).sum()
    return (codes @ asked) / np.sqrt(np.where(squares > 0, squares, 1))


def sorted_out(vectors: np.ndarray, query: np.ndarray, k: int) -> list[tuple[int, float]]:
    """The `k` nearest by a sort of all `cosines`, with ties of the last one up to `2 * k`."""
    codes = quantize(vectors)
    scores = cosines(quantize(query[None]), codes, inverse_norms(codes))
    assert scores == pytest.approx(all_cosines(vectors, query), abs=1e-6)
    order = np.lexsort((np.arange(len(scores)), -scores))
    tied = int((scores >= scores[order[k - 1]]).sum())
    return [(int(row), float(scores[row])) for row in order[: min(tied, 2 * k)]]


def test_answers_equal_a_full_sort() -> None:
    vectors, queries = unit(5000, 32), unit(20, 32, seed=1)
    flat = filled(vectors)
    for query in queries:
        assert flat.query(query, 10) == sorted_out(vectors, query, 10)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60), st.sampled_from([1e-4, 1e-3, 1e-2, 1.0]))
def test_no_neighbour_is_missed_among_similar_vectors(seed: int, k: int, spread: float) -> None:
    draw = np.random.default_rng(seed)
    around = draw.standard_normal((3, 48))[draw.integers(0, 3, 400)]
    vectors = (around + spread * draw.standard_normal((400, 48))).astype(np.float32)
    vectors[draw.integers(0, 400, 5)] = 0
    query = around[0].astype(np.float32)
    assert filled(vectors).query(query, k) == sorted_out(vectors, query, k)


def test_quantization_keeps_directions_and_zero_vectors() -> None:
    vectors = unit(200, 256) * np.float32(7)
    vectors[3] = 0
    codes = quantize(vectors)
    near = (codes * inverse_norms(codes)[:, None] * vectors).sum(axis=1) / 7
    assert codes.dtype == np.int8 and np.delete(near, 3).min() > 0.9999
    assert not codes[3].any() and inverse_norms(codes)[3] == 0
    assert filled(vectors).similarities(vectors[0], [3]) == {3: 0.0}


def test_the_order_of_insertion_does_not_matter() -> None:
    vectors = np.repeat(unit(40, 16), 3, axis=0)
    query = unit(16, seed=3)
    answers = []
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(120)
        flat = FlatVectors(16)
        for part in np.array_split(order, 7):
            flat.add(part, quantize(vectors[part]))
        answers.append(flat.query(query, 20))
    assert all(answer == answers[0] for answer in answers)
    assert len(answers[0]) == 21, "three equal vectors are never parted"


def test_only_allowed_ids_answer() -> None:
    flat = FlatVectors(8)
    flat.add(range(100), quantize(unit(100, 8)))
    assert {n for n, _ in flat.query(unit(8, seed=1), 50, np.array([3, 5, 999]))} == {3, 5}
    assert flat.query(unit(8, seed=1), 5, np.array([], np.int64)) == []


def test_an_empty_store_has_no_neighbours() -> None:
    flat = FlatVectors(8)
    assert flat.query(unit(8), 5) == [] and len(flat) == 0 and flat.similarities(unit(8), [1]) == {}
    flat.add([1], quantize(unit(1, 8)))
    flat.remove([1, 2])
    assert flat.query(unit(8), 5) == []


def test_similarities_of_some_ids() -> None:
    vectors = unit(10, 8)
    flat = FlatVectors(8)
    flat.add(range(10), quantize(vectors))
    found = flat.similarities(vectors[4], [4, 2, 77])
    assert set(found) == {4, 2} and found[4] == pytest.approx(1, abs=1e-6)


def test_wrong_shapes_raise() -> None:
    with pytest.raises(ValueError):
        FlatVectors(8).add([1], quantize(unit(1, 9)))


def test_readers_see_whole_vectors_while_a_writer_works() -> None:
    flat = FlatVectors(16)
    vectors = unit(2000, 16)
    flat.add(range(500), quantize(vectors[:500]))
    expected = all_cosines(vectors, vectors[7])
    stop, problems = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            for number, score in flat.query(vectors[7], 5):
                if abs(score - expected[number]) > 1e-6:
                    problems.append(number)

    thread = threading.Thread(target=ask)
    thread.start()
    for start in range(500, 2000, 50):
        flat.add(range(start, start + 50), quantize(vectors[start : start + 50]))
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
            flat.add(numbers, quantize(vectors[numbers]))
            alive |= set(numbers)
        else:
            flat.remove(numbers)
            alive -= set(numbers)
    assert flat.ids().tolist() == sorted(alive) and len(flat) == len(alive)
    assert {number for number, _ in flat.query(vectors[0], 50)} == alive
