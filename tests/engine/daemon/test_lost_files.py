"""Files that are lost under a running engine come back within seconds, and nothing of an index is lost."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from semlens.core.store.layout import workspaces
from semlens.errors import DamagedIndexError
from support.damage import put_a_file, put_a_folder, remove_tree, truncate
from support.live import Client, Live, eventually, many_files, write
from support.oracle import from_scratch, index_folder, rows

FILES = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", many_files(FILES))


def kept_vectors(data_dir: Path) -> int:
    """The deep vectors in the cache, or -1 if there is none to be read."""
    try:
        with closing(sqlite3.connect(f"file:{data_dir / 'vectors.db'}?mode=ro", uri=True)) as connection:
            query = "SELECT count(*) FROM vector WHERE length(vector) = 768"
            return int(connection.execute(query).fetchone()[0])
    except sqlite3.Error:
        return -1


def is_there(data_dir: Path) -> bool:
    """Whether every file is where the next engine looks for it."""
    index = next(iter(data_dir.glob("workspaces/*/*/index.db")), None)
    if index is None or kept_vectors(data_dir) < 4 * FILES:
        return False
    generations = [
        root / (root / "CURRENT").read_text()
        for root in (index.parent / "lexical", *index.parent.glob("nearest/*"))
        if (root / "CURRENT").is_file()
    ]
    try:
        with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as connection:
            files = connection.execute("SELECT count(*) FROM file").fetchone()[0]
    except sqlite3.Error:  # the engine puts another file there at this moment
        return False
    return (
        files == FILES
        and len(generations) == 2
        and all(one.is_dir() for one in generations)
        and (index.parent / "parsing").is_file()
        and all(root is not None for _, root in workspaces(data_dir))
    )


async def all_is_well(client: Client, folder: Path) -> None:
    async def is_well() -> bool:
        return is_there(client.live.data_dir)

    await eventually(is_well, lambda: sorted(map(str, client.live.data_dir.rglob("*"))))
    status = await client.ready(folder)
    assert status.files == FILES
    for number in (0, FILES - 1):

        async def is_found(name: str = f"worker_{number}_2") -> bool:
            try:
                return len(await client.found(name, folder)) == 1
            except DamagedIndexError:  # a question that comes before the engine has looked finds the damage
                return False

        await eventually(is_found)


def delete(*files: Path) -> None:
    for file in files:
        file.unlink()


def lose_small_files(index: Path) -> None:
    delete(index / "parsing")
    put_a_folder(index / "used")
    put_a_folder(index.parent / "folder")


LOSSES: dict[str, Callable[[Path, Path], object]] = {
    "index.db": lambda data, index: (index / "index.db").unlink(),
    "the log of index.db": lambda data, index: (index / "index.db-wal").unlink(),
    "the log of index.db cut": lambda data, index: truncate(index / "index.db-wal"),
    "index.db cut": lambda data, index: truncate(index / "index.db"),
    "the index": lambda data, index: remove_tree(index),
    "all indexes": lambda data, index: remove_tree(data / "workspaces"),
    "a file in place of the indexes": lambda data, index: put_a_file(data / "workspaces"),
    "vectors.db": lambda data, index: (data / "vectors.db").unlink(),
    "vectors.db cut": lambda data, index: truncate(data / "vectors.db"),
    "the log of vectors.db cut": lambda data, index: truncate(data / "vectors.db-wal"),
    "the lexical index": lambda data, index: remove_tree(index / "lexical"),
    "the deep tier": lambda data, index: remove_tree(index / "nearest"),
    "a file in place of the deep tier": lambda data, index: put_a_file(index / "nearest"),
    "the generations' names": lambda data, index: delete(*index.rglob("CURRENT")),
    "small files": lambda data, index: lose_small_files(index),
}


@pytest.mark.skipif(sys.platform == "win32", reason="others cannot delete an open file")
async def test_files_that_are_lost_under_an_engine_that_nobody_asks(
    live: Live, folder: Path, tmp_path: Path
) -> None:
    live.environment["SEMLENS_TEST_LOOK_SECONDS"] = "0.2"
    async with live.client() as client:
        await client.attach(folder)
        await all_is_well(client, folder)
        texts = len(live.embedded())
        for loss in LOSSES.values():
            loss(live.data_dir, index_folder(live.data_dir))
            await all_is_well(client, folder)
        remove_tree(live.data_dir / "logs")
        write(folder, {"new.py": "def fresh_from_the_press():\n    return 1\n"})

        async def is_found() -> bool:
            return await client.found("fresh_from_the_press", folder) == ["new.py"]

        await eventually(is_found)
        await client.ready(folder)
        assert len(live.embedded()) == texts + 1 and len(live.engines) == 1
        put_a_folder(index_folder(live.data_dir) / "index.db-wal")
        (folder / "new.py").unlink()
        await client.index(folder)
    assert live.said
    await live.stop()
    assert rows(live.data_dir) == await from_scratch(folder, tmp_path)


async def test_of_a_lost_data_folder_a_new_engine_makes_another(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder, deep=False)
        first, moved = live.engines[0], live.data_dir.with_name("moved")
        if sys.platform == "win32":
            pytest.skip("others cannot move an open file")
        live.data_dir.rename(moved)

        async def is_gone() -> bool:
            return first.poll() is not None

        await eventually(is_gone)
        assert (await client.ready(folder)).files == FILES
        assert len(live.engines) == 2 and (moved / "vectors.db").exists()


async def test_folders_in_place_of_files_keep_no_engine_from_starting(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
    await live.stop()
    before, texts, data = rows(live.data_dir), len(live.embedded()), live.data_dir
    for name in ("engine.json", "engine.json.partial", "engine.lock", "start.lock", "paused"):
        put_a_folder(data / name)
    index = index_folder(data)
    (opening,) = (path.with_name("OPENING") for path in index.glob("nearest/*/CURRENT"))
    for path in (
        *index.rglob("CURRENT"),
        opening,
        index / "parsing",
        index / "used",
        index.parent / "folder",
    ):
        put_a_folder(path)
    put_a_folder(index.parent / "served.json")
    put_a_folder(data / "logs" / "engine.log")
    async with live.client() as client:
        await client.attach(folder)
        await all_is_well(client, folder)
    await live.stop()
    assert rows(data) == before and len(live.embedded()) == texts
    assert os.path.isfile(data / "logs" / "engine.log")
