"""A file that was left out for its content is not read again until it changes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from semlens.core.files.membership import Membership
from semlens.core.files.source import Source
from semlens.core.index import folder, prepare
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile, update
from semlens.engine.models.registry import ModelRegistry
from semlens.private_files import private_dir
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath, Report, Skipped

FILES: dict[str, str | bytes] = {
    "good.py": "def alpha():\n    return 1\n",
    "binary.py": b"a\0b" * 100,
    "made.py": "# @generated\nx = 1\n",
    "key.txt": "-----BEGIN PRIVATE KEY-----\nabc\n",
}


@pytest.fixture
def index(workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path) -> Iterator[FolderIndex]:
    root = workspace(FILES)
    for path in root.iterdir():
        os.utime(path, (time.time() - 60, time.time() - 60.5))
    registry = ModelRegistry(private_dir(tmp_path / "data"))
    opened = FolderIndex(root, private_dir(tmp_path / "data" / "index"), registry.models(Settings()))
    yield opened
    opened.close()
    registry.close()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every path that is read, as it is."""
    paths: list[str] = []
    read_source = prepare.read_source

    def noted(root: Path, path: RelativePath, *rest: Any) -> Source | Skipped:
        paths.append(path)
        return read_source(root, path, *rest)

    monkeypatch.setattr(prepare, "read_source", noted)
    return paths


def scan(index: FolderIndex, full: bool = False) -> Report:
    return reconcile(index, Membership(index.root, Settings()), CancelToken(), full=full)


def test_what_was_refused_is_read_once(index: FolderIndex, read: list[str]) -> None:
    first = scan(index)
    assert (first.files, first.skipped, sorted(read)) == (1, 3, sorted(FILES))
    reasons = index.reader.files.skipped()
    read.clear()
    second = scan(index)
    assert (second.files, second.skipped, second.skipped_reasons) == (1, 3, first.skipped_reasons)
    assert read == [] and index.reader.files.skipped() == reasons
    update(index, Membership(index.root, Settings()), [RelativePath("binary.py")], CancelToken())
    assert read == ["binary.py"] and index.reader.files.skipped() == reasons, (
        "a report of a change is believed"
    )
    read.clear()
    scan(index, full=True)
    assert sorted(read) == sorted(FILES)


def test_what_was_refused_is_taken_in_when_it_changes(index: FolderIndex, read: list[str]) -> None:
    scan(index)
    (index.root / "binary.py").write_text("def beta():\n    return 2\n")
    assert scan(index).files == 2
    (index.root / "binary.py").write_bytes(b"a\0b")
    assert scan(index).files == 1
    (index.root / "made.py").unlink()
    scan(index)
    assert {entry.path for entry in index.reader.files.skipped()} == {"binary.py", "key.txt"}


def test_other_rules_of_what_is_refused_read_it_again(
    index: FolderIndex, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(index)
    read.clear()
    monkeypatch.setattr(folder, "REFUSALS_VERSION", 999)
    index.close()
    again = FolderIndex(index.root, index.directory, index.models)
    scan(again)
    assert len(read) == 3
    again.close()
