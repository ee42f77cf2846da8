"""A forgotten folder leaves nothing behind, nobody indexes it unasked, and other folders stay as they are."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from semlens.core.store.layout import disk_usage
from semlens.core.store.vector_cache import VectorCache
from semlens.engine.daemon import folder_service
from semlens.engine.daemon.service import Service
from semlens.engine.daemon.team_searches import SearchConsent, has_consent, remember_search
from semlens.engine.jobs.cleanup import clean
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.wire.connection import Connection
from semlens.errors import FolderError, SemlensError, StorageError
from semlens.private_files import discard
from semlens.protocol.editor import KeptFolder
from semlens.protocol.engine import Attach, Focus, Index, Status
from semlens.protocol.folders import ForgetFolders, ForgetFoldersAnswer, ListFolders
from semlens.protocol.notifications import FolderStatus
from semlens.types import RelativePath
from support.fast_engine import FastEncoder
from support.live import Client, Live, eventually, many_files, write
from support.oracle import index_folder

posix = pytest.mark.skipif(os.name != "posix", reason="links")
DAY = 86_400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", many_files(12))


async def kept(client: Client) -> dict[str, KeptFolder]:
    return {one.folder: one for one in (await client.engine.request(ListFolders())).folders}


async def forget(client: Client, *folders: Path | str) -> ForgetFoldersAnswer:
    known = await kept(client)
    return await client.engine.request(ForgetFolders([known[str(one)].place for one in folders]))


def left_of(data_dir: Path) -> list[Path]:
    return sorted((data_dir / "workspaces").iterdir())


async def test_a_folder_is_listed_and_forgotten(live: Live, folder: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", many_files(3))
    async with live.client("language server") as client:
        await client.attach(folder)
        await client.index(other)
        status = await client.ready(folder)
        one = (await kept(client))[str(folder)]
        assert (one.chunks, one.open, one.followers) == (status.chunks, True, ["language server"])
        assert (one.presence, one.chosen, one.uri) == ("there", False, None)
        assert one.disk_bytes == disk_usage(live.data_dir / "workspaces" / one.place) and one.last_used > 0
        answer = await forget(client, folder)
        assert [gone.folder for gone in answer.forgotten] == [str(folder)]
        assert answer.freed_bytes > 0 and answer.problems == []
        assert list(await kept(client)) == [str(other)] and len(left_of(live.data_dir)) == 1
        assert client.statuses[-1] == FolderStatus(str(folder), "forgotten")
        assert not [one for one in (await client.engine.request(Status())).folders if "shop" in one.folder]
        assert await client.found("worker_1_2", other) == ["pkg1/module_0001.py"]
        # Forgotten again, as after an engine that was killed meanwhile, and names of anything else.
        places = [one.place, "..", "", "../vectors.db", str(folder), "/"]
        assert (await client.engine.request(ForgetFolders(places))).forgotten == []
        assert folder.is_dir() and (live.data_dir / "vectors.db").exists()


async def test_nobody_brings_a_forgotten_folder_back_unasked(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        await forget(client, folder)
        write(folder, {"new.py": "def fresh():\n    return 1\n"})
        await client.touch(folder, "new.py")
        await client.engine.request(Focus(str(folder), [RelativePath("new.py")]))
        assert left_of(live.data_dir) == []
        live.kill()  # The client attaches its folders to the next engine by itself.
        assert await kept(client) == {} and left_of(live.data_dir) == []
        await client.attach(folder)
        await client.ready(folder)
        assert await client.found("fresh", folder) == ["new.py"]
        await eventually(lambda: _follows(client, folder))


async def _follows(client: Client, folder: Path) -> bool:
    return bool((await kept(client))[str(folder)].followers)


async def test_a_folder_is_forgotten_while_it_is_indexed_and_asked(live: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "large", many_files(600))
    live.environment["SEMLENS_TEST_ENCODE_SECONDS"] = "0.01"
    async with live.client() as client, live.client() as other:
        await client.attach(folder)
        indexing = asyncio.create_task(other.index(folder))
        asking = [asyncio.create_task(other.search(f"worker_{number}_1", folder)) for number in range(40)]
        await eventually(lambda: _has_chunks(client, folder))
        answer = await forget(client, folder)
        assert answer.problems == [] and left_of(live.data_dir) == []
        with pytest.raises(FolderError, match="was ended, as its index was deleted or replaced"):
            await indexing
        for asked in await asyncio.gather(*asking, return_exceptions=True):
            assert not isinstance(asked, BaseException) or isinstance(asked, FolderError), asked
        await asyncio.sleep(2.5)  # The file guard puts lost files back of open folders alone.
        assert left_of(live.data_dir) == []
        assert (await client.index(folder, tier="instant")).files == 600


async def _has_chunks(client: Client, folder: Path) -> bool:
    return (await client.status(folder)).chunks > 50


@pytest.mark.parametrize("harm", ["folder gone", "damaged", "cut", "empty", "no index", "name lost", "extra"])
async def test_an_index_in_any_state_is_forgotten(live: Live, folder: Path, harm: str) -> None:
    async with live.client() as client:
        await client.index(folder)
    await live.stop()
    index = index_folder(live.data_dir)
    database = index / "index.db"
    if harm == "folder gone":
        shutil.rmtree(folder)
    elif harm == "damaged":
        database.write_bytes(b"no database" * 1000)
    elif harm == "cut":
        os.truncate(database, database.stat().st_size // 3)
    elif harm == "empty":
        database.write_bytes(b"")
    elif harm == "no index":
        discard(index)
    elif harm == "name lost":
        (index.parent / "folder").write_bytes(b"\0")
    else:
        write(index.parent, {"deep/er/file": "x", "0123.damaged/index.db": "x"})
    async with live.client() as client:
        known = await kept(client)
        (one,) = known.values()
        assert one.folder == ("" if harm == "name lost" else str(folder))
        assert (one.chunks is None) == (harm in ("damaged", "cut", "empty", "no index")) or harm == "cut"
        assert one.presence == ("gone" if harm in ("folder gone", "name lost") else "there")
        answer = await client.engine.request(ForgetFolders([one.place]))
        assert answer.problems == [] and left_of(live.data_dir) == []


@posix
async def test_nothing_outside_of_the_data_folder_is_deleted(
    live: Live, folder: Path, tmp_path: Path
) -> None:
    async with live.client() as client:
        await client.index(folder)
    await live.stop()
    index, outside = index_folder(live.data_dir), tmp_path / "outside"
    place = index.parent
    write(outside, {"precious/file": "x"})
    (index / "link").symlink_to(outside / "precious")
    async with live.client() as client:
        assert (await forget(client, folder)).problems == []
        assert (outside / "precious" / "file").exists()
        await client.index(folder)
    await live.stop()
    os.rename(place, outside / "moved")  # to a larger disk
    place.symlink_to(outside / "moved")
    async with live.client() as client:
        assert (await forget(client, folder)).problems == []
        assert left_of(live.data_dir) == [] and (outside / "moved" / "folder").exists()


async def test_what_was_chosen_and_agreed_to_for_the_folder_goes_with_it(
    live: Live, folder: Path, tmp_path: Path
) -> None:
    origin = "http://team:1"
    for one in (folder, tmp_path / "other"):
        remember_search(live.data_dir, SearchConsent(str(one), "remote x", origin))
    async with live.client() as client:
        await client.engine.request(Index(str(folder), images=True))
        assert (await kept(client))[str(folder)].chosen
        await forget(client, folder)
        assert not has_consent(live.data_dir, folder) and has_consent(live.data_dir, tmp_path / "other")
        await client.index(folder)
        assert not (await kept(client))[str(folder)].chosen


class Told:
    """A client in the engine's own process."""

    client = type("", (), {"name": "language server"})

    def __init__(self) -> None:
        self.statuses: list[Any] = []

    def notify(self, notification: Any) -> None:
        self.statuses.append(notification)


async def test_a_folder_that_cannot_be_forgotten_is_as_before(
    data_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(private: Path) -> Path:
        raise StorageError(f"{private} cannot be used (Read-only file system): check its disk.")

    monkeypatch.setattr(folder_service, "take_away", refuse)
    told = Told()
    client = cast(Connection, told)
    service = Service(data_dir, ModelRegistry(data_dir, cast(Any, FastEncoder)))
    try:
        await service.handle(Attach(str(folder)), client)
        (place,) = (one.name for one in left_of(data_dir))
        answer = cast(ForgetFoldersAnswer, await service.handle(ForgetFolders([place]), client))
        assert answer.forgotten == [] and answer.freed_bytes == 0
        assert answer.problems == [
            f"{data_dir / 'workspaces' / place} cannot be used (Read-only file system): check its disk."
        ]
        write(folder, {"new.py": "def fresh():\n    return 1\n"})
        report = cast(Any, await service.handle(Index(str(folder)), client))
        assert report.files == 13
        assert "forgotten" not in [getattr(one, "state", "") for one in told.statuses]
        monkeypatch.undo()
        left = data_dir / "workspaces" / place / "kept"
        write(left, {"file": "x"})
        monkeypatch.setattr(folder_service, "discard", lambda path: None)
        answer = cast(ForgetFoldersAnswer, await service.handle(ForgetFolders([place]), client))
        assert len(answer.forgotten) == 1
        assert answer.problems[0].endswith("could be deleted: delete it yourself.")
        assert told.statuses[-1].state == "forgotten"
    finally:
        await service.close()


async def test_a_folder_that_is_being_forgotten_is_refused_and_forgotten_once(
    live: Live, folder: Path
) -> None:
    async with live.client() as client:
        await client.index(folder)
        place = (await kept(client))[str(folder)].place
        asked = [client.engine.request(ForgetFolders([place])) for _ in range(4)]
        searches = [client.search("worker_1_1", folder) for _ in range(4)]
        answers = await asyncio.gather(*asked, *searches, return_exceptions=True)
        forgotten = [one for one in answers[:4] if isinstance(one, ForgetFoldersAnswer) and one.forgotten]
        assert len(forgotten) == 1
        for one in answers[4:]:
            assert not isinstance(one, BaseException) or isinstance(one, SemlensError), one


# What other folders share

SHARED = many_files(9)


def rows_of(data_dir: Path, folder: Path) -> set[tuple[Any, ...]]:
    """Every chunk of a folder's index with its instant vector. The engine must not be running."""
    for database in data_dir.glob("workspaces/*/*/index.db"):
        if (database.parents[1] / "folder").read_bytes() == os.fsencode(folder):
            with closing(sqlite3.connect(database)) as connection:
                return set(
                    connection.execute(
                        "SELECT path, ordinal, start_line, end_line, chunk.content_hash, vector FROM chunk "
                        "JOIN file ON file.id = file_id JOIN instant ON chunk_id = chunk.id"
                    )
                )
    return set()


async def indexed(data_dir: Path, folders: list[Path], forgotten: list[Path], seed: int) -> None:
    """Index folders that share code, and forget some of them among other events."""
    chance = random.Random(seed)
    data_dir.mkdir()
    live = Live(data_dir, {"SEMLENS_IDLE_MINUTES": "1"})
    try:
        async with live.client() as client:
            for folder in folders:
                await client.attach(folder) if chance.random() < 0.5 else await client.index(folder)
            for folder in forgotten:
                if chance.random() < 0.5:
                    await client.index(folder)
                if chance.random() < 0.3:
                    live.kill()
                await forget(client, folder)
                if chance.random() < 0.3:
                    await client.index(folder)
                    await forget(client, folder)
            if forgotten:
                await live.stop()
                clean_later(data_dir)
            for folder in folders:
                if folder not in forgotten:
                    await client.index(folder)
                    await client.ready(folder)
                    for number, path in enumerate(sorted(SHARED, key=lambda one: one[5:])):
                        found = await client.found(f"worker_{number}_1", folder)
                        assert (path in found) == (folder / path).exists()
        await live.stop()
    finally:
        live.kill_all()


def clean_later(data_dir: Path) -> None:
    """Delete what no index uses, as the engine does after a month."""
    vectors = VectorCache(data_dir / "vectors.db")
    with closing(sqlite3.connect(data_dir / "vectors.db")) as connection, connection:
        connection.execute("UPDATE vector SET used_day = 0")
    clean(data_dir, vectors, [])
    vectors.close()


def deep_vectors(data_dir: Path) -> set[tuple[bytes, bytes]]:
    with closing(sqlite3.connect(data_dir / "vectors.db")) as connection:
        return set(connection.execute("SELECT content_hash, vector FROM vector"))


@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    parts=st.lists(st.sets(st.sampled_from(sorted(SHARED)), min_size=1), min_size=3, max_size=3),
    gone=st.sets(st.sampled_from([0, 1, 2]), min_size=1, max_size=2),
    seed=st.integers(0, 1 << 16),
)
def test_folders_that_share_code_with_a_forgotten_one_equal_those_of_a_new_engine(
    tmp_path_factory: pytest.TempPathFactory, parts: list[set[str]], gone: set[int], seed: int
) -> None:
    place = tmp_path_factory.mktemp("shared")
    folders = [
        write(place / f"tree{number}", {path: SHARED[path] for path in sorted(part)})
        for number, part in enumerate(parts)
    ]
    forgotten = [folders[number] for number in sorted(gone)]
    stay = [folder for folder in folders if folder not in forgotten]
    asyncio.run(indexed(place / "data", folders, forgotten, seed))
    asyncio.run(indexed(place / "scratch", stay, [], seed))
    for folder in stay:
        assert rows_of(place / "data", folder) == rows_of(place / "scratch", folder) != set()
    for folder in forgotten:
        assert rows_of(place / "data", folder) == set()
    assert deep_vectors(place / "data") == deep_vectors(place / "scratch")
