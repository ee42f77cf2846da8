"""`scripts/test.py`: set up what the tests need, then run them in three processes."""

from __future__ import annotations

import argparse
import functools
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from setup import chromium, node, python, vscode
from setup.command import guarded, set_up
from setup.steps import CACHE, ROOT, SetupError, plain_environment, say

# A file's tests share fixtures, so a file stays in one process; tests/conftest.py puts the long ones first.
# Three for two cores, because a third of the time is spent waiting: for an editor, an engine, a clock.
_IN_THREE_PROCESSES = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")

_MEMORY = Path("/dev/shm")
_MEMORY_NEEDED = 4 << 30
"""Bytes. One run's data takes a tenth of it."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="test.py",
        description="Run every test, in three processes.",
        epilog="Every other argument goes to pytest: paths, -k, -x, -n 0 for one process, …",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--fast", action="store_true", help="run the quick tests: without a browser, a model or an engine"
    )
    options, for_pytest = parser.parse_known_args(arguments)
    return guarded(functools.partial(_test, options.fast, for_pytest))


def _test(fast: bool, for_pytest: Sequence[str]) -> int:
    others = () if fast else (node.prepare, _screen)
    set_up(lambda: python.prepare("dev"), *others)
    return subprocess.run(command(fast, for_pytest), cwd=ROOT, env=_environment(), check=False).returncode


def command(fast: bool, for_pytest: Sequence[str]) -> list[str]:
    """What runs the tests; of two values of an option, pytest takes the later one, which is the caller's."""
    chosen = ("-m", "fast") if fast else ()
    kept = ("-o", "tmp_path_retention_policy=failed") if _fits_in_memory() else ()
    return [str(python.PYTHON), "-m", "pytest", *_IN_THREE_PROCESSES, *kept, *chosen, *for_pytest]


def _screen() -> None:
    """VS Code and a browser for the screen tests; where they cannot be had, those tests say why they skip."""
    if chromium.prepare() is None:
        say("Chromium was not found: the screen tests will be skipped.")
        return
    try:
        vscode.prepare(CACHE)
    except SetupError as error:
        if chromium.must_run():
            raise
        say(f"The screen tests will be skipped: {error}")


def _environment() -> dict[str, str]:
    browser = chromium.find()
    found = {"SEMLENS_CHROMIUM": str(browser)} if browser else {}
    # The tests' folders are in memory, because a disk takes long to fsync.
    kept = {"PYTEST_DEBUG_TEMPROOT": str(_MEMORY)} if _fits_in_memory() else {}
    return plain_environment(**found, **kept)


def _fits_in_memory() -> bool:
    return os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _MEMORY_NEEDED
