"""A kill right before or after any durable write loses nothing, and nothing is embedded twice.

While an index is built, changed and closed, each such point is recorded as a copy of the data folder. Then
every copy is opened, brought up to date and compared with the files.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from semlens.core.files.membership import Membership
from semlens.core.index import deep_vectors as deep_module
from semlens.core.index import indexer
from semlens.core.index.deep_tier import fill_deep_tier
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.index.model_set import ModelSet
from semlens.core.lexical import LexicalIndex
from semlens.core.store import instant_vectors, last_close, layout, seal, statements
from semlens.core.store.chroma_store import ChromaStore
from semlens.core.store.database import IndexDatabase
from semlens.core.store.generations import Generations
from semlens.core.store.instant_vectors import InstantVectors
from semlens.core.store.vector_cache import VectorCache
from semlens.core.store.vector_table import VectorTable
from semlens.settings import Settings
from semlens.types import CancelToken
from support.live import many_files, write
from support.whole_index import OnceEncoder, content, every_text_finds_itself, real_models

POINTS: list[tuple[Any, str]] = [
    (VectorTable, "put"),
    (IndexDatabase, "apply"),
    (IndexDatabase, "close"),
    (IndexDatabase, "set_meta"),
    (LexicalIndex, "add"),
    (LexicalIndex, "commit"),
    (InstantVectors, "write_files"),
    (ChromaStore, "add"),
    (ChromaStore, "checkpoint"),
    (ChromaStore, "close"),
    (ChromaStore, "_close_and_seal"),
    (ChromaStore, "_open"),
    (ChromaStore, "rebuild"),
    (Generations, "make_current"),
    (Generations, "create"),
    (Generations, "remove_stale"),
    (seal.Seal, "make"),
    (seal.Seal, "break_"),
    (layout.os, "replace"),
    (statements, "insert_files"),
]
OFTEN = 1
"""How many times each point is recorded in each phase."""


class Recorder:
    """Copies `data_dir` before and after each call of each point."""

    def __init__(self, data_dir: Path, copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data_dir = data_dir
        self.copies = copies
        self.phase = ""
        self.seen: Counter[str] = Counter()
        self.patch = monkeypatch

    def __enter__(self) -> Recorder:
        for owner, name in POINTS:
            self.patch.setattr(owner, name, self.recorded(getattr(owner, name), f"{owner.__name__}.{name}"))
        return self

    def __exit__(self, *_: object) -> None:
        self.patch.undo()

    def recorded(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            self.copy(f"before {name}")
            result = function(*arguments, **options)
            self.copy(f"after {name}")
            return result

        return wrapped

    def copy(self, point: str) -> None:
        moment = f"{self.phase}, {point}"
        self.seen[moment] += 1
        if self.seen[moment] <= OFTEN and self.data_dir.exists():
            target = self.copies / f"{moment} {self.seen[moment]}"
            shutil.copytree(self.data_dir, target, copy_function=copy_if_there)


def copy_if_there(source: str, target: str) -> None:
    """Copy a file, unless a thread of a library has just removed it."""
    with suppress(FileNotFoundError):
        shutil.copyfile(source, target)


class Life:
    """The index in `data_dir`, open in one engine."""

    def __init__(self, root: Path, data_dir: Path) -> None:
        tokenizer, static, models = real_models()
        self.vectors = VectorCache(data_dir / "vectors.db")
        encoder = OnceEncoder(self, models[0].dim)
        self.models = ModelSet(tokenizer, static, models[0], encoder, self.vectors)
        self.index = FolderIndex(root, data_dir / "index", self.models)
        self.root = root

    def index_all(self) -> None:
        reconcile(self.index, Membership(self.root, Settings()), CancelToken())
        fill_deep_tier(self.index, CancelToken())

    def close(self) -> None:
        self.index.close()
        self.vectors.close()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_kill_at_any_durable_write_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deep_module, "CHECKPOINT_VECTORS", 40)
    monkeypatch.setattr(deep_module, "MIN_ORPHANS", 5)
    monkeypatch.setattr(indexer, "BATCH_FILES", 8)
    monkeypatch.setattr(instant_vectors, "MIN_MAPPED", 20)
    monkeypatch.setattr(last_close, "LARGE_BYTES", 0)
    root = write(tmp_path / "workspace", many_files(24))
    copies = tmp_path / "copies"
    copies.mkdir()
    with pytest.MonkeyPatch.context() as patch, Recorder(tmp_path / "data", copies, patch) as recorder:
        recorder.phase = "first"
        life = Life(root, tmp_path / "data")
        life.index_all()
        recorder.phase = "changed"
        for path in sorted(root.rglob("*.py"))[:10]:
            path.unlink()
        write(root, {"new.py": "def fresh():\n    return 1\n", **many_files(4, start=30)})
        life.index_all()
        recorder.phase = "closing"
        life.close()
        recorder.phase = "again"
        life = Life(root, tmp_path / "data")
        life.close()
    moments = sorted(copies.iterdir())
    assert len(moments) > 60
    expected = from_scratch(root, tmp_path / "scratch")
    for copy in moments:
        life = Life(root, copy)
        assert life.index.notice is None, copy.name
        life.index_all()
        assert content(life.index) == expected, copy.name
        coverage = life.index.coverage()
        assert (coverage.lexical, coverage.instant, coverage.deep) == (1, 1, 1), copy.name
        every_text_finds_itself(life.index)
        life.close()
        shutil.rmtree(copy)


def from_scratch(root: Path, data_dir: Path) -> dict[str, object]:
    life = Life(root, data_dir)
    life.index_all()
    try:
        return content(life.index)
    finally:
        life.close()
