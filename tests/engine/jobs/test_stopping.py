"""A cancelled or paused job stops, keeps its results, and later continues from there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from semlens.errors import Cancelled
from semlens.protocol.engine import Pause, PauseAnswer
from semlens.protocol.notifications import Progress
from support.live import Client, Live, eventually, many_files, write

FILES = 1500
"""Enough for the engine to prepare them in worker processes."""
FEWER_FILES = 900
"""Just enough for worker processes."""
CANCELLED_SECONDS = 0.5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "large", many_files(FILES))


async def is_idle(client: Client, folder: Path) -> bool:
    return (await client.status(folder)).state not in ("indexing", "rebuilding")


async def cancel_at(client: Client, folder: Path, stage: str, done: int, **params: Any) -> None:
    """Cancel an index run once `done` items of a stage are done, and wait until the engine is idle."""
    reached = asyncio.Event()

    def on_progress(reported: Progress) -> None:
        if reported.stage == stage and reported.done >= done:
            reached.set()

    run = asyncio.create_task(client.index(folder, on_progress=on_progress, **params))
    await asyncio.wait_for(reached.wait(), 60)
    run.cancel()
    with pytest.raises((asyncio.CancelledError, Cancelled)):
        await run
    await eventually(lambda: is_idle(client, folder))


async def test_a_cancelled_run_keeps_its_results(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await cancel_at(client, folder, "files", 200, tier="instant")
        status = await client.status(folder)
        assert 200 <= status.files < FILES
        kept = status.chunks
        report = await client.index(folder, tier="instant")
        assert report.files == FILES and report.added == FILES - status.files
        assert report.embedded + kept <= report.chunks


async def test_cancel_of_a_run_that_has_not_begun(live: Live, folder: Path) -> None:
    async with live.client() as client:
        first = asyncio.create_task(client.index(folder, tier="instant"))
        second = asyncio.create_task(client.index(folder, tier="instant"))
        await asyncio.sleep(0.5)
        second.cancel()
        with pytest.raises((asyncio.CancelledError, Cancelled)):
            await second
        assert (await first).files == FILES
        await eventually(lambda: is_idle(client, folder))


async def test_cancel_of_the_deep_tier_keeps_its_vectors(live: Live, tmp_path: Path) -> None:
    live.environment["SEMLENS_TEST_ENCODE_SECONDS"] = "0.002"
    folder = write(tmp_path / "small", many_files(200))
    async with live.client() as client:
        await cancel_at(client, folder, "chunks", 128)
        status = await client.status(folder)
        assert 0 < status.coverage.deep < 1
        done = len(live.embedded())
        await client.index(folder)
        everything = live.embedded()
        assert len(everything) == len(set(everything)) > done


async def test_pause_and_resume(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder, deepTier="off")

        async def has_begun() -> bool:
            return (await client.status(folder)).files > 100

        await eventually(has_begun)
        assert await client.engine.request(Pause(True)) == PauseAnswer(True)
        status = await client.status(folder)
        assert (status.state, status.message) == ("paused", "Indexing is paused.")
        await asyncio.sleep(CANCELLED_SECONDS)
        files = (await client.status(folder)).files
        write(folder, {"pause.py": "def written_in_a_pause():\n    return 1\n"})
        await asyncio.sleep(1)
        assert (await client.status(folder)).files == files < FILES
        assert await client.found("worker_0_1", folder) != []
        await client.engine.request(Pause(False))

        async def is_whole() -> bool:
            return (await client.status(folder)).files == FILES + 1

        await eventually(is_whole)
        assert await client.found("written_in_a_pause", folder) == ["pause.py"]


async def test_a_folder_that_is_opened_in_a_pause_waits(live: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "small", many_files(3))
    async with live.client() as client:
        await client.engine.request(Pause(True))
        assert (await client.attach(folder)).state == "paused"
        await asyncio.sleep(0.5)
        assert (await client.status(folder)).files == 0
        await client.engine.request(Pause(False))
        assert (await client.ready(folder)).files == 3


async def test_a_pause_outlives_a_killed_engine_but_not_an_idle_one(live: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "small", many_files(3))
    async with live.client() as client:
        await client.engine.request(Pause(True))
        live.kill()
        assert (await client.attach(folder)).state == "paused"
        await live.stop()
        assert (await client.attach(folder)).state == "paused"
        live.environment["SEMLENS_IDLE_MINUTES"] = "0.01"
        await live.stop()
        assert (await client.attach(folder)).state == "paused"
    while live.engines[-1].poll() is None:
        await asyncio.sleep(0.05)
    async with live.client() as client:
        await client.attach(folder)
        assert (await client.ready(folder)).files == 3


async def test_closing_in_the_middle_of_indexing(live: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "medium", many_files(FEWER_FILES))
    async with live.client() as client:
        await client.attach(folder)
        await asyncio.sleep(1.5)
    await live.stop()
    async with live.client() as client:
        report = await client.index(folder)
        assert report.files == FEWER_FILES
        assert len(live.embedded()) == len(set(live.embedded()))


async def test_closing_while_the_deep_tier_is_filled(live: Live, tmp_path: Path) -> None:
    live.environment["SEMLENS_TEST_ENCODE_SECONDS"] = "0.005"
    folder = write(tmp_path / "small", many_files(200))
    async with live.client() as client:
        await client.attach(folder)

        async def is_at_work() -> bool:
            return len(live.embedded()) >= 128

        await eventually(is_at_work)
    await live.stop()
    del live.environment["SEMLENS_TEST_ENCODE_SECONDS"]
    async with live.client() as client:
        await client.index(folder)
    assert len(live.embedded()) == len(set(live.embedded()))


async def test_queries_are_answered_while_files_are_indexed(live: Live, folder: Path) -> None:
    async with live.client() as client:
        run = asyncio.create_task(client.index(folder, tier="instant"))
        answered = []
        while not run.done():
            answer = await client.search("handle case of module", folder)
            answered.append(answer)
            assert answer.coverage.files <= FILES
            await asyncio.sleep(0.05)
        await run
        assert len(answered) > 3
