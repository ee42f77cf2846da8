"""A data folder, or a current folder, that cannot be used is one sentence that says what to do."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from semlens.engine.client.engine_process import EngineProcess
from semlens.engine.wire import endpoint
from support.damage import put_a_file, put_a_folder
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
    said = failure_of(tmp_path, command, before=without_privileges())
    assert "Permission denied" in said and re.search("must belong to you|check its owner", said)


COMMANDS = ("status", "search x -f .", "index .", "why a.py", "models", "models get a/b", "mcp --http 0")


def each_with_one_of(*kinds: str) -> list[tuple[str, str]]:
    """Each command with one of these: each starts a process, and that takes a second."""
    return list(zip(itertools.cycle(kinds), COMMANDS, strict=False))


@pytest.mark.parametrize(("kind", "command"), each_with_one_of("a file", "a link to nothing"))
def test_what_is_no_folder_is_one_sentence(tmp_path: Path, kind: str, command: str) -> None:
    path = tmp_path / "data"
    path.touch() if kind == "a file" else path.symlink_to(tmp_path / "unplugged")
    (tmp_path / "a.py").touch()
    said = failure_of(path, command, cwd=tmp_path)
    assert said.endswith(f"cannot be started: {path} is no folder.\n")


@pytest.mark.parametrize(("place", "command"), each_with_one_of("in a file", "where nothing can be made"))
def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, place: str, command: str) -> None:
    if place == "in a file":
        path = tmp_path / "file" / "data"
        path.parent.touch()
    else:
        path = Path("/proc/x")
        if not path.parent.is_dir():
            pytest.skip("there is no such place")
    (tmp_path / "a.py").touch()
    said = failure_of(path, command, cwd=tmp_path)
    assert said.startswith(f"semlens: The data folder {path} cannot be made (")
    assert said.endswith("): name another one in SEMLENS_DATA_DIR.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no current folder")
@pytest.mark.parametrize(
    "command",
    ["search x", "search x -f .", "index .", "why a.py", "similar a.py:1", "mcp serve --http 0"],
)
def test_a_current_folder_that_was_deleted_is_one_sentence(tmp_path: Path, command: str) -> None:
    deleted = tmp_path / "deleted"
    deleted.mkdir()
    said = failure_of(
        tmp_path / "data", command, before=["sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh"], cwd=deleted
    )
    assert said == "semlens: The current folder is no longer there; change to another one.\n"


def make_unwritable(path: Path) -> None:
    path.touch()
    path.chmod(0o400)
    path.parent.chmod(0o500)


@pytest.mark.parametrize("damage", [put_a_folder, make_unwritable, lambda path: put_a_file(path.parent)])
@pytest.mark.parametrize("log", [endpoint.log_file, endpoint.stderr_log])
def test_an_engine_starts_without_its_logs(
    data_dir: Path, damage: Callable[[Path], None], log: Callable[[Path], Path]
) -> None:
    damage(log(endpoint.prepare(data_dir)))
    try:
        assert run(data_dir, "status", without_privileges()).returncode == 0
    finally:
        found = endpoint.read(data_dir)
        if found is not None:
            EngineProcess.of(found, endpoint.prepare(data_dir)).kill()


def test_a_data_folder_in_an_indexed_folder_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "cart.py").write_text("def total_price(items): ...\n")
    data_dir = tmp_path / ".sem"
    try:
        for command in ("index . --tier instant", "index . --tier instant --full"):
            assert run(data_dir, command, cwd=tmp_path).stdout.startswith("1 files")
        said = run(data_dir, "why .sem/engine.json", cwd=tmp_path).stdout
        assert "is not indexed: it is Semlens' own data." in said
    finally:
        found = endpoint.read(data_dir)
        if found is not None:
            EngineProcess.of(found, endpoint.prepare(data_dir)).kill()


def failure_of(data_dir: Path, command: str, before: Sequence[str] = (), cwd: Path | None = None) -> str:
    """What a command that fails says, with `before` at the beginning of its command line."""
    done = run(data_dir, command, before, cwd)
    assert done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1, done
    return done.stderr


def run(
    data_dir: Path, command: str, before: Sequence[str] = (), cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, sys.executable, "-I", "-m", "semlens", *command.split()],
        env={**os.environ, "SEMLENS_DATA_DIR": str(data_dir)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
