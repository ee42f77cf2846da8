"""macOS and Windows: one recursive watch, which costs the same for any number of folders.

These systems may drop events silently when many come at once; the watcher then sees so many that it walks
the whole folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from semlens.core.files.membership import Membership
from semlens.core.files.watch.events import Event

_STRUCTURAL = frozenset({"created", "deleted", "moved"})
_IGNORED = frozenset({"opened", "closed_no_write"})


class NativeSource(FileSystemEventHandler):
    """See `semlens.core.files.watch.events.EventSource`."""

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
        """A recursive watch includes new folders by itself."""

    def resync(self) -> None:
        """A recursive watch has nothing to adjust."""

    def on_any_event(self, event: FileSystemEvent) -> None:
        """On the observer's thread."""
        if event.event_type in _IGNORED:
            return
        structural = event.event_type in _STRUCTURAL
        if event.dest_path:
            self._deliver(str(event.dest_path), event.is_directory, structural)
        self._deliver(str(event.src_path), event.is_directory, structural)
        if structural and event.event_type != "created":
            # Windows cannot tell a deleted folder from a deleted file, and calls both a file.
            self._deliver(str(event.src_path), not event.is_directory, structural)

    def _deliver(self, path: str, is_dir: bool, structural: bool) -> None:
        name = self._event_path(path)
        if name:
            self._put(Event(name, is_dir, structural=structural))
        elif structural:
            self._put(Event("", is_dir=True, lost=True))

    def _event_path(self, path: str) -> str:
        """`path` relative to the root with forward slashes, or absolute outside of the root."""
        if path == self._root:
            return ""
        inside = self._root + os.sep
        return path[len(inside) :].replace(os.sep, "/") if path.startswith(inside) else path
