"""Measurements on a user's own code: figures for every tier and model, or a sentence that says why not."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from semlens.core.embed.deep_model import DeepModel
from semlens.errors import FolderError, ModelError
from semlens.protocol.bench import Bench, BenchAnswer
from semlens.protocol.engine import Status
from semlens.protocol.models import ListModels
from support.git_history import THINGS, commit, things_history
from support.live import Live, eventually, write

FILES = {
    f"shop/{thing}.py": f'def keep_{thing}(book, {thing}):\n    """Write down the {thing} so that it is not '
    f'forgotten."""\n    book.append({thing})\n    return len(book)\n'
    for thing in THINGS
}
ASKED = Bench("", questions=50, files=100, seed=0, seconds=60.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", FILES)


async def bench(live: Live, folder: Path, **options: Any) -> BenchAnswer:
    async with live.client() as client:
        return await client.engine.request(evolve(ASKED, folder=str(folder), **options))


async def test_every_tier_and_model_has_its_figures(live: Live, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other-model"
    shutil.copytree(DeepModel.find().folder, other, ignore=shutil.ignore_patterns("*.safetensors"))
    (other / "model.safetensors").write_bytes(b"other weights")
    found = await bench(live, folder, models=[str(other)])
    assert (found.questions, found.files, found.seed) == (len(THINGS), len(THINGS), 0)
    bundled, second = found.trials
    assert [result.tiers for result in bundled.results] == [
        "lexical", "instant", "lexical+instant", "deep", "all",
    ]  # fmt: skip
    assert [trial.model for trial in (bundled, second)] == [DeepModel.find().name, "other-model"]
    assert bundled.problem is second.problem is None
    lexical = bundled.results[0]
    assert lexical.mrr == lexical.recall_at_1 == lexical.recall_at_10 == 1.0
    # The searched files had no docstrings, and no temporary file is left.
    assert not (live.data_dir / "bench").exists()
    async with live.client() as client:  # The bundled one is no less unused: no folder is open.
        models = (await client.engine.request(Status())).models
        assert {one.name: one.role for one in models if one.tier == "deep"} == {
            DeepModel.find().name: "unused",
            "other-model": "unused",
        }
        await client.attach(folder)
        models = (await client.engine.request(Status())).models
        assert {one.name: one.role for one in models if one.tier == "deep"} == {
            DeepModel.find().name: None,
            "other-model": "unused",
        }
    assert found == evolve(await bench(live, folder, models=[str(other)]), trials=found.trials)


async def test_the_last_figures_of_each_model_are_kept(live: Live, folder: Path) -> None:
    found = await bench(live, folder, questions=11)
    figures = {result.tiers: result for result in found.trials[0].results}
    await live.stop()
    live.start()
    async with live.client() as client:
        models = {one.name: one for one in (await client.engine.request(ListModels())).models}
    for name, tiers in (("semlens-code", "deep"), ("semlens-instant", "instant")):
        (kept,) = models[name].measured
        assert (kept.folder, kept.source, kept.questions) == (str(folder), "docstrings", 11)
        expected = figures[tiers].mrr, figures[tiers].mrr_interval.low
        assert (kept.mrr.mean, kept.mrr.low) == expected
        assert kept.chunks == found.trials[0].chunks and kept.at > 1.7e9
        assert (models[name].pace or 0) > 0
    assert models["all-MiniLM-L6-v2"].measured == []


async def test_a_sample_is_as_large_as_was_asked_for(live: Live, folder: Path) -> None:
    found = await bench(live, folder, questions=10, files=11)
    assert (found.questions, found.files) == (10, 11)


async def test_too_few_docstrings_are_one_sentence(live: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "bare", {"a.py": "def a():\n    return 1\n"})
    with pytest.raises(FolderError, match="0 functions whose docstrings ask for them, and 10 are needed"):
        await bench(live, folder)


async def test_a_missing_model_is_reported_before_the_measurement(live: Live, folder: Path) -> None:
    with pytest.raises(ModelError, match="There is no model in"):
        await bench(live, folder, models=["/nowhere/at/all"])


async def test_a_model_without_time_or_that_fails_leaves_the_others_figures(live: Live, folder: Path) -> None:
    (trial,) = (await bench(live, folder, seconds=0)).trials
    assert "of the chunks were embedded in the time given" in (trial.problem or "")
    assert [result.tiers for result in trial.results] == ["lexical", "instant", "lexical+instant"]
    (live.data_dir / "encoder-fails").touch()
    (trial,) = (await bench(live, write(folder, {"shop/new.py": FILES["shop/stock.py"]}))).trials
    assert trial.problem == "The deep model's process cannot be started: test."


async def test_a_client_that_leaves_stops_the_measurement(live: Live, folder: Path) -> None:
    live.environment["SEMLENS_TEST_ENCODE_SECONDS"] = "5"
    async with live.client() as client:
        asking = asyncio.create_task(client.engine.request(evolve(ASKED, folder=str(folder))))

        async def has_begun() -> bool:
            return any((live.data_dir / "bench").glob("*/*"))

        await eventually(has_begun)
        asking.cancel()

    async def has_ended() -> bool:
        return not (live.data_dir / "bench").exists()

    await eventually(has_ended)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return things_history(tmp_path / "history")


async def test_the_history_asks_for_what_its_commits_changed(live: Live, history: Path) -> None:
    before = sorted(path.relative_to(history) for path in history.rglob("*"))
    found = await bench(live, history, source="history")
    assert (found.source, found.questions, found.files) == ("history", len(THINGS), len(THINGS))
    (trial,) = found.trials
    assert trial.problem is None
    assert [result.tiers for result in trial.results] == [
        "lexical", "instant", "lexical+instant", "deep", "all",
    ]  # fmt: skip
    lexical = trial.results[0]
    assert lexical.mrr == lexical.recall_at_1 == lexical.mrr_interval.high == 1.0
    (gain,) = found.differences
    assert (gain.tiers, gain.other_tiers, gain.other_model) == ("all", "lexical+instant", None)
    assert gain.interval.low <= gain.mrr <= gain.interval.high
    # The state of each question was embedded, and no text twice.
    assert len(live.embedded()) == len(set(live.embedded())) >= 2 * len(THINGS) - 1
    assert sorted(path.relative_to(history) for path in history.rglob("*")) == before
    assert not (live.data_dir / "bench").exists()


async def test_a_history_that_cannot_ask_is_one_sentence(
    live: Live, folder: Path, history: Path, tmp_path: Path
) -> None:
    with pytest.raises(FolderError, match="git knows no history"):
        await bench(live, folder, source="history")
    short = tmp_path / "short"
    commit(short, "Begin with all of the things", FILES)
    with pytest.raises(FolderError, match="0 commits whose messages ask for what they changed, and 10 are"):
        await bench(live, short, source="history")
    (live.data_dir / "encoder-fails").touch()
    found = await bench(live, history, source="history")
    (trial,) = found.trials
    assert trial.problem == "The deep model's process cannot be started: test."
    assert [result.tiers for result in trial.results] == ["lexical", "instant", "lexical+instant"]
    assert found.differences == []
