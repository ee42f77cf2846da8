"""A model trained on a folder's code by the real engine and its child: killed, paused, kept, used."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import get_args

import psutil
import pytest

from semlens.core.embed import full_packages
from semlens.errors import FolderError, ModelError, SemlensError, UsageError
from semlens.protocol.editor import InstalledModel, TrainingAct, TrainingStatus
from semlens.protocol.models import ListModels, RemoveModels
from semlens.protocol.served import UseModel
from semlens.protocol.train import ActOnTraining, GetTraining, StartTraining
from support.live import Client, Live, eventually, write
from support.taught_code import taught_files

ENDED = ("done", "failed", "paused")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("work") / "house", taught_files(160))


async def act(client: Client, what: TrainingAct, anyway: bool = False) -> TrainingStatus:
    return await client.engine.request(ActOnTraining(what, anyway))


async def reaches(client: Client, right: Callable[[TrainingStatus], bool]) -> TrainingStatus:
    found = TrainingStatus("none")

    async def look() -> bool:
        nonlocal found
        found = await client.engine.request(GetTraining())
        return right(found)

    await eventually(look)
    return found


def workers(live: Live) -> list[psutil.Process]:
    """The processes that train."""
    found = []
    for child in psutil.Process(live.engines[-1].pid).children(recursive=True):
        with suppress(psutil.Error):  # It has ended meanwhile.
            if "semlens.core.train.worker" in child.cmdline():
                found.append(child)
    return found


async def models(client: Client) -> dict[str, InstalledModel]:
    return {one.name: one for one in (await client.engine.request(ListModels())).models}


async def test_a_model_survives_kills_and_is_kept_used_and_removed(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.index(folder)
        begun = await client.engine.request(StartTraining(str(folder), "instant"))
        assert (begun.state, begun.name) == ("running", "semlens-instant-house")
        with pytest.raises(UsageError, match="is not finished: discard it first"):
            await client.engine.request(StartTraining(str(folder), "instant"))
        await reaches(client, lambda now: bool(workers(live)))
        for process in workers(live):
            process.kill()
        await reaches(client, lambda now: bool(workers(live)) or now.state in ENDED)
        for process in workers(live):  # It may be done already, on a fast machine.
            process.kill()
    live.kill()
    async with live.client() as client:
        done = await reaches(client, lambda now: now.state in ENDED)
        assert done.state == "done" and done.outcome is not None, done.message
        assert done.outcome.may_be_kept and done.outcome.questions == done.pairs.deciding
        assert done.losses and done.scores and done.best
        kept = Path((await act(client, "keep", anyway=True)).message or "")
        assert kept.parent == live.data_dir / "trained" and not (live.data_dir / "training").exists()
        assert (await client.engine.request(GetTraining())).state == "none"
        listed = (await models(client))[kept.name]
        assert (listed.trained, listed.wanted, listed.tier) == (True, False, "instant")
        (measured,) = listed.measured
        after, questions = done.outcome.after, done.outcome.questions
        assert (measured.folder, measured.source, measured.questions) == (str(folder), "training", questions)
        found = measured.mrr
        assert (found.mean, found.low, found.high) == (after.mean, after.low, after.high)
        before = (await client.search("purge_row(seedling)", folder)).hits
        await client.engine.request(UseModel(str(folder), kept.name))
        await client.index(folder)
        await eventually(lambda: _answers(client, kept.name))
        assert (await client.search("purge_row(seedling)", folder)).hits[0].path == before[0].path
        with pytest.raises(UsageError, match="is in use"):
            await client.engine.request(RemoveModels([listed.fingerprint]))
        await client.engine.request(UseModel(str(folder), "semlens-instant"))
        await client.index(folder)
        await eventually(lambda: _answers(client, "semlens-instant"))
        answer = await client.engine.request(RemoveModels([listed.fingerprint]))
        assert answer.freed_bytes > 10_000_000 and not kept.exists()
        assert kept.name not in await models(client)


async def _answers(client: Client, name: str) -> bool:
    return any(one.answers for one in (await models(client))[name].folders)


async def test_a_training_is_paused_goes_on_and_is_discarded(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.index(folder)
        for what in get_args(TrainingAct):
            with pytest.raises(SemlensError, match="There is no training"):
                await act(client, what)
        await client.engine.request(StartTraining(str(folder), "instant"))
        assert (await act(client, "pause")).state == "paused" and workers(live) == []
    live.kill()
    async with live.client() as client:
        assert (await client.engine.request(GetTraining())).state == "paused"
        with pytest.raises(SemlensError, match="is paused"):
            await act(client, "pause")
        assert (await act(client, "resume")).state == "running"
        await act(client, "stop")
        done = await reaches(client, lambda now: now.state in ENDED)
        assert done.state == "done", done.message
        assert (await act(client, "discard")).state == "none" and not (live.data_dir / "training").exists()


async def test_what_cannot_be_trained_is_one_sentence(live: Live, folder: Path, tmp_path: Path) -> None:
    async with live.client() as client:

        async def start(root: Path, kind: str = "instant", base: str = "") -> TrainingStatus:
            return await client.engine.request(StartTraining(str(root), kind, base))  # type: ignore[arg-type]

        with pytest.raises(FolderError, match="is not indexed: open it in the editor"):
            await start(folder)
        with pytest.raises(FolderError, match="is not a folder"):
            await start(tmp_path / "nowhere")
        bare = write(
            tmp_path / "bare", {"a.py": 'def a(b):\n    """Say how it is with it."""\n    return b\n'}
        )
        await client.index(bare)
        with pytest.raises(ModelError, match="is run by a server, and cannot be trained"):
            await start(bare, "deep", "http://localhost:1/#one")
        with pytest.raises(ModelError, match="There is no instant model in"):
            await start(bare, "instant", str(tmp_path / "nowhere"))
        await start(bare)
        failed = await reaches(client, lambda now: now.state in ENDED)
        assert failed.state == "failed"
        assert "1 docstrings and commits of this folder" in (failed.message or "")
        # A failed one is no hindrance.
        assert (await start(bare)).state == "running"


def test_a_transformer_needs_the_full_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from semlens.core.embed.deep_model import DeepModel
    from semlens.core.train.deep_learner import DeepLearner
    from semlens.errors import NeedsFullError

    monkeypatch.setattr(full_packages, "find_package", lambda name: None)
    with pytest.raises(NeedsFullError, match="Training a transformer needs PyTorch"):
        DeepLearner(DeepModel.find(), 1, False, 0)
