"""An index that nothing has changed since its last close is opened without reading its files."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.index.model_set import ModelSet
from semlens.core.lexical import LexicalIndex
from semlens.core.store import instant_vectors, last_close
from semlens.core.store.seal import Seal
from semlens.core.store.vector_cache import VectorCache
from semlens.core.store.vector_table import VectorTable
from semlens.errors import DamagedIndexError
from semlens.settings import Settings
from semlens.types import CancelToken
from support.live import many_files, write
from support.whole_index import OnceEncoder, content, real_models

Open = Callable[[], FolderIndex]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "workspace", many_files(12))


@pytest.fixture
def open_index(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens the index of `root` as one of hundreds of thousands of chunks is opened."""
    monkeypatch.setattr(instant_vectors, "MIN_MAPPED", 10)
    monkeypatch.setattr(last_close, "LARGE_BYTES", 0)
    tokenizer, static, deep = real_models()
    vectors = VectorCache(tmp_path / "vectors.db")
    models = ModelSet(tokenizer, static, deep[0], OnceEncoder(None, deep[0].dim), vectors)
    opened: list[FolderIndex] = []

    def open_it() -> FolderIndex:
        opened.append(FolderIndex(root, tmp_path / "index", models))
        return opened[-1]

    yield open_it
    for index in opened:
        index.close()
    vectors.close()


def bring_up_to_date(index: FolderIndex) -> None:
    reconcile(index, Membership(index.root, Settings()), CancelToken())


def filled(open_index: Open) -> dict[str, object]:
    index = open_index()
    bring_up_to_date(index)
    found = content(index)
    index.close()
    return found


def is_whole(index: FolderIndex) -> bool:
    ids = index.reader.chunks.ids()
    coverage = index.coverage()
    return (
        np.array_equal(index.lexical.ids(), ids)
        and np.array_equal(index.instant.ids(), ids)
        and (coverage.lexical, coverage.instant) == (1, 1)
    )


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is read as a whole from now on."""
    found: list[str] = []
    for owner, name in ((Seal, "intact"), (LexicalIndex, "ids"), (VectorTable, "check")):
        original = getattr(owner, name)

        def noted(
            *arguments: object, _original: Callable[..., object] = original, _name: str = name
        ) -> object:
            found.append(_name)
            return _original(*arguments)

        monkeypatch.setattr(owner, name, noted)
    return found


def test_nothing_is_read_when_nothing_has_changed(open_index: Open, reads: list[str]) -> None:
    expected = filled(open_index)
    for _ in range(3):
        reads.clear()
        index = open_index()
        assert reads == []
        assert content(index) == expected and is_whole(index)
        index.close()


def test_a_reader_of_the_database_changes_nothing(open_index: Open, tmp_path: Path, reads: list[str]) -> None:
    filled(open_index)
    with closing(sqlite3.connect(f"file:{tmp_path / 'index' / 'index.db'}?mode=ro", uri=True)) as other:
        assert other.execute("SELECT count(*) FROM chunk").fetchone()[0]
    reads.clear()
    assert is_whole(open_index())
    assert reads == ["ids"]  # `is_whole` reads them.


def test_what_a_killed_writer_has_left_costs_nothing(
    open_index: Open, tmp_path: Path, reads: list[str]
) -> None:
    index = open_index()
    bring_up_to_date(index)
    next((tmp_path / "index").glob("lexical/0*")).joinpath("left.tmp").write_bytes(b"segment")
    index.close()
    (tmp_path / "index" / "instant" / "000009-v1-256").mkdir()
    reads.clear()
    assert is_whole(open_index())
    assert reads == ["ids"]
    assert [path.name for path in (tmp_path / "index" / "instant").glob("0*")] == ["000001-v1-256"]


def test_removed_chunks_stay_removed(open_index: Open, root: Path, reads: list[str]) -> None:
    filled(open_index)
    next(root.rglob("*.py")).unlink()
    write(root, {"new.py": "def fresh():\n    return 1\n"})
    expected = filled(open_index)
    reads.clear()
    index = open_index()
    assert reads == [] and content(index) == expected and is_whole(index)


def test_after_a_kill_the_files_are_read(
    open_index: Open, root: Path, tmp_path: Path, reads: list[str]
) -> None:
    filled(open_index)
    index = open_index()
    write(root, {"new.py": "def fresh():\n    return 1\n"})
    bring_up_to_date(index)
    expected = content(index)
    shutil.copytree(tmp_path / "index", tmp_path / "left")
    index.close()
    shutil.rmtree(tmp_path / "index")
    (tmp_path / "left").rename(tmp_path / "index")
    reads.clear()
    index = open_index()
    assert "intact" in reads and content(index) == expected and is_whole(index)


@pytest.mark.parametrize("name", ["index.db", "index.db.seal", "lexical/0*/meta.json", "instant/0*/ids.npy"])
def test_a_file_that_was_touched_is_read(
    open_index: Open, tmp_path: Path, name: str, reads: list[str]
) -> None:
    expected = filled(open_index)
    os.utime(next((tmp_path / "index").glob(name)))
    reads.clear()
    index = open_index()
    assert "intact" in reads and content(index) == expected and is_whole(index)


@pytest.mark.parametrize(
    ("name", "from_end"),
    [("lexical/0*/*.store", 1), ("lexical/0*/*.term", 400), ("instant/0*/codes.npy", 1)],
)
def test_silent_damage_of_what_is_derived_is_mended(
    open_index: Open, tmp_path: Path, name: str, from_end: int
) -> None:
    expected = filled(open_index)
    damage(next((tmp_path / "index").glob(name)), from_end)
    index = open_index()
    index.verify()
    assert content(index) == expected and is_whole(index)
    assert index.lexical.verified() and index.instant.verified()


def test_silent_damage_of_the_database_is_noticed_before_it_is_written(
    open_index: Open, tmp_path: Path
) -> None:
    filled(open_index)
    damage(tmp_path / "index" / "index.db")
    index = open_index()
    with pytest.raises(DamagedIndexError, match="is set aside"):
        index.database.set_meta(one="two")
    with pytest.raises(DamagedIndexError):
        bring_up_to_date(index)
    index.close_unsealed()


def test_a_large_vector_cache_is_checked_after_a_kill_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: list[str]
) -> None:
    monkeypatch.setattr(last_close, "LARGE_BYTES", 0)
    path = tmp_path / "vectors.db"
    VectorCache(path).close()
    reads.clear()
    VectorCache(path).close()
    assert reads == []
    os.utime(path)
    VectorCache(path).close()
    assert reads == ["check"]


def damage(path: Path, from_end: int = 1) -> None:
    """Change a byte of a file, the last one or one before, and neither its size nor its time."""
    status = path.stat()
    with path.open("r+b") as file:
        file.seek(-from_end, os.SEEK_END)
        last = file.read(1)
        file.seek(-from_end, os.SEEK_END)
        file.write(bytes([last[0] ^ 255]))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
