"""A second model reads the code in words, after the first and beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from semlens.core.embed.deep_model import DeepModel
from semlens.protocol.editor import InstalledModel
from semlens.protocol.engine import Status
from semlens.protocol.models import EstimateModel, ListModels, RemoveModels
from semlens.protocol.served import UseModel
from semlens.types import Tier
from support.live import Client, Live, eventually, many_files, write

TEXTS = 48
"""Functions of the folder, each of which is a chunk."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", many_files(12))


@pytest.fixture
def prose_model(tmp_path: Path) -> str:
    """Another model. These tests never read its weights."""
    copy = tmp_path / "prose-model"
    shutil.copytree(DeepModel.find().folder, copy, ignore=shutil.ignore_patterns("*.safetensors"))
    (copy / "model.safetensors").write_bytes(b"other weights")
    return str(copy)


async def both_ready(client: Client, folder: Path) -> None:
    status = await client.status(folder)

    async def is_ready() -> bool:
        nonlocal status
        status = await client.status(folder)
        return status.coverage.deep == status.coverage.second == 1

    await eventually(is_ready, lambda: status)


async def in_words(client: Client) -> list[InstalledModel]:
    return [one for one in (await client.engine.request(ListModels())).models if one.in_words]


async def test_it_reads_after_the_first_and_its_tier_answers(
    live: Live, folder: Path, prose_model: str
) -> None:
    async with live.client() as client:
        await client.attach(folder, secondModel=prose_model)
        await both_ready(client, folder)
        models = (await client.engine.request(Status())).models
        assert [(one.tier, one.name, one.role) for one in models] == [
            ("instant", "semlens-instant", None),
            ("deep", "semlens-code", None),
            ("deep", "prose-model", "second"),
        ]
        read = live.embedded()
        assert len(read) == len(set(read)) == 2 * TEXTS
        (listed,) = await in_words(client)
        assert listed.name == "prose-model" and listed.wanted and listed.vectors == TEXTS
        (of_folder,) = listed.folders
        assert (of_folder.texts, of_folder.embedded) == (TEXTS, 1) and of_folder.disk_bytes > 0
        answer = await client.search("handle case 3 of module 7", folder, explain=True)
        first = answer.hits[0]
        assert {one.name for one in first.reasons} & {"deep", "second"}
        assert first.explanation is not None
        assert Tier.SECOND in {one.tier for one in first.explanation.tiers}
        alone = await client.search("handle case 3 of module 7", folder, tiers=[Tier.SECOND])
        assert alone.hits and {one.name for one in alone.hits[0].reasons} >= {"second"}


async def test_kills_and_edits_lose_nothing_of_it(live: Live, folder: Path, prose_model: str) -> None:
    waiting = live.data_dir / "encoder-waits"
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        waiting.touch()
        await client.configure(folder, secondModel=prose_model)

        async def reads() -> bool:
            return "second model reads" in ((await client.status(folder)).message or "")

        await eventually(reads)
        answer = await client.search("worker_7_2", folder)
        assert answer.hits[0].path == "pkg7/module_0007.py"
    live.kill()
    waiting.unlink()
    write(folder, {"new.py": "def fresh_from_the_press():\n    return 1\n"})
    async with live.client() as client:
        await client.attach(folder, secondModel=prose_model)
        await both_ready(client, folder)
    live.kill()
    async with live.client() as client:
        await client.index(folder)  # a client without settings: the models of before
        coverage = (await client.status(folder)).coverage
        assert coverage.deep == coverage.second == 1
    read = live.embedded()
    assert len(read) == len(set(read)) == 2 * (TEXTS + 1)


async def test_switched_off_its_vectors_can_be_removed(live: Live, folder: Path, prose_model: str) -> None:
    async with live.client() as client:
        await client.attach(folder, secondModel=prose_model)
        await both_ready(client, folder)
        await client.configure(folder)

        async def is_off() -> bool:
            return (await client.status(folder)).coverage.second is None

        await eventually(is_off)
        (listed,) = await in_words(client)
        assert not listed.wanted and listed.vectors == TEXTS and not listed.folders
        await client.engine.request(RemoveModels([listed.fingerprint]))
        assert (await client.search("worker_7_2", folder)).coverage.deep == 1


async def test_one_that_cannot_be_used_is_a_sentence_and_the_first_answers(
    live: Live, folder: Path, prose_model: str
) -> None:
    async with live.client() as client:
        await client.attach(folder, secondModel="/nowhere/at/all")
        status = await client.ready(folder)
        assert "The second model cannot be used. There is no model in /nowhere/at/all" in str(status.message)
        assert await client.found("worker_7_2", folder) == ["pkg7/module_0007.py"]
        await client.configure(folder, secondModel=prose_model)
        await both_ready(client, folder)


async def test_what_a_model_takes_is_said_before_it_is_used(
    live: Live, folder: Path, prose_model: str
) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        asked = EstimateModel(str(folder), prose_model)
        before = await client.engine.request(asked)
        assert before.texts == before.unread == TEXTS
        assert before.seconds > 0 and before.disk_bytes > TEXTS * 384 * 4
        present = await client.engine.request(EstimateModel(str(folder), "semlens-code"))
        assert (present.texts, present.unread, present.seconds) == (TEXTS, 0, 0)
        await client.engine.request(UseModel(str(folder), prose_model, second=True))
        await both_ready(client, folder)
        second = await client.engine.request(EstimateModel(str(folder), prose_model, second=True))
        assert (second.texts, second.unread) == (TEXTS, 0)
        assert (await client.engine.request(asked)).unread == TEXTS
