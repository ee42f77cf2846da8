"""The clients that follow each folder, and what they are told."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path

from semlens.engine.wire.connection import Connection
from semlens.protocol.notifications import FolderStatus, Notification


class Followers:
    """Clients by the folder that they follow; told from any thread, changed on the event loop's."""

    def __init__(self) -> None:
        self._clients: dict[Path, set[Connection]] = {}
        self._numbers = itertools.count(1)
        self._telling = threading.Lock()
        self._told: dict[Path, int] = {}
        """The number of the last status of each folder."""

    def __contains__(self, root: Path) -> bool:
        """Whether anybody follows a folder."""
        return root in self._clients

    def add(self, root: Path, client: Connection) -> bool:
        """Whether `client` is the only one that follows the folder."""
        clients = self._clients.setdefault(root, set())
        clients.add(client)
        return len(clients) == 1

    def remove(self, root: Path, client: Connection) -> bool:
        """Whether `client` was the last one."""
        clients = self._clients.get(root, set())
        if client not in clients:
            return False
        clients.discard(client)
        if clients:
            return False
        del self._clients[root]
        return True

    def names(self, root: Path) -> list[str]:
        """The names of the clients that follow a folder."""
        return sorted(client.client.name for client in self._clients.get(root, ()))

    def dismiss(self, root: Path, last: FolderStatus) -> None:
        """Tell all that follow a folder a last status: nobody follows it from then on."""
        with self._telling:
            self._told[root] = next(self._numbers)
            self.tell(root, last)
            self._clients.pop(root, None)

    def followed(self) -> list[Path]:
        """All folders that are followed."""
        return list(self._clients)

    def tell(self, root: Path, notification: Notification) -> None:
        """Send a notification to all that follow a folder."""
        for client in list(self._clients.get(root, ())):
            client.notify(notification)

    def tell_status(self, root: Path, status: Callable[[], FolderStatus]) -> None:
        """Send a folder's status as it is now; the last one that is sent is the newest one."""
        number = next(self._numbers)
        now = status()
        with self._telling:
            if number > self._told.get(root, 0):
                self._told[root] = number
                self.tell(root, now)
