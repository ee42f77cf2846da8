"""Folders that are opened, followed and left at once, by clients that come and go."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from semlens.core.files.watch.watcher import BURST_PATHS
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.registry import WorkspaceRegistry
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import Cancelled
from semlens.private_files import private_dir
from semlens.protocol.notifications import FolderStatus
from semlens.settings import Settings
from semlens.types import RelativePath
from support.fast_engine import FastEncoder
from support.live import write


class Client:
    def __init__(self) -> None:
        self.told: list[FolderStatus] = []

    def notify(self, notification: Any) -> None:
        if isinstance(notification, FolderStatus):
            self.told.append(notification)


@pytest.fixture
async def registry(tmp_path: Path) -> AsyncIterator[WorkspaceRegistry]:
    models = ModelRegistry(private_dir(tmp_path / "models"), FastEncoder)
    opened = WorkspaceRegistry(private_dir(tmp_path / "data"), models)
    yield opened
    await opened.close(False)
    models.close()


@pytest.mark.parametrize("files", [{"a.py": "def a(): ...\n"}, {"a/b.md": "# b\n", "c.bin": "\0"}, {}])
async def test_a_watch_that_begins_late_leaves_no_folder_empty(
    registry: WorkspaceRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]
) -> None:
    before: list[FolderStatus] = []
    client = Client()
    watch = Workspace.watch

    def late(workspace: Workspace) -> None:
        assert workspace.index is not None  # Is open.
        registry._notify_status(workspace)  # As the deep tier does when it is open.
        before.extend(client.told)
        watch(workspace)

    monkeypatch.setattr(Workspace, "watch", late)
    (tmp_path / "new").mkdir()
    workspace = await registry.get(str(write(tmp_path / "new", files)))
    await registry.attach(workspace, cast(Connection, client))
    assert before
    assert {status.state for status in before} == {"indexing"}
    assert {status.coverage.lexical for status in before} == {0.0}
    await asyncio.wrap_future(workspace.reconcile())
    assert registry.status(workspace).state == ("ready" if files else "empty")


async def test_who_leaves_before_the_watch_begins_leaves_no_folder_busy(
    registry: WorkspaceRegistry, tmp_path: Path
) -> None:
    workspace = await registry.get(str(write(tmp_path / "new", {"a.py": "a = 1\n"})))
    workspace.await_watch()
    assert workspace.status().working
    workspace.unwatch()
    assert not workspace.status().working


async def test_a_folder_that_is_followed_again_stays_watched(
    registry: WorkspaceRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window comes back while folders are still being left."""
    workspaces = [
        await registry.get(str(write(tmp_path / name, {"a.py": "def a(): ...\n"}))) for name in "abc"
    ]
    before, after = (cast(Connection, Client()) for _ in range(2))
    for workspace in workspaces:
        await registry.attach(workspace, before)
    leaving, unwatch = threading.Event(), Workspace.unwatch

    def slowly(workspace: Workspace, *arguments: Any) -> None:
        leaving.wait(60)
        unwatch(workspace, *arguments)

    monkeypatch.setattr(Workspace, "unwatch", slowly)
    registry.connection_closed(before)
    for workspace in workspaces:
        await registry.attach(workspace, after)
    leaving.set()
    monkeypatch.undo()
    await asyncio.sleep(0.2)  # They would be left by now.
    for workspace in workspaces:
        assert workspace._watch.active and workspace._watch._watcher is not None
    registry.connection_closed(after)
    while any(workspace._watch.active for workspace in workspaces):
        await asyncio.sleep(0.01)


async def test_who_leaves_while_a_folder_opens_leaves_one_index_of_it(
    registry: WorkspaceRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, made = threading.Event(), threading.Event(), []
    init = Workspace.__init__

    def slowly(workspace: Workspace, *arguments: Any) -> None:
        begun.set()
        go_on.wait(60)
        init(workspace, *arguments)
        made.append(workspace)

    monkeypatch.setattr(Workspace, "__init__", slowly)
    folder = str(write(tmp_path / "new", {"a.py": "a = 1\n"}))
    asked = asyncio.ensure_future(registry.get(folder))
    assert await asyncio.to_thread(begun.wait, 60)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    again = asyncio.ensure_future(registry.get(folder))
    await asyncio.sleep(0)
    go_on.set()
    assert [await again] == made == list(registry)


async def test_a_status_does_not_wait_for_a_model_that_is_loaded(
    registry: WorkspaceRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = registry._model_registry
    models.models(Settings())
    loading, loaded = threading.Event(), threading.Event()

    def load(*arguments: Any) -> None:
        loading.set()
        loaded.wait(60)
        raise OSError

    monkeypatch.setattr(models, "_load", load)
    thread = asyncio.ensure_future(asyncio.to_thread(models.models, Settings(model=str(tmp_path))))
    try:
        assert await asyncio.to_thread(loading.wait, 60)
        told = await asyncio.wait_for(asyncio.to_thread(models.status), 60)
        assert {one.tier for one in told} == {"instant", "deep"} and not thread.done()
    finally:
        loaded.set()
        await asyncio.gather(thread, return_exceptions=True)


async def test_an_editors_hints_of_what_does_not_belong_change_nothing(
    registry: WorkspaceRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.py": "a = 1\n", ".gitignore": "out/\n", "out/b.py": "b = 1\n", "gone/c.py": "c = 1\n"}
    files |= {f"node_modules/p{n}/index.js": "x\n" for n in range(9)}
    folder = write(tmp_path / "shop", files)
    workspace = await registry.get(str(folder))
    await asyncio.wrap_future(workspace.reconcile())
    before = workspace.index.reader.counts()
    asked: list[frozenset[RelativePath] | None] = []
    monkeypatch.setattr(workspace, "_changed", asked.append)
    workspace.touched(map(RelativePath, [".git/HEAD", "out/b.py", *(one for one in files if "node" in one)]))
    assert asked == []
    workspace.touched(map(RelativePath, ["a.py", "out/b.py", "gone", ".gitignore"]))
    assert asked == [frozenset(map(RelativePath, ["a.py", "gone", ".gitignore"]))]
    workspace.touched(RelativePath(f"new/{n}.py") for n in range(BURST_PATHS + 1))
    assert asked[1:] == [None]
    assert workspace.index.reader.counts() == before


async def test_many_changes_at_once_wait_for_one_walk(registry: WorkspaceRegistry, tmp_path: Path) -> None:
    workspace = await registry.get(str(write(tmp_path / "shop", {"a.py": "a = 1\n"})))
    walking, walked = threading.Event(), threading.Event()

    def progress(done: int, total: int) -> None:
        walking.set()
        walked.wait(60)

    first = workspace.reconcile(progress=progress)
    assert await asyncio.to_thread(walking.wait, 60)
    later = {workspace.reconcile() for _ in range(20)}
    write(tmp_path / "shop", {"b.py": "b = 1\n"})
    assert len(later) == 1 and first not in later
    workspace.pause(True)
    workspace.pause(False)
    after = workspace.reconcile()
    assert after not in later  # Those are cancelled.
    walked.set()
    assert (await asyncio.wrap_future(after)).files == 2
    with pytest.raises(Cancelled):
        await asyncio.wrap_future(later.pop())
