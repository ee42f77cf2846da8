"""A database that others delete, replace or cut while it is open loses nothing that can be had back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from semlens.core.store.sqlite import SqliteFile
from semlens.core.store.vector_cache import VectorCache
from semlens.errors import DamagedIndexError
from semlens.types import ContentHash, Fingerprint
from support.damage import put_a_folder, truncate

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="others cannot delete an open file")

SCHEMA = "CREATE TABLE item (number INTEGER PRIMARY KEY, text TEXT NOT NULL);"


def opened(path: Path) -> SqliteFile:
    return SqliteFile(path, SCHEMA, 1)


def add(file: SqliteFile, *numbers: int) -> None:
    with file.write() as connection:
        connection.executemany("INSERT INTO item VALUES (?, ?)", [(n, "x" * 500) for n in numbers])


def numbers(file: SqliteFile) -> list[int]:
    with file.read() as connection:
        return [row[0] for row in connection.execute("SELECT number FROM item ORDER BY number")]


def companion(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def replace_by_another(path: Path) -> None:
    other = path.with_name("other.db")
    with closing(opened(other)) as file:
        add(file, 99)
    os.replace(other, path)


def delete_all(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        companion(path, suffix).unlink()


def put_an_empty_file(path: Path) -> None:
    path.unlink()
    path.touch()


LOSSES: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "its log deleted": lambda path: companion(path, "-wal").unlink(),
    "its shared memory deleted": lambda path: companion(path, "-shm").unlink(),
    "all deleted": delete_all,
    "its folder deleted": lambda path: shutil.rmtree(path.parent),
    "its folder moved away": lambda path: path.parent.rename(path.parent.with_name("elsewhere")),
    "moved away": lambda path: path.rename(path.with_name("moved.db")),
    "a folder in its place": put_a_folder,
    "a folder in place of its log": lambda path: put_a_folder(companion(path, "-wal")),
    "another database in its place": replace_by_another,
    "an empty file in its place": put_an_empty_file,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "index.db"


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("noticed_by", ["a look", "a write", "a read"])
def test_a_lost_database_is_put_back_whole(path: Path, loss: str, noticed_by: str) -> None:
    file = opened(path)
    add(file, 1, 2)
    file.compact()
    add(file, 3)  # in the log alone
    with file.read() as reading:  # a long query, which began before
        LOSSES[loss](path)
        assert file.lost
        if noticed_by == "a look":
            assert file.put_back()
        elif noticed_by == "a write":
            add(file, 4)
        assert numbers(file)[:3] == [1, 2, 3]
        assert len(reading.execute("SELECT * FROM item").fetchall()) == 3
    add(file, *({4, 5} - set(numbers(file))))
    assert not file.lost and not file.put_back()
    assert file.check()
    file.close()
    with closing(opened(path)) as again:
        assert numbers(again) == [1, 2, 3, 4, 5] and again.check()
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_cut_database_is_damaged(path: Path, suffix: str) -> None:
    file = opened(path)
    add(file, *range(100))
    file.compact()
    add(file, *range(100, 200))
    assert not file.lost
    truncate(companion(path, suffix))
    assert file.lost
    with pytest.raises(DamagedIndexError):
        file.put_back()
    with pytest.raises(DamagedIndexError):
        add(file, 300)
    file.close()


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_cut_in_the_middle_of_a_write_is_noticed_too(path: Path, suffix: str) -> None:
    file = opened(path)
    add(file, *range(300))
    file.compact()
    add(file, *range(300, 500))
    with file.write() as connection:
        connection.execute("DELETE FROM item WHERE number = 1")
        truncate(companion(path, suffix))
    assert file.lost or not file.check()
    file.close()


def test_what_a_checkpoint_and_a_long_log_do_is_no_loss(path: Path) -> None:
    file = opened(path)
    for start in range(0, 30_000, 1000):
        add(file, *range(start, start + 1000))
        assert not file.lost
    with file.write() as connection:
        connection.execute("DELETE FROM item WHERE number > 10")
    file.compact()
    assert not file.lost
    add(file, 50_000)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM item").fetchone() == (12,)
    assert not file.lost
    file.close()


MODEL = Fingerprint("model")


def content(number: int) -> ContentHash:
    return ContentHash(f"{number:032x}")


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_of_a_cut_cache_the_rest_is_saved(path: Path, suffix: str) -> None:
    np = pytest.importorskip("numpy")
    cache = VectorCache(path)
    vectors = np.random.default_rng(1).standard_normal((2000, 64)).astype(np.float16)
    hashes = [content(number) for number in range(2000)]
    cache.put(MODEL, hashes[:1000], vectors[:1000])
    cache.collect_garbage({MODEL: hashes})
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cache.put(MODEL, hashes[1000:], vectors[1000:])
    truncate(companion(path, suffix))
    cache.put_back()
    found = cache.get(MODEL, hashes)
    assert len(found) >= (1000 if suffix else 300)
    assert all(np.array_equal(found[hashes[n]], vectors[n]) for n in range(2000) if hashes[n] in found)
    cache.put(MODEL, hashes, vectors)
    cache.close()
    cache = VectorCache(path)
    assert len(cache.get(MODEL, hashes)) == 2000
    cache.close()
