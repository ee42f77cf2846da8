"""Whatever goes wrong in one file costs that file alone, and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from semlens.core.chunk import chunk_with_rows
from semlens.core.files.membership import Membership
from semlens.core.index import prepare
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.engine.models.registry import ModelRegistry
from semlens.private_files import private_dir
from semlens.settings import Settings
from semlens.types import CancelToken

Workspace = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def models(tmp_path: Path) -> Iterator[ModelRegistry]:
    registry = ModelRegistry(private_dir(tmp_path / "data"))
    yield registry
    registry.close()


@pytest.mark.parametrize(
    "error", [RecursionError("deep"), MemoryError(), ValueError("a fault of ours"), KeyError("x")]
)
def test_a_file_that_makes_the_chunker_fail_costs_itself_alone(
    workspace: Workspace,
    tmp_path: Path,
    models: ModelRegistry,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fail(text: str, *rest: Any) -> Any:
        if "unlucky" in text:
            raise error
        return chunk_with_rows(text, *rest)

    monkeypatch.setattr(prepare, "chunk_with_rows", fail)
    root = workspace({"a.py": "def first(): ...\n", "b.py": "unlucky = 1\n", "c.py": "def second(): ...\n"})
    index = FolderIndex(root, private_dir(tmp_path / "index"), models.models(Settings()))
    membership = Membership(root, Settings())
    report = reconcile(index, membership, CancelToken())
    assert (report.files, report.skipped) == (2, 1)
    (skipped,) = index.reader.files.skipped()
    assert skipped.path == "b.py" and skipped.reason.startswith(prepare.NOT_CHUNKED)
    assert type(error).__name__ in skipped.reason
    monkeypatch.undo()
    assert reconcile(index, membership, CancelToken()).files == 2, "it is not tried again until it changes"
    (root / "b.py").write_text("lucky = 12\n")
    assert reconcile(index, membership, CancelToken()).files == 3
    index.close()


def test_nested_functions_leave_no_file_out(
    workspace: Workspace, tmp_path: Path, models: ModelRegistry
) -> None:
    deep = "\n".join([*(f"function f{n}() {{ let x{n} = {n};" for n in range(700)), *("}" * 700)])
    root = workspace({"deep.js": deep, **{f"plain{n}.js": f"function plain{n}() {{}}\n" for n in range(11)}})
    index = FolderIndex(root, private_dir(tmp_path / "index"), models.models(Settings()))
    report = reconcile(index, Membership(root, Settings()), CancelToken())
    assert (report.files, report.skipped) == (12, 0)
    index.close()
