"""macOS and Windows: one recursive watch, which costs the same however many folders there are.

These systems may drop events without a word when many come at once; a burst therefore
counts as lost, and the whole folder is looked through.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from semlens.core.files.membership import Membership
from semlens.core.files.watch.watcher import Event

_CAME_OR_WENT = frozenset({"created", "deleted", "moved"})
_UNTOLD = frozenset({"opened", "closed_no_write"})


class NativeSource(FileSystemEventHandler):
    """See `semlens.core.files.watch.watcher.EventSource`."""

    def __init__(self, root: Path, membership: Membership, put: Callable[[Event], None]) -> None:
        self.warning: str | None = None
        self._root = os.path.realpath(root)
        self._membership = membership
        self._put = put
        self._observer = Observer()

    def start(self) -> None:
        self._observer.schedule(self, self._root, recursive=True)
        for folder in self._membership.rule_folders():
            if folder.is_dir() and not folder.is_relative_to(self._root):
                self._observer.schedule(self, str(folder), recursive=False)
        self._observer.start()

    def stop(self) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def follow(self, events: list[Event]) -> None:
        """A recursive watch follows by itself."""

    def resync(self) -> None:
        """A recursive watch needs none."""

    def on_any_event(self, event: FileSystemEvent) -> None:
        """On the observer's thread."""
        if event.event_type in _UNTOLD:
            return
        structural = event.event_type in _CAME_OR_WENT
        if event.dest_path:
            self._tell(str(event.dest_path), event.is_directory, structural)
        self._tell(str(event.src_path), event.is_directory, structural)
        if structural and event.event_type != "created":
            # Windows cannot say what it was that is gone, and calls it a file.
            self._tell(str(event.src_path), not event.is_directory, structural)

    def _tell(self, path: str, is_dir: bool, structural: bool) -> None:
        name = self._named(path)
        if name:
            self._put(Event(name, is_dir, structural=structural))
        elif structural:
            self._put(Event("", is_dir=True, lost=True))

    def _named(self, path: str) -> str:
        """Relative to the root with forward slashes, or absolute outside of it."""
        if path == self._root:
            return ""
        inside = self._root + os.sep
        return path[len(inside) :].replace(os.sep, "/") if path.startswith(inside) else path
