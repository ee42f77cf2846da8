"""The nearest-neighbour store survives kills of its process and damage to its files."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from semlens.core.store.chroma_store import ChromaStore
from semlens.core.store.layout import disk_usage
from semlens.errors import Cancelled
from semlens.types import ContentHash, Fingerprint
from support.damage import DAMAGES, lengthen, put_a_folder, truncate

MODEL = Fingerprint("model-a")
DIMENSION = 32


def named(numbers) -> list[ContentHash]:
    return [ContentHash(f"{number:032x}") for number in numbers]


def unit(count: int, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def opened(folder: Path) -> ChromaStore:
    return ChromaStore(folder, MODEL, DIMENSION)


@pytest.fixture
def store(tmp_path: Path):
    made = opened(tmp_path)
    yield made
    made.close()


def filled(folder: Path, count: int = 300) -> np.ndarray:
    store, vectors = opened(folder), unit(count)
    store.add(named(range(count)), vectors)
    store.close()
    return vectors


def test_every_vector_finds_itself(store: ChromaStore) -> None:
    vectors = unit(500)
    store.add(named(range(500)), vectors)
    for number in range(500):
        content, similarity = store.query(vectors[number], 1)[0]
        assert content == named([number])[0] and similarity == pytest.approx(1, abs=1e-4)


def test_a_count_that_another_thread_outdates_is_not_kept(
    store: ChromaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, collection = unit(4), store._opened.collection
    count = type(collection).count
    store.add(named([0]), vectors[:1])

    def outdated(self) -> int:
        counted = count(self)
        adding = threading.Thread(target=store.add, args=(named([1, 2]), vectors[1:3]))
        adding.start()
        adding.join()
        return counted

    with monkeypatch.context() as patched:
        patched.setattr(type(collection), "count", outdated)
        assert store.count() == 1
    assert store.count() == 3 and len(store.query(vectors[2], 3)) == 3


def test_answers_are_nearly_those_of_a_full_sort(store: ChromaStore) -> None:
    vectors, queries = unit(2000), unit(20, seed=5)
    store.add(named(range(2000)), vectors)
    found = 0
    for query in queries:
        best = set(named(np.argsort(-(vectors @ query))[:20]))
        hits = store.query(query, 20)
        assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)
        found += len(best & {content for content, _ in hits})
    assert found / 400 > 0.95


def test_empty_input_duplicates_and_unknown_ids_are_no_errors(store: ChromaStore) -> None:
    vectors = unit(3)
    assert store.query(vectors[0], 5) == [] and store.ids() == set()
    store.add([], np.zeros((0, DIMENSION), np.float32))
    store.add(named([1, 1, 2]), vectors)
    assert store.count() == 2
    assert store.query(vectors[1], 50)[0][0] == named([1])[0], "the last of two equal hashes counts"
    assert store.ids() == set(named([1, 2]))
    with pytest.raises(ValueError):
        store.add(named([1]), vectors)
    with pytest.raises(ValueError):
        store.add(named([1]), np.zeros((1, 3), np.float32))


def test_a_cleanly_closed_store_is_not_rebuilt(tmp_path: Path) -> None:
    filled(tmp_path)
    store = opened(tmp_path)
    assert not store.rebuilding and store.count() == 300
    store.close()
    store = opened(tmp_path)
    assert not store.rebuilding and store.ids() == set(named(range(300)))
    store.close()


def test_each_model_has_a_store_of_its_own(tmp_path: Path) -> None:
    filled(tmp_path)
    other = ChromaStore(tmp_path, Fingerprint("model-b"), 8)
    assert other.count() == 0
    other.close()
    store = opened(tmp_path)
    assert store.count() == 300
    store.close()


def test_a_checkpoint_keeps_added_vectors(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.add(named(range(10)), unit(10))
    store.checkpoint()
    assert not store.rebuilding and store.count() == 10
    store.add(named([10]), unit(1, seed=9))
    assert store.count() == 11
    store.close()


def test_a_rebuild_replaces_all_vectors(tmp_path: Path) -> None:
    filled(tmp_path)
    store, vectors = opened(tmp_path), unit(50, seed=3)
    size = disk_usage(tmp_path)
    store.rebuild(lambda: [(named(range(50)), vectors)])
    assert store.ids() == set(named(range(50))) and disk_usage(tmp_path) < size
    with pytest.raises(Cancelled):
        store.rebuild(lambda: [(named([1]), vectors[:1])], check=_raise)
    assert store.count() == 50
    store.close()
    store = opened(tmp_path)
    assert not store.rebuilding and store.count() == 50
    store.close()


def _raise() -> None:
    raise Cancelled


def test_files_that_crashed_an_open_are_not_opened_again(tmp_path: Path) -> None:
    filled(tmp_path)
    (model,) = tmp_path.iterdir()
    (model / "OPENING").touch()
    store = opened(tmp_path)
    assert store.rebuilding and store.count() == 0
    assert not (model / "OPENING").exists()
    store.close()
    store = opened(tmp_path)
    assert not store.rebuilding
    store.close()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", DAMAGES)
def test_damaged_files_are_rebuilt(tmp_path: Path, kind: str) -> None:
    vectors = filled(tmp_path)
    for number in range(len(_files(tmp_path))):
        path = _files(tmp_path)[number]
        if not path.stat().st_size and kind in ("truncate", "zero", "flip"):
            continue
        DAMAGES[kind](path)
        store = opened(tmp_path)
        if store.rebuilding:
            store.add(named(range(300)), vectors)
        assert store.ids() == set(named(range(300)))
        assert store.query(vectors[7], 1)[0][0] == named([7])[0]
        store.close()
        assert sum(entry.stat().st_size for entry in _files(tmp_path)) < 1 << 30


@pytest.mark.skipif(os.name != "posix", reason="others cannot delete an open file")
@pytest.mark.parametrize(
    "damage", [Path.unlink, truncate, put_a_folder, lengthen], ids=lambda one: one.__name__
)
@pytest.mark.parametrize("name", ["chroma.sqlite3", "data_level0.bin", "header.bin"])
def test_files_that_are_lost_in_use_are_noticed_and_never_sealed(tmp_path: Path, damage, name: str) -> None:
    vectors = filled(tmp_path)
    store = opened(tmp_path)
    store.add(named([300]), unit(1, seed=3))
    assert not store.lost
    damage(next(path for path in _files(tmp_path) if path.name == name))
    assert store.lost
    store.close()
    store = opened(tmp_path)
    assert store.rebuilding and store.ids() == set() and not store.lost
    store.add(named(range(300)), vectors)
    assert store.query(vectors[7], 1)[0][0] == named([7])[0]
    store.close()


def test_a_lost_name_of_the_current_generation_is_written_again(tmp_path: Path) -> None:
    filled(tmp_path)
    store = opened(tmp_path)
    (current,) = tmp_path.rglob("CURRENT")
    for damage in (Path.unlink, put_a_folder, truncate):
        damage(current)
        store.keep_current()
    store.close()
    store = opened(tmp_path)
    assert not store.rebuilding and store.count() == 300
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_files_are_private(tmp_path: Path) -> None:
    filled(tmp_path)
    assert {oct(path.stat().st_mode & 0o777) for path in _files(tmp_path)} == {"0o600"}


WRITER = """
import sys, numpy as np
from pathlib import Path
from semlens.core.store.chroma_store import ChromaStore
from semlens.core.store.layout import disk_usage
store = ChromaStore(Path(sys.argv[1]), "model-a", 32)
print("open", store.count(), flush=True)
made = np.random.default_rng(0)
for turn in range(10_000):
    vectors = made.standard_normal((200, 32)).astype(np.float32)
    store.add([f"{turn * 100 + row:032x}" for row in range(200)], vectors)
    if turn % 4 == 3:
        store.checkpoint()
    print(turn, flush=True)
"""


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_kills_in_the_middle_of_writing_never_break_it(tmp_path: Path) -> None:
    chance = random.Random(5)
    vectors = unit(300)
    for _ in range(4):
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout and writer.stdout.readline().startswith("open")
        for _ in range(chance.randrange(6)):
            writer.stdout.readline()
        time.sleep(chance.random() * 0.2)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        assert writer.returncode == -signal.SIGKILL, "it died of something else before"
    store = opened(tmp_path)
    missing = set(named(range(300))) - store.ids()
    store.add(named(range(300)), vectors)
    assert missing or not store.rebuilding
    for number in range(300):
        assert store.query(vectors[number], 1)[0][0] == named([number])[0]
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_kill_after_reading_alone_costs_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    script = (
        WRITER.split("made =")[0]
        + "import os; store.query(np.ones(32, np.float32), 5); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.DEVNULL, check=False)
    store = opened(tmp_path)
    assert not store.rebuilding and store.count() == 300
    store.close()
