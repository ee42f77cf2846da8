"""Write the locks in `lock/`: every package that pyproject.toml needs, with its version and hashes.

Usage: python3 scripts/lock.py [--upgrade]

Needs `uv` on the PATH and Python 3.11. Each lock is for every platform and every Python that Semlens runs on.

    runtime.txt, dev.txt    a checkout
    base.txt                an installation without torch: what the language server and the engine import
    full.txt                what sentence-transformers needs besides
    torch.txt               torch's version: a checkout takes the build that fits the machine
    torch-cpu.txt           torch's CPU builds with their hashes, from PyPI and from PyTorch's own index
    sizes.json              megabytes to fetch for the two environments of an installation, by platform
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import tomllib

from setup import lock_sizes, torch_lock

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "lock"
GROUPS = {"runtime": "build", "dev": "dev"}
"""Lock of a checkout → the dependency group of pyproject.toml that it has besides `dependencies`."""

_FORM = ("--universal", "--python-version", "3.10", "--generate-hashes", "--no-emit-package", "torch")
_QUIET = ("--no-annotate", "--no-header", "--quiet")


def main(arguments: list[str]) -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    try:
        for lock, group in GROUPS.items():
            _compile(lock, ["pyproject.toml", "--group", group, *arguments])
        _installation(project["project"]["dependencies"], **project["tool"]["semlens"])
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    torch_lock.write(LOCKS / "torch-cpu.txt", (LOCKS / "torch.txt").read_text("utf-8").strip())
    lock_sizes.write(LOCKS)
    return 0


def _installation(needs: Iterable[str], full: list[str], unused: list[str]) -> None:
    """Write base.txt, and full.txt with what is not in it."""
    needs = list(needs)
    base = [need for need in needs if name_of(need) not in full]
    _compile("base", ["-", *_from_runtime()], "\n".join(base), unused + full)
    _compile("full", ["-", *_from_runtime()], "\n".join(needs), unused)
    known = entries((LOCKS / "base.txt").read_text("utf-8"))
    more = [entry for entry in entries((LOCKS / "full.txt").read_text("utf-8")) if entry not in set(known)]
    (LOCKS / "full.txt").write_text("".join(more), "utf-8")


def entries(lock: str) -> list[str]:
    """The requirements of a lock, each with its lines of hashes."""
    return re.findall(r"^\S.*\n(?:    .*\n)*", lock, re.MULTILINE)


def name_of(requirement: str) -> str:
    """The name of the package in a requirement such as `numpy>=2.2`."""
    return re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0].lower()


def _from_runtime() -> list[str]:
    return ["--constraints", "lock/runtime.txt"]


def _compile(lock: str, arguments: list[str], needs: str = "", without: Iterable[str] = ()) -> None:
    """Run uv's resolver; a lock that is there keeps its versions unless told otherwise."""
    excludes: list[str] = []
    left_out = LOCKS / ".left-out.txt"
    if without:
        left_out.write_text("\n".join(without), "utf-8")
        excludes = ["--excludes", str(left_out)]
    command = ["uv", "pip", "compile", *arguments, "--output-file", f"lock/{lock}.txt"]
    try:
        subprocess.run([*command, *excludes, *_FORM, *_QUIET], cwd=ROOT, input=needs, text=True, check=True)
    finally:
        left_out.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
