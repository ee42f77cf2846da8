"""A change of model builds another index; the old one answers until the new one is complete."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from semlens.core.embed.deep_model import DeepModel
from semlens.errors import ModelError
from support.live import Live, eventually, many_files, write

ANSWERS = 5
"""Answers of the old model before the new one may embed anything."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", many_files(40))


@pytest.fixture
def other_model(tmp_path: Path) -> Path:
    """A model with a quarter of the bundled model's window. These tests never read its weights."""
    bundled = DeepModel.find()
    copy = tmp_path / "small-window"
    shutil.copytree(bundled.folder, copy, ignore=shutil.ignore_patterns("*.safetensors"))
    (copy / "model.safetensors").write_bytes(b"other weights")
    config = copy / "sentence_bert_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "max_seq_length": 64}))
    return copy


async def test_the_old_index_answers_until_the_new_one_is_complete(
    live: Live, folder: Path, other_model: Path
) -> None:
    waiting = live.data_dir / "encoder-waits"
    async with live.client() as client:
        await client.attach(folder)
        before = await client.ready(folder)
        waiting.touch()
        status = await client.configure(folder, model=str(other_model))
        seen = []

        async def has_changed() -> bool:
            status = await client.status(folder)
            seen.append(status)
            answer = await client.search("worker_7_2", folder)
            assert answer.coverage.deep == 1
            assert answer.hits[0].path == "pkg7/module_0007.py"
            if len(seen) == ANSWERS:
                waiting.unlink()
            # A smaller window takes more chunks.
            return status.state == "ready" and status.chunks > before.chunks

        await eventually(has_changed, lambda: seen[-1])
        assert status.state == "rebuilding" and "Changing to another model" in (status.message or "")
        write(folder, {"new.py": "def fresh_from_the_press():\n    return 1\n"})

        async def is_found() -> bool:
            return await client.found("fresh_from_the_press", folder) == ["new.py"]

        await eventually(is_found)
        texts = len(live.embedded())
        await client.configure(folder)
        await client.ready(folder)

        async def is_back() -> bool:
            return (await client.status(folder)).chunks == before.chunks + 1

        await eventually(is_back)
        assert len(live.embedded()) <= texts + 2  # The new file, by each model.


async def test_a_missing_model_is_one_sentence_and_the_old_one_stays(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        with pytest.raises(ModelError) as caught:
            await client.configure(folder, model="/nowhere/at/all")
        assert "\n" not in str(caught.value)
        assert await client.found("worker_7_2", folder) == ["pkg7/module_0007.py"]


async def test_a_revoked_change_of_model_leaves_no_half_built_index(
    live: Live, folder: Path, other_model: Path
) -> None:
    waiting = live.data_dir / "encoder-waits"
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        waiting.touch()
        for chosen in ({"model": str(other_model)}, {}):
            await client.configure(folder, **chosen)
        waiting.unlink()
        status = await client.ready(folder)
        assert status.state == "ready"
        assert await client.found("worker_7_2", folder) == ["pkg7/module_0007.py"]


async def test_an_interrupted_change_of_model_continues_beside_the_old_index(
    live: Live, folder: Path, other_model: Path
) -> None:
    waiting = live.data_dir / "encoder-waits"
    async with live.client() as client:
        await client.attach(folder)
        before = await client.ready(folder)
        waiting.touch()
        settings = {"model": str(other_model)}
        await client.configure(folder, **settings)

        async def has_begun() -> bool:
            return "Changing" in ((await client.status(folder)).message or "")

        await eventually(has_begun)
    live.kill()
    async with live.client() as client:
        status = await client.attach(folder, model=str(other_model))
        while status.chunks in (0, before.chunks):  # 0 until the index is open.
            answer = await client.search("worker_7_2", folder)
            assert answer.hits[0].path == "pkg7/module_0007.py"
            assert answer.coverage.chunks >= before.chunks
            waiting.unlink(missing_ok=True)
            status = await client.status(folder)
        assert status.coverage.deep == 1
    await live.stop()
    async with live.client() as client:
        await client.search("worker_7_2", folder)  # Without a model in the request, the last one answers.
        assert (await client.status(folder)).chunks == status.chunks


async def test_a_query_may_wait_for_the_model_or_not(live: Live, folder: Path) -> None:
    loading = live.data_dir / "encoder-loads"
    async with live.client() as client:
        await client.index(folder)
        loading.touch()
        at_once = await client.search("what the seventh worker does", folder)
        waiting = asyncio.create_task(client.search("what they all do", folder, wait_seconds=60))
        await asyncio.sleep(0.2)
        loading.unlink()
        later = await waiting
    assert (at_once.partial, later.partial) == (True, False)
    for answer, has_deep in ((at_once, False), (later, True)):
        reasons = {reason.name for hit in answer.hits for reason in hit.reasons}
        assert ("deep" in reasons) == has_deep
