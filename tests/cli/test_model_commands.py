"""`semlens models`: what is printed, and what is removed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from semlens.core.embed.deep_model import DeepModel
from semlens.protocol.engine import Configure, Index
from semlens.settings import Settings
from support.command_line import Run
from support.live import Live, write


@pytest.fixture
async def unwanted(live: Live, tmp_path: Path) -> Path:
    """A model that a folder was once indexed with."""
    model = tmp_path / "old-model"
    shutil.copytree(DeepModel.find().folder, model, ignore=shutil.ignore_patterns("*.safetensors"))
    (model / "model.safetensors").write_bytes(b"other weights")
    folder = write(tmp_path / "workspace", {"a.py": "def first():\n    return 1\n"})
    async with live.client() as client:
        await client.attach(folder, model=str(model))
        await client.ready(folder)
        await client.engine.request(Configure(str(folder), Settings()))
        await client.engine.request(Index(str(folder)))
        await client.ready(folder)
    await live.stop()
    live.start()
    return model


def test_models_are_listed_checked_and_removed(
    run: Run, unwanted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = run("models").out
    assert "semlens-code (deep)\n    384 dimensions, window 256 tokens, WordPiece of 30,522, mean" in shown
    assert "old-model (deep), named by no setting\n" in shown and "100% of 1 texts" in shown
    assert "semlens models remove frees about " in shown
    assert "\nsemlens bench measures how well each of them finds your code.\n" in shown
    assert "quality alone" not in shown
    told = json.loads(run("models", "list", "--json").out)["models"]
    assert {model["name"] for model in told} >= {"semlens-code", "semlens-instant", "old-model"}
    checked = run("models", "verify")
    assert (checked.status, checked.out.count("ok  ")) == (0, len(told))

    refused = run("models", "remove")
    assert refused.status == 2 and "of old-model (1 vectors): say --yes to do it." in refused.err
    assert "is in use" in run("models", "remove", "semlens-code").err
    assert 'No model is called "nobody"' in run("models", "remove", "nobody", "--yes").err
    removed = run("models", "remove", "--yes")
    assert removed.status == 0 and removed.out.endswith("B freed: old-model (1 vectors)\n")
    assert "nothing to remove" in run("models", "remove").out


def test_a_changed_file_of_a_bundled_model_is_a_problem(
    run: Run, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.start()
    monkeypatch.setattr(DeepModel, "weight_files", [Path(__file__)])
    checked = run("models", "verify", "--json")
    problems = {row["name"]: row["problem"] for row in json.loads(checked.out)["models"]}
    assert checked.status == 1
    assert problems["semlens-code"] == (
        "The weights of the model semlens-code were changed: reinstall Semlens."
    )
    assert problems["semlens-instant"] == ""
