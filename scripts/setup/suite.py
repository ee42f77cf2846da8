"""`scripts/test.py`: everything that the tests need, then every test, the quick ones first."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Sequence

from setup import chromium, node, python, vscode
from setup.command import guarded, set_up
from setup.steps import CACHE, ROOT, SetupError, plain_environment, say


def main(arguments: Sequence[str]) -> int:
    return guarded(functools.partial(_test, arguments))


def _test(arguments: Sequence[str]) -> int:
    set_up(lambda: python.prepare("dev"), node.prepare, _screen)
    # The order of the folders is pyproject.toml's `testpaths`.
    done = subprocess.run(
        [python.PYTHON, "-m", "pytest", *arguments], cwd=ROOT, env=_environment(), check=False
    )
    return done.returncode


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
    return plain_environment(**({"SEMLENS_CHROMIUM": str(browser)} if browser else {}))
