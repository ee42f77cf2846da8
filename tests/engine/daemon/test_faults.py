"""Whatever happens to the engine, its files or the folder: one sentence, and a right index afterwards."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from semlens.errors import DamagedIndexError, DiskFullError, FolderError, SemlensError
from semlens.protocol.notifications import FolderStatus
from support.damage import flip, make_huge, truncate, zero
from support.live import Client, Live, eventually, many_files, write
from support.oracle import from_scratch, index_folder, rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", many_files(30))


def acknowledged(live: Live) -> set[str]:
    """The content hash of every deep vector that is kept for good. The engine must not be running."""
    path = live.data_dir / "vectors.db"
    if not path.exists():
        return set()
    with sqlite3.connect(path) as connection:
        found = connection.execute(
            "SELECT content_hash FROM vector JOIN model ON model.id = model_id WHERE length(vector) = 768"
        )
        return {row[0].hex() for row in found}


async def every_chunk_finds_itself(client: Client, folder: Path, files: int) -> None:
    for number in range(files):
        paths = await client.found(f"worker_{number}_2", folder)
        assert paths == [f"pkg{number % 10}/module_{number:04}.py"]


async def test_killed_at_random_moments(live: Live, folder: Path, tmp_path: Path) -> None:
    live.environment["SEMLENS_TEST_ENCODE_SECONDS"] = "0.002"
    write(folder, many_files(150))
    chance = random.Random(7)
    reached: list[int] = []
    before, kept = 0, acknowledged(live)
    for _ in range(5):
        async with live.client() as client:
            await client.attach(folder)
            wanted = len(live.embedded()) + chance.choice([0, 1, 64, 128])

            async def is_reached(wanted: int = wanted) -> bool:
                return len(live.embedded()) >= wanted

            await eventually(is_reached)
            await asyncio.sleep(chance.uniform(0, 0.2))
            live.kill()
        reached.append(len(acknowledged(live)))
        assert not kept & set(live.embedded()[before:])
        before, kept = len(live.embedded()), acknowledged(live)
    assert len(set(reached)) > 1
    async with live.client() as client:
        await client.index(folder)
        status = await client.ready(folder)
        assert status.files == 150 and status.coverage.deep == 1
        await every_chunk_finds_itself(client, folder, 150)
    await live.stop()
    assert rows(live.data_dir) == await from_scratch(folder, tmp_path)


DAMAGES = (truncate, zero, flip, make_huge)


async def test_a_damaged_database_is_set_aside_said_and_made_again(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.index(folder)
    await live.stop()
    before, texts = rows(live.data_dir), len(live.embedded())
    database = index_folder(live.data_dir) / "index.db"
    for damage in DAMAGES:
        database.with_name("index.db.damaged").unlink(missing_ok=True)
        damage(database)
        async with live.client() as client:
            await client.attach(folder)
            status = await client.ready(folder)
            assert "index.db is damaged: it is set aside" in (status.message or ""), damage
            assert client.messages == [status.message], damage
            await every_chunk_finds_itself(client, folder, 3)
        await live.stop()
        assert rows(live.data_dir) == before and len(live.embedded()) == texts, damage
        assert database.with_name("index.db.damaged").exists(), damage


async def test_damaged_derived_indexes_are_made_again(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.index(folder)
    await live.stop()
    texts = len(live.embedded())
    for damage in DAMAGES:
        for derived in ("lexical", "nearest"):
            for path in (index_folder(live.data_dir) / derived).rglob("*"):
                if path.is_file() and path.stat().st_size:
                    damage(path)
        async with live.client() as client:
            await client.attach(folder)
            await client.ready(folder)
            await every_chunk_finds_itself(client, folder, 3)
        await live.stop()
        assert len(live.embedded()) == texts, damage


async def test_damaged_vectors_cost_no_more_than_embedding(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.index(folder)
    await live.stop()
    for damage in (truncate, zero, make_huge):
        damage(live.data_dir / "vectors.db")
        name = f"fresh_from_the_press_of_{damage.__name__}"
        write(folder, {f"{damage.__name__}.py": f"def {name}():\n    return 1\n"})
        async with live.client() as client:
            await client.attach(folder)
            await client.ready(folder)
            assert await client.found(name, folder) == [f"{damage.__name__}.py"]
        await live.stop()


async def test_a_database_that_is_damaged_in_use_is_made_again(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        database = index_folder(live.data_dir) / "index.db"
        for path in (database, database.with_name("index.db-wal")):
            if path.exists():
                data = bytearray(path.read_bytes())
                data[0:] = os.urandom(len(data))
                path.write_bytes(data)
        refused: list[str] = []

        async def answers_again() -> bool:
            try:
                write(folder, {"touched.py": f"touched = {len(refused)}\n"})
                return len(await client.found("worker_5_2", folder)) == 1
            except SemlensError as error:
                refused.append(str(error))
                return False

        await eventually(answers_again, lambda: refused[-3:])
        assert all("damaged" in sentence or "closed" in sentence for sentence in refused), refused
        await client.ready(folder)
        await every_chunk_finds_itself(client, folder, 3)


async def test_a_deep_index_that_is_lost_in_use_is_filled_again(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        texts = len(live.embedded())
        shutil.rmtree(
            index_folder(live.data_dir) / "nearest", ignore_errors=True
        )  # The engine may be writing in it.
        write(folder, {"new.py": "def fresh_from_the_press():\n    return 1\n"})

        async def answers() -> bool:
            return await client.found("fresh_from_the_press", folder) == ["new.py"]

        await eventually(answers)
        await client.ready(folder)
        assert len(live.embedded()) == texts + 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = (
        sys.platform == "linux"
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)], capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("this user may not make a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def test_a_full_disk_is_one_sentence_and_works_again(small_disk: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", many_files(900))
    filler = small_disk / "filler"
    live = Live(small_disk / "data", {"SEMLENS_IDLE_MINUTES": "1"})
    live.data_dir.mkdir()
    try:
        async with live.client() as client:
            filler.write_bytes(bytes(10_000_000))
            with pytest.raises(DiskFullError) as caught:
                await client.index(folder, tier="instant")
            assert "is full: free some space" in str(caught.value) and "\n" not in str(caught.value)
            assert (await client.status(folder)).state == "error"
            filler.unlink()
            for path in list(folder.rglob("*.py"))[300:]:
                path.unlink()
            report = await client.index(folder, tier="instant")
            assert report.files == 300
            status = await client.status(folder)
            assert (status.state, status.coverage.lexical) == ("ready", 1)
    finally:
        live.kill_all()


async def test_a_followed_folder_recovers_from_a_full_disk_by_itself(
    small_disk: Path, tmp_path: Path
) -> None:
    folder = write(tmp_path / "shop", many_files(300))
    filler = small_disk / "filler"
    live = Live(small_disk / "data", {"SEMLENS_IDLE_MINUTES": "1"})
    live.data_dir.mkdir()
    try:
        async with live.client() as client:
            filler.write_bytes(bytes(11_700_000))
            seen: list[FolderStatus] = []

            async def says_so() -> bool:
                seen.append(await client.status(folder))
                return seen[-1].state == "error"

            try:
                await client.attach(folder, deepTier="off")
            except SemlensError as error:
                assert "full" in str(error)
                filler.unlink()
                await client.attach(folder, deepTier="off")
            else:
                await eventually(says_so)
                assert "is full" in str(seen[-1].message)
                filler.unlink()
            assert (await client.ready(folder, deep=False)).files == 300
    finally:
        live.kill_all()


async def test_no_files_says_why(live: Live, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    left_out = tmp_path / "left-out"
    left_out.mkdir()
    (left_out / "picture.png").write_bytes(b"\x89PNG")
    (left_out / ".env").write_text("TOKEN=1")
    async with live.client() as client:
        await client.attach(empty)
        await client.attach(left_out)
        status = await client.ready(empty)
        assert (status.state, status.message) == (
            "empty",
            "0 files indexed: the folder holds no files.",
        )
        message = (await client.ready(left_out)).message or ""
        assert message.startswith("0 files indexed, 2 left out: ") and "secrets" in message


async def test_folders_that_cannot_be_read(live: Live, folder: Path, tmp_path: Path) -> None:
    async with live.client() as client:
        for bad in (tmp_path / "nowhere", folder / "pkg1" / "module_0001.py"):
            with pytest.raises(FolderError, match="is not a folder"):
                await client.attach(bad)
        if os.geteuid():
            folder.chmod(0)
            with pytest.raises(FolderError, match="cannot be read: permission denied"):
                await client.index(folder)
            folder.chmod(0o700)
            assert (await client.index(folder)).files == 30


async def test_a_folder_that_goes_away_and_comes_back(live: Live, folder: Path, tmp_path: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        folder.rename(tmp_path / "elsewhere")

        async def is_missed() -> bool:
            return (await client.status(folder)).state == "error"

        await eventually(is_missed)
        message = (await client.status(folder)).message or ""
        assert "cannot be read" in message and "\n" not in message
        (tmp_path / "elsewhere").rename(folder)
        assert (await client.ready(folder)).files == 30


async def test_an_encoder_that_fails_is_said_and_tried_again(live: Live, folder: Path) -> None:
    broken = live.data_dir / "encoder-fails"
    broken.touch()
    async with live.client() as client:
        await client.attach(folder)

        async def says_so() -> bool:
            return (await client.status(folder)).state == "error"

        await eventually(says_so)
        assert "deep model" in str((await client.status(folder)).message)
        assert await client.found("worker_3_1", folder) != []
        broken.unlink()
        await client.ready(folder)


async def test_two_requests_for_a_damaged_index(live: Live, folder: Path) -> None:
    """A reader that meets damage must not make two threads rebuild at once."""
    async with live.client() as client:
        await client.index(folder, tier="instant")
        database = index_folder(live.data_dir) / "index.db"
        database.write_bytes(os.urandom(database.stat().st_size))
        answers = await asyncio.gather(
            *(client.found("worker_5_2", folder) for _ in range(4)), return_exceptions=True
        )
        assert all(isinstance(one, (list, DamagedIndexError, SemlensError)) for one in answers), answers
        assert (await client.index(folder, full=True)).files == 30
        await every_chunk_finds_itself(client, folder, 2)
