"""Mapped vectors answer as vectors in memory do, after any history of changes, reopenings and kills."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from numpy.typing import NDArray

from semlens.core.store import instant_vectors as module
from semlens.core.store.flat import FlatVectors
from semlens.core.store.instant_vectors import InstantVectors
from semlens.core.store.quantized import Codes

DIMENSION = 8


class Killed(BaseException):
    """Simulates the death of the process."""


class Source:
    """What the database has: a chunk's vector depends on its id alone, and no id is used twice."""

    def __init__(self) -> None:
        self.alive: set[int] = set()
        self.last = 0
        self.loaded = 0

    def ids(self) -> NDArray[np.int64]:
        return np.array(sorted(self.alive), np.int64)

    def vectors(self, after: int = 0, limit: int = -1) -> tuple[NDArray[np.int64], Codes]:
        ids = self.ids()
        ids = ids[ids > after][: None if limit < 0 else limit]
        self.loaded += len(ids)
        return ids, vectors_of(ids)


def vectors_of(ids: NDArray[np.int64]) -> Codes:
    made = [np.random.default_rng(int(number) // 2).integers(-127, 128, DIMENSION) for number in ids]
    return np.array(made, np.int8).reshape(-1, DIMENSION)  # Pairs of chunks are equal, and tie.


def go_on() -> None:
    """Check nothing."""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MIN_MAPPED", 20)
    monkeypatch.setattr(module, "_BATCH", 7)


def filled(folder: Path, count: int) -> tuple[InstantVectors, Source]:
    source, store = Source(), InstantVectors(folder, DIMENSION)
    source.alive = set(range(1, count + 1))
    source.last = count
    store.load(source)
    store.write_files(source, go_on)
    return store, source


def expected(source: Source) -> FlatVectors:
    flat = FlatVectors(DIMENSION)
    flat.add(*source.vectors())
    return flat


class Machine(RuleBasedStateMachine):
    @initialize(count=st.integers(0, 60))
    def begin(self, count: int) -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(module, "MIN_MAPPED", 20)
        self.patch.setattr(module, "_BATCH", 7)
        self.place = Path(tempfile.mkdtemp(prefix="semlens-instant-"))
        self.folder, self.lives = self.place / "0", 0
        self.store, self.source = filled(self.folder, count)

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.place)

    @rule(count=st.integers(1, 12))
    def add(self, count: int) -> None:
        ids = np.arange(self.source.last + 1, self.source.last + 1 + count)
        self.source.last += count
        self.source.alive.update(ids.tolist())
        self.store.add(ids, vectors_of(ids))

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        gone = data.draw(st.sets(st.integers(1, self.source.last + 2), max_size=25))
        self.source.alive -= gone
        self.store.remove(gone)

    @rule(anew=st.booleans())
    def write(self, anew: bool) -> None:
        self.store.write_files(self.source, go_on, anew)

    @rule()
    def reopen(self) -> None:
        removed, self.store = self.store.removed, InstantVectors(self.folder, DIMENSION)
        self.store.load(self.source, removed)

    @rule(after=st.integers(0, 4))
    def die(self, after: int) -> None:
        """Kill the process while it writes, or right after it; nothing of its memory is left."""
        self.lives += 1
        left, checks = self.place / str(self.lives), iter(range(after))

        def kill() -> None:
            if next(checks, None) is None:
                shutil.copytree(self.folder, left)
                raise Killed

        try:
            self.store.write_files(self.source, kill, anew=True)
            kill()
        except Killed:
            self.store.write_files(self.source, go_on)
        if not left.exists():
            shutil.copytree(self.folder, left)
        self.folder, self.store = left, InstantVectors(left, DIMENSION)
        self.store.load(self.source)

    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        """Change a byte of a file, or cut it, between two lives."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        if files:
            path = data.draw(st.sampled_from(files))
            content = bytearray(path.read_bytes())
            at = data.draw(st.integers(0, max(0, len(content) - 1)))
            if at % 2:
                content[at] ^= 255
            else:
                del content[at:]
            path.write_bytes(content)
        self.store = InstantVectors(self.folder, DIMENSION)
        self.store.load(self.source)

    @invariant()
    def answers_as_in_memory(self) -> None:
        flat = expected(self.source)
        assert self.store.ids().tolist() == flat.ids().tolist() and len(self.store) == len(flat)
        query = np.random.default_rng(self.source.last).standard_normal(DIMENSION).astype(np.float32)
        for k in (1, 5, 200):
            assert self.store.query(query, k) == flat.query(query, k)
        for few in (1, 9):
            allowed = flat.ids()[::few]
            assert self.store.query(query, 6, allowed) == flat.query(query, 6, allowed)
        every = list(range(1, self.source.last + 3))
        assert self.store.similarities(query, every) == flat.similarities(query, every)


Machine.TestCase.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
TestMachine = pytest.mark.timeout(120)(Machine.TestCase)


def test_a_small_store_has_no_files(tmp_path: Path) -> None:
    store, _ = filled(tmp_path, 19)
    assert [path.name for path in tmp_path.iterdir()] == [] and len(store) == 19


def test_only_what_is_new_is_loaded(tmp_path: Path) -> None:
    _, source = filled(tmp_path, 100)
    source.alive |= {101, 102}
    source.loaded = 0
    store = InstantVectors(tmp_path, DIMENSION)
    store.load(source)
    assert source.loaded == 2 and len(store) == 102


def test_a_few_changes_do_not_write_the_files_again(tmp_path: Path) -> None:
    store, source = filled(tmp_path, 100)
    before = files_in(tmp_path)
    source.alive -= {1, 2, 3}
    store.remove([1, 2, 3])
    store.write_files(source, go_on)
    assert files_in(tmp_path) == before
    source.alive -= {4, 5, 6, 7}
    store.remove([4, 5, 6, 7])
    store.write_files(source, go_on)
    assert files_in(tmp_path).isdisjoint(before) and len(files_in(tmp_path)) == len(before)


def test_vectors_of_another_database_are_not_used(tmp_path: Path) -> None:
    filled(tmp_path, 100)
    other = Source()
    other.alive = set(range(50, 90)) | {200}
    store = InstantVectors(tmp_path, DIMENSION)
    store.load(other)
    assert store.ids().tolist() == sorted(other.alive)
    other.alive.add(7)
    store.load(other)
    assert store.ids().tolist() == sorted(other.alive)


def test_lost_files_are_noticed_and_written_again(tmp_path: Path) -> None:
    store, source = filled(tmp_path, 40)
    assert not store.lost and store.verified()
    shutil.rmtree(next(tmp_path.glob("0*")))
    assert store.lost
    store.write_files(source, go_on, anew=True)
    assert not store.lost and len(list(tmp_path.glob("0*/codes.npy"))) == 1


def test_damage_of_trusted_files_is_found_later(tmp_path: Path) -> None:
    _, source = filled(tmp_path, 40)
    codes = next(tmp_path.glob("0*/codes.npy"))
    with codes.open("r+b") as file:
        file.seek(-3, 2)
        file.write(b"\x55")
    store = InstantVectors(tmp_path, DIMENSION)
    store.load(source, [])
    assert not store.verified()


def test_damaged_files_are_not_trusted_after_the_next_close(tmp_path: Path) -> None:
    _, source = filled(tmp_path, 40)
    for path, at in ((next(tmp_path.glob("0*/ids.npy")), 129), (next(tmp_path.glob("0*/codes.npy")), 69)):
        content = bytearray(path.read_bytes())
        content[at] ^= 255
        path.write_bytes(content)
    store = InstantVectors(tmp_path, DIMENSION)
    store.load(source)
    again = InstantVectors(tmp_path, DIMENSION)
    again.load(source, store.removed)
    assert again.ids().tolist() == sorted(source.alive)


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.glob("0*/*") if path.name != "CURRENT"}
