"""Workspaces that no longer answer and are being closed, on threads of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from semlens.engine.workspace.workspace import Workspace


class Retiring:
    """Closes workspaces in the background, and knows which are not closed yet. Safe for many threads."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="closing")
        self._closing: dict[Workspace, Future[None]] = {}

    def __iter__(self) -> Iterator[Workspace]:
        """Those that are not closed yet."""
        return iter(list(self._closing))

    def submit(self, work: Callable[..., object], *arguments: Any) -> None:
        """Do something that only waits for the disk or for other threads."""
        self._threads.submit(work, *arguments)

    def close(self, workspace: Workspace, close: Callable[[], None]) -> None:
        """Close a workspace by `close`, one of its own methods."""
        closed: Future[None] = Future()
        self._closing[workspace] = closed

        def run() -> None:
            try:
                close()
            finally:
                self._closing.pop(workspace, None)
                closed.set_result(None)

        self._threads.submit(run)

    async def wait(self, root: Path) -> None:
        """Wait until no workspace of a folder is being closed."""
        for workspace, closed in list(self._closing.items()):
            if workspace.root == root:
                await asyncio.wrap_future(closed)

    def stop(self) -> None:
        """Begin nothing more; what is being closed is not awaited."""
        self._threads.shutdown(wait=False, cancel_futures=True)
