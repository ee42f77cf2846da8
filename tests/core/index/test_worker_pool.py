"""Preparing files in processes: the same index as without, whatever happens to the processes."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import SHIPPED, StaticModel
from semlens.core.files.membership import Membership
from semlens.core.index import pipeline
from semlens.core.index import worker_pool as workers
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.index.model_set import ModelSet
from semlens.core.index.worker_messages import Setup
from semlens.core.index.worker_pool import Workers
from semlens.core.store.vector_cache import VectorCache
from semlens.core.text.tokens import ModelTokenizer
from semlens.errors import Cancelled
from semlens.settings import Settings
from semlens.types import CancelToken, Report

pytestmark = pytest.mark.slow

BYTES = 2_500_000


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough real files for several batches a process, some of them alike, some odd."""
    folder = tmp_path_factory.mktemp("sources")
    size = 0
    for number, path in enumerate(sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))):
        inner = folder / f"part{number % 7}"
        inner.mkdir(exist_ok=True)
        shutil.copy(path, inner)
        if number % 10 == 0:
            shutil.copy(path, inner / f"again_{path.name}")
        size += path.stat().st_size
        if size > BYTES:
            break
    (folder / "latin.py").write_bytes("def größe():\n    return 'ä'\n".encode("latin-1"))
    (folder / "binary.py").write_bytes(bytes(range(256)))
    (folder / "cell.ipynb").write_text('{"cells": [{"source": ["x = \'\\ud800\'"]}]}')
    return folder


class Folder:
    """An index of `root` in a data folder of its own, with processes or without."""

    def __init__(self, data_dir: Path, root: Path, count: int) -> None:
        data_dir.mkdir()
        deep = DeepModel.find()
        self.vectors = VectorCache(data_dir / "vectors.db")
        self.workers = Workers(data_dir, Setup(deep.tokenizer_json, deep.limit, SHIPPED), count)
        tokenizer = ModelTokenizer(deep.tokenizer_json, deep.limit)
        encoder: Any = None  # Not used.
        self.models = ModelSet(tokenizer, StaticModel.load(), deep, encoder, self.vectors, self.workers)
        self.index = FolderIndex(root, data_dir / "index", self.models)

    def reconcile(
        self,
        cancel: CancelToken | None = None,
        progress: Callable[[int, int], None] = lambda done, total: None,
        full: bool = False,
    ) -> Report:
        membership = Membership(self.index.root, Settings())
        return reconcile(self.index, membership, cancel or CancelToken(), progress, full)

    def content(self) -> dict[str, list[Any]]:
        """Every row of the database, and every id of the other indexes."""
        with sqlite3.connect(self.index.database.path) as connection:
            tables = {
                table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
                for table in ("file", "chunk", "instant", "definition", "skipped")
            }
        hashes = self.index.reader.chunks.content_hashes()
        kept = self.vectors.get_codes(self.models.instant_fingerprint, hashes)
        return {
            **tables,
            "kept": [kept[key].tobytes() for key in hashes],
            "words": self.index.lexical.ids().tolist(),
            "flat": self.index.instant.ids().tolist(),
        }

    def close(self) -> None:
        self.workers.close()
        self.index.close()
        self.vectors.close()


@pytest.fixture
def open_folder(tmp_path: Path, root: Path) -> Iterator[Callable[[int], Folder]]:
    opened: list[Folder] = []

    def make(count: int) -> Folder:
        opened.append(Folder(tmp_path / f"data{len(opened)}", root, count))
        return opened[-1]

    yield make
    for folder in opened:
        folder.close()


@pytest.fixture(scope="module")
def expected(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, dict[str, list[Any]]]:
    folder = Folder(tmp_path_factory.mktemp("alone") / "data", root, 0)
    try:
        return folder.reconcile(), folder.content()
    finally:
        folder.close()


def test_same_index_as_without(
    open_folder: Callable[[int], Folder], expected: tuple[Report, dict[str, list[Any]]]
) -> None:
    folder = open_folder(2)
    report = folder.reconcile()
    assert folder.workers.warm
    assert replace(report, seconds=0) == replace(expected[0], seconds=0)
    content = folder.content()
    for part, rows in expected[1].items():
        assert content[part] == rows, part


def test_nothing_is_embedded_again(open_folder: Callable[[int], Folder]) -> None:
    folder = open_folder(2)
    folder.reconcile()
    folder.index.database.clear()
    report = folder.reconcile()
    assert (report.embedded, report.changed) == (0, 0)
    assert report.reused and report.added == report.files


def test_nothing_changes_when_all_is_read_again(
    open_folder: Callable[[int], Folder], expected: tuple[Report, dict[str, list[Any]]]
) -> None:
    folder = open_folder(2)
    folder.reconcile()
    report = folder.reconcile(full=True)
    assert (report.added, report.changed, report.removed, report.embedded) == (0, 0, 0, 0)
    assert folder.content() == expected[1]


@pytest.mark.parametrize("how", [psutil.Process.kill, psutil.Process.terminate])
def test_killed_processes_cost_nothing_but_time(
    open_folder: Callable[[int], Folder],
    expected: tuple[Report, dict[str, list[Any]]],
    how: Callable[[psutil.Process], None],
) -> None:
    folder = open_folder(2)

    def kill(done: int, total: int) -> None:
        for pid in folder.workers.pids:
            with psutil.Process(pid).oneshot():
                how(psutil.Process(pid))

    folder.reconcile(progress=kill)
    assert folder.content() == expected[1]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_suspended_process_is_done_without(
    open_folder: Callable[[int], Folder],
    expected: tuple[Report, dict[str, list[Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "STUCK_SECONDS", 5.0)  # Loading must take less, on a busy machine too.
    folder = open_folder(2)
    stopped: list[int] = []

    def stop(done: int, total: int) -> None:
        for pid in folder.workers.pids if len(stopped) < 2 else ():
            if pid not in stopped:
                stopped.append(pid)
                os.kill(pid, signal.SIGSTOP)

    folder.reconcile(progress=stop)
    assert stopped
    assert folder.content() == expected[1]


def test_cancel_stops_at_once_and_leaves_the_processes_usable(
    open_folder: Callable[[int], Folder], expected: tuple[Report, dict[str, list[Any]]]
) -> None:
    folder = open_folder(2)
    cancel = CancelToken()
    cancelled: list[float] = []

    def give_up() -> None:
        cancel.cancel()
        cancelled.append(time.monotonic())

    def later(done: int, total: int) -> None:
        if done and not cancelled:
            threading.Thread(target=give_up).start()

    with pytest.raises(Cancelled):
        folder.reconcile(cancel, later)
    assert folder.index.reader.counts().files < expected[0].files
    folder.reconcile()
    assert replace(folder.reconcile(), seconds=0) == replace(
        expected[0], seconds=0, added=0, embedded=0, reused=0
    )


def test_no_process_is_left(
    open_folder: Callable[[int], Folder], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(workers, "IDLE_SECONDS", 0.2)
    folder = open_folder(2)
    folder.reconcile()
    processes = [psutil.Process(pid) for pid in folder.workers.pids]
    _, alive = psutil.wait_procs(processes, timeout=30)
    assert not alive
    deadline = time.monotonic() + 60
    while folder.workers.warm:  # until their ends have been noticed
        assert time.monotonic() < deadline
        time.sleep(0.01)
    folder.reconcile(full=True)  # They come back when there is work.


def test_no_process_outlives_its_killed_parent(tmp_path: Path) -> None:
    deep = DeepModel.find()
    script = """
import sys, time
from pathlib import Path
from semlens.core.index.worker_messages import PrepareRequest, Setup
from semlens.core.index.worker_pool import Workers
here, tokenizer, static = map(Path, sys.argv[1:])
workers = Workers(here, Setup(tokenizer, 254, static), 2)
task = workers.submit(PrepareRequest(here, [], 1000, "", True))
while not task.wait(0.1):
    pass
print(*workers.pids, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path, deep.tokenizer_json, SHIPPED],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    processes = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    assert len(processes) == 2
    parent.kill()
    parent.communicate()
    _, alive = psutil.wait_procs(processes, timeout=30)
    assert not alive


def test_little_work_starts_no_process(open_folder: Callable[[int], Folder]) -> None:
    folder = open_folder(2)
    folder.index.root = folder.index.root / "part0"
    size = sum(path.stat().st_size for path in folder.index.root.iterdir())
    assert size < pipeline.WORTH_STARTING_BYTES
    folder.reconcile()
    assert not folder.workers.warm
