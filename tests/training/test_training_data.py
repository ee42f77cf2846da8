"""What the instant model is trained on: freely licensed, at fixed commits, and nothing of the benchmark."""

from __future__ import annotations

import json
import re
from pathlib import Path

TRAIN = Path(__file__).parents[2] / "training"
REPOSITORIES = json.loads((TRAIN / "repositories.json").read_text("utf-8"))
FREE = {"MIT", "MIT-CMU", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"}


def test_every_repository_is_free_and_at_one_commit() -> None:
    for repository in REPOSITORIES:
        assert set(repository["licence"].split(" OR ")) <= FREE, repository["name"]
        assert repository["licence_files"], repository["name"]
        assert re.fullmatch("[0-9a-f]{40}", repository["commit"]), repository["name"]
    assert len({repository["name"].lower() for repository in REPOSITORIES}) == len(REPOSITORIES)


def test_nothing_of_the_benchmark_is_among_them() -> None:
    """Neither by its whole name nor, as a fork would have it, by its name under another owner."""
    lines = (TRAIN / "excluded.txt").read_text("utf-8").lower().splitlines()
    excluded = {line for line in lines if line and not line.startswith("#")}
    names = {repository["name"].lower() for repository in REPOSITORIES}
    assert not names & excluded
    assert not {name.split("/")[1] for name in names} & {name.split("/")[1] for name in excluded}
