"""`semlens bench`: both kinds of questions, or a sentence for the kind that a folder does not have."""

from __future__ import annotations

import json
from pathlib import Path

from support.command_line import Run
from support.git_history import things_history
from support.live import Live


def test_a_folder_is_asked_from_what_it_has(run: Run, live: Live, tmp_path: Path) -> None:
    live.start()
    folder = things_history(tmp_path / "work")
    shown = run("bench", folder)
    assert shown.status == 0, shown.err
    assert shown.out.startswith(f"12 questions from commit messages, 12 files, 12 chunks: {folder}\n")
    assert "lexical                        1.000 (1.00-1.00)  100% (100-100)" in shown.out
    assert "all with semlens-code against lexical+instant: " in shown.out
    assert "has 0 functions whose docstrings ask for them" in shown.out
    told = json.loads(run("bench", folder, "--from", "history", "--questions", "10", "--json").out)
    assert (told["source"], told["questions"], told["problems"]) == ("history", 10, [])
    first = told["trials"][0]["results"][0]
    assert first["mrr"] == 1 and first["mrrInterval"] == {"low": 1, "high": 1}
    models = run("models").out
    assert " questions from commits among 12 chunks, " in models and f": {folder}\n" in models
    assert "quality alone: MRR 1.000 (1.00-1.00), 10 questions" in models
    assert "speed here: " in models and "semlens bench measures" not in models
    alone = run("bench", folder, "--from", "docstrings")
    assert (alone.status, alone.out) == (1, "") and "docstrings ask for them" in alone.err
    assert run("bench", folder, "--from", "nowhere").status == 2
