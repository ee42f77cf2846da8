"""`scripts/check.py`: run every check, also after one that fails, and name those that failed."""

from __future__ import annotations

import argparse
import functools
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from setup import node, python
from setup.command import guarded, set_up
from setup.steps import ROOT, plain_environment, say

_GENERATED = {"TypeScript protocol": "generate_protocol.py", "README's settings": "generate_settings.py"}


@dataclass(frozen=True)
class Check:
    """A command that fails if something is wrong, and the command that repairs it, if there is one."""

    name: str
    command: tuple[str, ...]
    fix: tuple[str, ...] | None = None


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="check.py", description="Run every check that is not a test.")
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired automatically first")
    return guarded(functools.partial(_check, parser.parse_args(arguments).fix))


def _check(fix: bool) -> int:
    set_up(lambda: python.prepare("dev"), node.packages)
    checks = _checks()
    if fix:
        for check in checks:
            if check.fix:
                _run(check.fix)
    failed = [check.name for check in checks if not _passes(check)]
    say(f"Failed: {', '.join(failed)}." if failed else "Every check passed.")
    return 1 if failed else 0


def _checks() -> list[Check]:
    tool = (str(python.PYTHON), "-m")
    script = str(python.PYTHON)
    npm = (node.npm(), "run", "--silent")
    return [
        Check("Python lint", (*tool, "ruff", "check", "."), (*tool, "ruff", "check", "--fix", ".")),
        Check("Python format", (*tool, "ruff", "format", "--check", "."), (*tool, "ruff", "format", ".")),
        Check("Python types", (*tool, "mypy")),
        Check("Python types of scripts and tests", (*tool, "mypy", "--config-file", "scripts/mypy.ini")),
        Check("Translations", (*npm, "words"), (*npm, "words:write")),
        Check("TypeScript types", (*npm, "typecheck")),
        Check("TypeScript lint", (*npm, "lint")),
        Check("TypeScript format", (*npm, "format:check"), (*npm, "format")),
        *(
            Check(f"{name}, generated", (script, f"scripts/{file}", "--check"), (script, f"scripts/{file}"))
            for name, file in _GENERATED.items()
        ),
    ]


def _passes(check: Check) -> bool:
    say(f"{check.name}:")
    return _run(check.command) == 0


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=plain_environment(), check=False).returncode
