"""Which models there are, what is indexed with them, and what may be removed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.model_problem import model_problem
from semlens.errors import UsageError
from semlens.protocol.editor import InstalledModel
from semlens.protocol.models import ListModels, RemoveModels, VerifyModel
from support.live import Client, Live, eventually, many_files, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", many_files(12))


@pytest.fixture
def other_model(tmp_path: Path) -> Path:
    """Another model, whose README says its licence. These tests never read its weights."""
    copy = tmp_path / "my-model"
    skipped = shutil.ignore_patterns("*.safetensors", "model.json", "LICENSE")
    shutil.copytree(DeepModel.find().folder, copy, ignore=skipped)
    (copy / "model.safetensors").write_bytes(b"other weights")
    (copy / "README.md").write_text("---\nlanguage: en\nlicense: mit\n---\n# A model\n")
    (copy / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 384, "pooling_mode_cls_token": True})
    )
    return copy


async def listed(client: Client) -> dict[str, InstalledModel]:
    answer = await client.engine.request(ListModels())
    assert len({model.fingerprint for model in answer.models}) == len(answer.models)
    return {model.name: model for model in answer.models}


async def change_model(client: Client, folder: Path, model: str) -> None:
    """Change the model of an attached folder and wait until the new index answers."""
    await client.configure(folder, model=model)

    async def has_changed() -> bool:
        status, models = await client.status(folder), (await listed(client)).values()
        answering = {one.setting for one in models for indexed in one.folders if indexed.answers}
        return status.state == "ready" and status.coverage.deep == 1 and model in answering

    await eventually(has_changed)


async def test_a_model_says_what_it_is_and_what_is_indexed_with_it(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        status = await client.ready(folder)
        models = await listed(client)
    deep, instant = models["semlens-code"], models["semlens-instant"]
    assert (deep.tier, deep.dimension, deep.window) == ("deep", 384, 256)
    assert (deep.tokenizer, deep.vocabulary, deep.pooling) == ("WordPiece", 30522, "mean")
    assert deep.licence == instant.licence == "Apache-2.0"
    assert deep.installed and deep.wanted and instant.installed and instant.wanted
    assert (deep.setting, instant.setting, instant.window) == ("semlens-code", "semlens-instant", None)
    assert deep.size is not None and deep.size > 1_000_000
    (one,) = deep.folders
    assert (one.folder, one.answers, one.embedded) == (str(folder), True, 1)
    assert one.texts == deep.vectors == instant.vectors == status.chunks
    assert one.disk_bytes > 0 and deep.vector_bytes > deep.vectors * 384 * 2


async def test_a_model_that_no_setting_names_can_be_removed_and_no_other(
    live: Live, folder: Path, other_model: Path
) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        await change_model(client, folder, str(other_model))
        models = await listed(client)
        mine, bundled = models["my-model"], models["semlens-code"]
        assert (mine.licence, mine.pooling, mine.setting) == ("mit", "cls", str(other_model))
        assert mine.wanted and [one.answers for one in mine.folders] == [True]
        # The bundled model is the default of every folder, also while another one answers.
        assert bundled.wanted and [one.answers for one in bundled.folders] == [False]
        for model in (mine, bundled):
            with pytest.raises(UsageError, match="is in use"):
                await client.engine.request(RemoveModels([model.fingerprint]))
        await change_model(client, folder, "semlens-code")
        mine = (await listed(client))["my-model"]
        assert not mine.wanted and mine.installed and [one.answers for one in mine.folders] == [False]

        async def is_removed() -> bool:  # An index that is being closed stays.
            answer = await client.engine.request(RemoveModels([mine.fingerprint]))
            assert answer.removed[0].fingerprint == mine.fingerprint
            return not (await listed(client))["my-model"].folders

        await eventually(is_removed)
        left = (await listed(client))["my-model"]
        assert (left.vectors, left.folders, left.installed) == (0, [], True)
        kept = (await listed(client))["semlens-code"]
        assert (kept.vectors, kept.wanted, kept.installed) == (bundled.vectors, True, True)
        assert await client.found("worker_7_2", folder) == ["pkg7/module_0007.py"]


async def test_a_model_whose_folder_is_gone_keeps_its_name(
    live: Live, folder: Path, other_model: Path
) -> None:
    async with live.client() as client:
        await client.attach(folder, model=str(other_model))
        await client.ready(folder)
    await live.stop()
    shutil.rmtree(other_model)
    async with live.client() as client:
        gone = (await listed(client))["my-model"]
        # The folder names it still: its drive may be plugged in again.
        assert gone.wanted and not gone.installed and gone.setting == str(other_model)
        assert gone.dimension == 384 and gone.vectors > 0


async def test_vectors_of_a_model_that_nothing_is_known_of_are_listed(
    live: Live, folder: Path, other_model: Path
) -> None:
    async with live.client() as client:
        await client.attach(folder, model=str(other_model))
        await client.ready(folder)
        await change_model(client, folder, "semlens-code")
    await live.stop()
    shutil.rmtree(other_model)
    (live.data_dir / "models.json").write_bytes(b"{ damaged")
    async with live.client() as client:
        lost = (await listed(client))["my-model"]
        assert (lost.dimension, lost.installed, lost.setting, lost.wanted) == (384, False, None, False)
        freed = (await client.engine.request(RemoveModels([lost.fingerprint]))).freed_bytes
        assert freed > 0 and "my-model" not in await listed(client)
        with pytest.raises(UsageError, match="No model has the fingerprint"):
            await client.engine.request(RemoveModels([lost.fingerprint]))


@pytest.mark.parametrize(
    ("rerank", "named", "installed"),
    [
        ("semlens-rerank", {"semlens-rerank"}, True),
        ("", set(), True),
        ("gone/my-reranker", {"my-reranker"}, False),
    ],
)
async def test_the_cross_encoders_are_listed_too(
    live: Live, folder: Path, tmp_path: Path, rerank: str, named: set[str], installed: bool
) -> None:
    setting = str(tmp_path / rerank) if "/" in rerank else rerank
    async with live.client() as client:
        await client.attach(folder)
        await client.configure(folder, rerank_model=setting)
        models = {name: model for name, model in (await listed(client)).items() if model.tier == "rerank"}
        assert set(models) == {"semlens-rerank"} | named
        assert {name for name, model in models.items() if model.wanted} == named
        own = models["semlens-rerank"]
        assert own.installed and own.licence == "Apache-2.0" and (own.size or 0) > 30_000_000
        assert model_problem(own, live.data_dir) is None
        assert own.removable_bytes == 0 and not own.folders
        for model in models.values():
            assert model.installed is (installed or model is own)
            verified = await client.engine.request(VerifyModel(model.fingerprint))
            assert (verified.problem is None) is model.installed
            if model.wanted:
                with pytest.raises(UsageError, match="is in use"):
                    await client.engine.request(RemoveModels([model.fingerprint]))


async def test_a_cross_encoder_of_the_users_own_is_read_from_its_files(
    live: Live, folder: Path, tmp_path: Path
) -> None:
    own = tmp_path / "my-reranker"
    own.mkdir()
    (own / "config.json").write_text("{}")
    (own / "model.safetensors").write_bytes(b"weights")
    (own / "README.md").write_text("---\nlicense: mit\n---\n")
    async with live.client() as client:
        await client.attach(folder)
        await client.configure(folder, rerank_model=str(own))
        model = (await listed(client))["my-reranker"]
    assert (model.tier, model.installed, model.wanted, model.setting) == ("rerank", True, True, str(own))
    assert (model.licence, model.size) == ("mit", 7)
