"""The extension's sources: no import cycles, and the same environment variables as the server's processes."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from semlens_installer.make import CHECKING, MAKING, REUSING
from semlens_installer.meter import FETCHING, UNPACKING

from semlens.process import spawn


@pytest.fixture(scope="module")
def sources(repository: Path) -> Path:
    return repository / "extension" / "src"


def test_no_file_imports_itself_through_others(sources: Path) -> None:
    imports = {file: _imports(file) for file in sources.rglob("*.ts")}
    for file in imports:
        reached: set[Path] = set()
        pending = list(imports[file])
        while pending:
            other = pending.pop()
            if other not in reached:
                reached.add(other)
                pending += imports[other]
        assert file not in reached, f"{file.relative_to(sources)} is part of a cycle"


def test_the_extension_and_the_server_keep_the_same_variables(sources: Path) -> None:
    text = (sources / "server" / "environment.ts").read_text(encoding="utf-8")
    names = re.search(r"KEPT_VARIABLES = new Set\(\s*\((.*?)\)\.split", text, re.DOTALL)
    prefixes = re.search(r"KEPT_PREFIXES = /\^\((.*?)\)_/", text)
    assert names is not None
    assert prefixes is not None
    by_extension = set(re.findall(r"[A-Z_]+", names[1]))
    by_extension |= {f"{prefix}_ANY" for prefix in prefixes[1].split("|")}

    # Every name in either file, so that a name which only the server keeps is found as well.
    mentioned = set(re.findall(r"\b[A-Z][A-Z_]+", text + Path(spawn.__file__).read_text(encoding="utf-8")))
    candidates = {f"{name}ANY" if name.endswith("_") else name for name in mentioned} | by_extension
    by_server = set(spawn.environment(dict.fromkeys(candidates, os.path.abspath(os.sep))))
    by_server -= set(spawn.environment({}))
    prefixed = tuple(f"{prefix}_" for prefix in prefixes[1].split("|"))
    exact = {name for name in by_server if name.endswith("_ANY") or not name.startswith(prefixed)}
    assert exact == by_extension


def test_the_extension_names_every_step_of_the_set_up(sources: Path, repository: Path) -> None:
    named = set(
        re.findall(r"^  '([^']+)': t\('\1'\),$", (sources / "setup" / "steps.ts").read_text("utf-8"), re.M)
    )
    installer = "".join(file.read_text("utf-8") for file in (repository / "installer").rglob("*.py"))
    constants = {CHECKING, FETCHING, MAKING, REUSING, UNPACKING}
    assert named == constants | set(re.findall(r'\.step\("([^"]+)"', installer))


def _imports(file: Path) -> set[Path]:
    """The extension's own files that `file` imports."""
    text = file.read_text(encoding="utf-8")
    found = re.findall(r"\bfrom '(\.[^']*)'", text)
    return {Path(os.path.normpath(file.parent / f"{name.removesuffix('.js')}.ts")) for name in found}
