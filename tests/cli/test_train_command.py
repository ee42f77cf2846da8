"""`semlens train`: begins, says how far it is, and what comes out; keeps nothing without being told."""

from __future__ import annotations

import json
from pathlib import Path

from support.command_line import Run
from support.live import Live, write
from support.taught_code import taught_files


def test_a_model_is_trained_kept_and_used(run: Run, live: Live, tmp_path: Path) -> None:
    live.start()
    folder = write(tmp_path / "house", taught_files(160))
    assert run("train", folder).err == (
        f"semlens: {folder} is not indexed: open it in the editor, or run semlens index.\n"
    )
    assert run("train", "status").out == "There is no training: semlens train FOLDER begins one.\n"
    assert run("train", "keep").err == "semlens: There is no training: semlens train begins one.\n"
    run("index", folder, "--tier", "instant")
    shown = run("train", folder, "--instant")
    assert shown.status == 0, shown.err
    first, pairs, asked, verdict = shown.out.splitlines()
    assert first == "semlens-instant-house: done"
    assert "pairs of docstrings" in pairs and "questions of files that taught nothing" in asked
    assert verdict.startswith("    Gain ")
    told = json.loads(run("train", "status", "--json").out)
    assert (told["state"], told["name"]) == ("done", "semlens-instant-house")
    assert "finished: keep or discard it first" in run("train", folder).err
    assert "is done" in run("train", "pause").err
    kept = run("train", "keep", "--anyway")
    assert kept.status == 0, kept.err
    assert kept.out.startswith("The model is kept in ")
    assert "semlens-instant-house (instant), trained here, named by no setting" in run("models").out
    assert run("models", "verify").status == 0
    assert run("models", "use", "semlens-instant-house", folder).status == 0
    assert run("index", folder).status == 0
    (path,) = (live.data_dir / "trained").iterdir()
    assert "is in use" in run("models", "remove", path, "--yes").err
    # The next one has another name, and what is discarded leaves nothing.
    assert (
        json.loads(run("train", folder, "--no-wait", "--json").out)["name"] == "semlens-instant-house-house"
    )
    assert run("train", "discard").out == "The training is discarded.\n"
    assert not (live.data_dir / "training").exists()
