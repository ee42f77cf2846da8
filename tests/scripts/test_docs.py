"""The documentation names files and folders that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOTS = ("", "server/semlens", "extension/src")
"""Folders that a path in the documentation may be relative to."""

_PATH = re.compile(
    r"(?<![\w./-])((?:server|extension|core|engine|lsp|cli|process|protocol|tests|training|scripts|docs|media)"
    r"/[\w./-]*\w)/?"
)


@pytest.mark.parametrize("page", ["README.md", "docs"])
def test_every_path_in_the_documentation_exists(page: str, repository: Path) -> None:
    named: set[str] = set()
    pages = [repository / page] if page.endswith(".md") else list((repository / page).rglob("*.md"))
    for file in pages:
        for code in re.findall(r"`([^`\n]+)`|^    (python .*)|^(python .*)", file.read_text("utf-8"), re.M):
            named.update(_PATH.findall(" ".join(code)))
    assert len(named) > (0 if page == "README.md" else 15)
    missing = {path for path in named if not any((repository / root / path).exists() for root in ROOTS)}
    assert not missing


def test_every_test_that_holds_a_fault_exists(repository: Path) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (repository / "docs" / "faults.md").read_text("utf-8"))
    assert len(named) > 40
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not re.search(rf"^(?:async )?def {test}\(", (repository / file).read_text("utf-8"), re.M)
    ]
    assert not missing
