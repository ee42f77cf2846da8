"""Logs that cannot be written stop no engine, and none of them grows for ever."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.damage import put_a_file, put_a_folder

LOGGING = """
import logging, os, sys
from pathlib import Path
from semlens.engine.daemon.logs import bound_stderr, log_to
log_to(Path(sys.argv[1]))
"""
LOOP = """
for line in sys.stdin:
    if line.startswith("noise"):
        os.write(2, b"noise" * 500_000 + b"last words")
        bound_stderr(Path(sys.argv[2]))
    logging.info(line.strip())
    print("done", flush=True)
"""


class Logger:
    """A process that logs what it is told."""

    def __init__(self, path: Path, before: str = "") -> None:
        """`before` is code that it runs before it logs anything."""
        self.stderr = path.parent.parent / "stderr.log"
        with self.stderr.open("ab") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-c", LOGGING + before + LOOP, str(path), str(self.stderr)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )

    def say(self, line: str) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"

    def close(self) -> None:
        self._process.communicate(timeout=60)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    return tmp_path / "logs" / "engine.log"


def make_unwritable(path: Path) -> None:
    path.touch()
    path.chmod(0o400)


DAMAGES: list[Callable[[Path], object]] = [
    lambda path: path.unlink(missing_ok=True),
    put_a_folder,
    make_unwritable,
    lambda path: shutil.rmtree(path.parent),
    lambda path: put_a_file(path.parent),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_log_is_begun_again_before_and_after_the_start(path: Path, damage: Callable[[Path], None]) -> None:
    damage(path)
    logger = Logger(path)
    logger.say("first")
    assert "first" in path.read_text()
    if sys.platform != "win32":
        damage(path)
        logger.say("second")
        assert path.read_text().endswith("second\n")
    logger.close()
    assert logger.stderr.read_text() == ""


@pytest.mark.skipif(sys.platform == "win32" or not os.geteuid(), reason="root writes everywhere")
def test_a_log_that_cannot_be_written_at_all_is_done_without(path: Path) -> None:
    path.parent.chmod(0o500)
    path.parent.parent.chmod(0o500)
    logger = Logger(path)
    logger.say("first")
    logger.close()
    path.parent.parent.chmod(0o700)


CANNOT_RENAME = """
def refuse(*paths):
    raise PermissionError
os.rename = refuse
"""


@pytest.mark.parametrize("blocked", [False, True])
@pytest.mark.parametrize("before", ["", CANNOT_RENAME])
def test_a_long_log_is_begun_again(path: Path, blocked: bool, before: str) -> None:
    if blocked:
        put_a_folder(path.with_name(f"{path.name}.1"))
    path.write_bytes(b"x" * 1_000_001)
    logger = Logger(path, before)
    logger.say("first")
    logger.say("second")
    logger.close()
    assert path.stat().st_size < 1000 and path.read_text().endswith("second\n")


def test_what_libraries_write_is_bounded(path: Path) -> None:
    logger = Logger(path)
    for _ in range(3):
        logger.say("noise")
    logger.close()
    said = logger.stderr.read_bytes()
    assert len(said) < 1_000_000 and said.endswith(b"last words")
