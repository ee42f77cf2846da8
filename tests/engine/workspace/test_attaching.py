"""Who follows a folder that is new is never told that nothing is indexed before its files were looked for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from semlens.engine.models.registry import ModelRegistry
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.registry import WorkspaceRegistry
from semlens.engine.workspace.workspace import Workspace
from semlens.private_files import private_dir
from semlens.protocol.notifications import FolderStatus
from support.fast_engine import FastEncoder
from support.live import write


class Client:
    def __init__(self) -> None:
        self.told: list[FolderStatus] = []

    def notify(self, notification: Any) -> None:
        if isinstance(notification, FolderStatus):
            self.told.append(notification)


@pytest.mark.parametrize("files", [{"a.py": "def a(): ...\n"}, {"a/b.md": "# b\n", "c.bin": "\0"}, {}])
async def test_a_watch_that_begins_late_leaves_no_folder_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]
) -> None:
    registry = WorkspaceRegistry(
        private_dir(tmp_path / "data"), ModelRegistry(private_dir(tmp_path / "models"), FastEncoder)
    )
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
    try:
        await registry.attach(workspace, cast(Connection, client))
        assert before
        assert {status.state for status in before} == {"indexing"}
        assert {status.coverage.lexical for status in before} == {0.0}
        await asyncio.wrap_future(workspace.reconcile())
        assert registry.status(workspace).state == ("ready" if files else "empty")
    finally:
        await registry.close(False)


async def test_who_leaves_before_the_watch_begins_leaves_no_folder_busy(tmp_path: Path) -> None:
    registry = WorkspaceRegistry(
        private_dir(tmp_path / "data"), ModelRegistry(private_dir(tmp_path / "models"), FastEncoder)
    )
    workspace = await registry.get(str(write(tmp_path / "new", {"a.py": "a = 1\n"})))
    try:
        workspace.await_watch()
        assert workspace.status().working
        workspace.unwatch()
        assert not workspace.status().working
    finally:
        await registry.close(False)
