"""The folders that the engine indexes and watches for this process, and how each of them is."""

from __future__ import annotations

import asyncio
import time

from semlens.engine.client.client import EngineClient
from semlens.protocol.engine import Attach
from semlens.protocol.notifications import FolderStatus, Message

FIRST_SECONDS = 5.0
"""How long a question waits for a folder that is new to the index. Then the files that are read answer."""


class FollowedFolders:
    """Attaches each folder when it is first asked about, for as long as this process lives."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._statuses: dict[str, FolderStatus] = {}
        self._changed = asyncio.Event()
        self._lock = asyncio.Lock()
        engine.on_notification = self._note

    async def ready(self, root: str) -> FolderStatus:
        """A folder's status, once it is searchable, or after a few seconds. Raises `SemlensError`."""
        async with self._lock:
            if root not in self._statuses:
                status = await self._engine.request(Attach(root))
                self._statuses.setdefault(root, status)
            status = self._statuses[root]
        deadline = time.monotonic() + FIRST_SECONDS
        while _being_read(status) and (left := deadline - time.monotonic()) > 0:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except asyncio.TimeoutError:
                break
            status = self._statuses.get(root, status)
        return status

    def _note(self, notification: Message | FolderStatus) -> None:
        if isinstance(notification, FolderStatus) and notification.state == "forgotten":
            self._statuses.pop(notification.folder, None)  # The next question attaches it again.
            self._changed.set()
        elif isinstance(notification, FolderStatus):
            self._statuses[notification.folder] = notification
            self._changed.set()


def _being_read(status: FolderStatus) -> bool:
    """Whether files are being read that no search can find yet."""
    if status.state not in {"indexing", "rebuilding", "empty"}:
        return False
    return status.state != "empty" and min(status.coverage.lexical, status.coverage.instant) < 1
