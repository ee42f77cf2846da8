"""`scripts/release.py`: make the artefacts of a release, and check them."""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from setup import node, parts, python
from setup.artefacts import check, repack
from setup.command import guarded, set_up
from setup.lean_wheel import make_lean
from setup.licences import write_licences
from setup.steps import ROOT, SetupError, Step, say, step

RELEASE = ROOT / "dist" / "release"

VSIX_MEGABYTES = 45
"""The largest extension that is released."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="release.py", description="Make and check a release in dist/release."
    )
    parser.add_argument("--once", action="store_true", help="do not make everything a second time to compare")
    parser.add_argument("--version", help="fail unless this is the version that is made")
    options = parser.parse_args(arguments)
    return guarded(functools.partial(_release, options.once, options.version))


def _release(once: bool, version: str | None) -> int:
    _check_versions(version)
    set_up(lambda: python.prepare("dev"), node.packages)
    shutil.rmtree(RELEASE, ignore_errors=True)
    RELEASE.mkdir(parents=True)
    with step("Release", network=True) as making:
        _make(RELEASE, making)
    if not once:
        with tempfile.TemporaryDirectory() as again, step("Release, again") as making:
            _make(Path(again), making)
            _compare(RELEASE, Path(again))
    problems = [problem for file in sorted(RELEASE.iterdir()) for problem in check(file)]
    extension = next(RELEASE.glob("*.vsix"))
    if extension.stat().st_size > VSIX_MEGABYTES * 1_000_000:
        problems.append(f"{extension.name} is larger than {VSIX_MEGABYTES} MB.")
    for problem in problems:
        say(problem)
    _sums(RELEASE)
    for file in sorted(RELEASE.iterdir()):
        say(f"{file.stat().st_size / 1e6:8.2f} MB  {file.relative_to(ROOT)}")
    return 1 if problems else 0


def _check_versions(wanted: str | None) -> None:
    """Raise SetupError unless the package, the extension and what is `wanted` have one version."""
    package = re.search(
        r'^__version__ = "(.+)"', (ROOT / "server/semlens/__init__.py").read_text(), re.MULTILINE
    )
    extension = json.loads((ROOT / "package.json").read_text("utf-8"))["version"]
    found = {package[1] if package else "", extension, wanted or extension}
    if len(found) > 1:
        raise SetupError(
            f"The package, the extension and the tag are of different versions: {sorted(found)}."
        )


def _make(folder: Path, making: Step) -> None:
    wheel = parts.build_wheel(folder, making)
    make_lean(wheel, folder)
    parts.build("sdist", folder, making)
    shutil.rmtree(parts.PARTS, ignore_errors=True)
    parts.PARTS.mkdir(parents=True)
    parts.make(parts.PARTS, making)
    version = wheel.name.split("-")[1]
    write_licences(folder / "LICENCES.md")
    shutil.copyfile(folder / "LICENCES.md", parts.PARTS / "LICENCES.md")
    making.run([node.npm(), "run", "package"])
    repack(node.VSIX, folder / f"semlens-{version}.vsix")


def _compare(first: Path, second: Path) -> None:
    """Raise SetupError if a file is not the same in both folders."""
    other = sorted(
        file.name for file in first.iterdir() if file.read_bytes() != (second / file.name).read_bytes()
    )
    if other:
        raise SetupError(f"Made twice, and not the same: {', '.join(other)}.")
    say("  Made twice: every file is the same to the last byte.")


def _sums(folder: Path) -> None:
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(folder.iterdir())
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8", newline="\n")
