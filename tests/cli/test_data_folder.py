"""A data folder that cannot be used is one sentence that says what to do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.privileges import can_give_away, without_privileges

NOBODY = 65534


@pytest.mark.skipif(not can_give_away(), reason="only root gives files away")
@pytest.mark.parametrize(
    ("name", "command"),
    [
        (".", "status"),
        (".", "search x"),
        ("engine.lock", "status"),
        ("start.lock", "status"),
        ("workspaces", "status"),
        ("workspaces", "search x"),
    ],
)
def test_files_of_another_user_are_one_sentence(tmp_path: Path, name: str, command: str) -> None:
    """As after `sudo semlens`."""
    path = tmp_path / name
    path.touch() if name.endswith("lock") else path.mkdir(exist_ok=True)
    path.chmod(0o600 if path.is_file() else 0o700)
    os.chown(path, NOBODY, NOBODY)
    arguments = [*without_privileges(), sys.executable, "-I", "-m", "semlens", *command.split()]
    environment = {**os.environ, "SEMLENS_DATA_DIR": str(tmp_path)}
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    assert "Permission denied" in done.stderr and re.search("must belong to you|check its owner", done.stderr)
