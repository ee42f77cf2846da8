"""The order of the deep tier: every content once, the most urgent first."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from semlens.core.index.priority import MAX_SHOWN, RecentlyShown, by_priority
from semlens.core.store.database import IndexDatabase
from semlens.core.store.records import FileChunks
from semlens.types import Chunk, ChunkKind, ContentHash, FileStamp, RelativePath


def content(name: str) -> ContentHash:
    return ContentHash(hashlib.sha256(name.encode()).hexdigest()[:32])


def file(path: str, mtime_ns: int) -> FileChunks:
    chunk = Chunk(path, 1, 1, "text", ChunkKind.LINES, path, content(path), None, (), "", "")
    stamp = FileStamp(1, mtime_ns, 1)
    return FileChunks(RelativePath(path), stamp, content(path), "text", [chunk], np.ones((1, 2), np.int8))


@pytest.fixture
def database(tmp_path: Path) -> IndexDatabase:
    database = IndexDatabase(tmp_path / "index.db")
    ages = {"a/old": 10, "a/older": 5, "b/new": 30, "b/newer": 40, "c/middle": 20}
    database.apply([file(path, mtime) for path, mtime in ages.items()])
    return database


def order(database: IndexDatabase, shown: RecentlyShown, *focus: str) -> list[str]:
    names = {content(path): path for path in database.reader.files.stamps()}
    batches = by_priority(
        database.reader,
        database.reader.chunks.content_hashes(),
        shown,
        lambda: [RelativePath(one) for one in focus],
        1,
    )
    return [names[one] for batch in batches for one in batch]


def test_the_newest_files_come_first(database: IndexDatabase) -> None:
    assert order(database, RecentlyShown()) == ["b/newer", "b/new", "c/middle", "a/old", "a/older"]


def test_open_files_and_then_their_neighbours_come_before_the_others(database: IndexDatabase) -> None:
    assert order(database, RecentlyShown(), "a/older") == ["a/older", "a/old", "b/newer", "b/new", "c/middle"]


def test_hits_of_a_search_come_next(database: IndexDatabase) -> None:
    shown = RecentlyShown()
    names = {content(path): path for path in database.reader.files.stamps()}
    done = []
    for batch in by_priority(database.reader, database.reader.chunks.content_hashes(), shown, lambda: (), 2):
        done += [names[one] for one in batch]
        shown.note([content("a/older")])
    assert done == ["b/newer", "b/new", "a/older", "c/middle", "a/old"]


def test_a_file_opened_meanwhile_comes_next(database: IndexDatabase) -> None:
    names = {content(path): path for path in database.reader.files.stamps()}
    opened: list[RelativePath] = []
    done = []
    for batch in by_priority(
        database.reader, database.reader.chunks.content_hashes(), RecentlyShown(), lambda: tuple(opened), 1
    ):
        done += [names[one] for one in batch]
        opened[:] = [RelativePath("a/older")]
    assert done[:3] == ["b/newer", "a/older", "a/old"]


def test_only_the_latest_hits_are_kept() -> None:
    shown = RecentlyShown()
    shown.note([content(str(number)) for number in range(MAX_SHOWN)])
    shown.note([content("latest")])
    taken = shown.take()
    assert len(taken) == MAX_SHOWN and taken[0] == content("latest")
    assert shown.take() == []
