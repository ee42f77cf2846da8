"""Reports the changes in a workspace folder, so that an index can always be made equal to a fresh walk.

Events of the operating system are hints: they name paths to read again, and the disk is the truth. If
events may be lost, or are too many to follow one by one, the watcher reports None: walk the whole folder.
The watcher reports a new folder only once that folder is itself watched, so that no change falls between
the walk and the watch.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from semlens.core.files.membership import Membership
from semlens.core.files.watch.events import Event, EventSource
from semlens.core.files.watch.polling import PollingWatch
from semlens.types import RelativePath

Changes = frozenset[RelativePath] | None
"""Paths of files and folders that changed or are gone; None if the whole folder has to be walked."""

QUIET_SECONDS = 0.1
"""Events are reported once none has come for so long."""
SAVE_EVENTS = 8
SAVE_QUIET_SECONDS = 0.03
"""A saved file makes up to `SAVE_EVENTS` events, and its author may search for it at once."""
LONGEST_WAIT_SECONDS = 1.0
"""After the first event, however many follow."""
BURST_PATHS = 500
"""With more changed paths than this, one walk costs less than reading each path."""

_log = logging.getLogger(__name__)


class Watcher:
    """Calls `on_change` on its own thread after every change below `root`, until it is stopped.

    Several changes that follow each other within `QUIET_SECONDS` make one call. `mode` "polling" walks the
    folder every `poll_seconds`, as "auto" does only if the system delivers no events; "off" watches nothing.
    """

    def __init__(
        self,
        root: Path,
        membership: Membership,
        on_change: Callable[[Changes], None],
        mode: Literal["auto", "polling", "off"] = "auto",
        *,
        poll_seconds: float = 2.0,
    ) -> None:
        self._root = root
        self._membership = membership
        self._on_change = on_change
        self._polling = PollingWatch(root, membership, poll_seconds)
        self.source = system_events(root, membership, self._put) if mode == "auto" else None
        """Where events come from; None if the folder is polled."""
        self._mode = mode
        self._events: list[Event] = []
        self._first_event = 0.0
        self._last_event = 0.0
        self._stopping = False
        self._wake = threading.Condition()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="semlens-watch", daemon=True)

    @property
    def warning(self) -> str | None:
        """The sentence for the user if changes may be found late, or None."""
        return self.source.warning if self.source else None

    def start(self) -> None:
        """Returns once every later change will be reported."""
        if self._mode != "off":
            self._thread.start()
            self._ready.wait()

    def stop(self) -> None:
        """No call of `on_change` begins after this returns."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _put(self, event: Event) -> None:
        """Called by the source, on any thread."""
        with self._wake:
            self._last_event = time.monotonic()
            if not self._events:
                self._first_event = self._last_event
            self._events.append(event)
            if len(self._events) == 1:
                self._wake.notify()

    def _run(self) -> None:
        try:
            self._start_source()
            self._ready.set()
            while True:
                events = self._next_events()
                if events is None:
                    return
                changes = self._changes(events) if events else self._poll()
                if changes is None or changes:
                    self._report(changes)
        finally:
            self._ready.set()
            if self.source:
                self.source.stop()

    def _start_source(self) -> None:
        if self.source:
            try:
                self.source.start()
            except (OSError, RuntimeError) as error:
                _log.warning("Watching %s failed: %s", self._root, error)
                self.source.warning = _POLLING_WARNING
        if self._polls():
            self._polling.changes()

    def _polls(self) -> bool:
        return self.source is None or self.source.warning is not None

    def _next_events(self) -> list[Event] | None:
        """The events so far, after a quiet moment; no event if it is time to poll; None to stop."""
        with self._wake:
            while not self._stopping:
                now = time.monotonic()
                if self._events:
                    quiet = QUIET_SECONDS if len(self._events) > SAVE_EVENTS else SAVE_QUIET_SECONDS
                    due = min(self._last_event + quiet, self._first_event + LONGEST_WAIT_SECONDS)
                    if now >= due:
                        events, self._events = self._events, []
                        return events
                    self._wake.wait(due - now)
                elif self._polls():
                    if now >= self._polling.due:
                        return []
                    self._wake.wait(self._polling.due - now)
                else:
                    self._wake.wait()
        return None

    def _changes(self, events: list[Event]) -> Changes:
        """The paths that these events change. When this returns, every new folder is watched."""
        paths = {event.path for event in events if event.structural or not event.is_dir}
        lost = any(event.lost for event in events)
        if lost or any(map(self._membership.affects_rules, paths)):
            self._membership.reload()
            if self.source:
                self.source.resync()
            return None
        if any(event.is_dir and event.structural for event in events):
            self._membership.reload()
        if self.source:
            self.source.follow(events)
        changed = _outermost({RelativePath(event.path) for event in events if self._belongs(event)})
        return None if len(changed) > BURST_PATHS else changed

    def _belongs(self, event: Event) -> bool:
        if not event.path or os.path.isabs(event.path) or (event.is_dir and not event.structural):
            return False
        return self._membership.refuse(RelativePath(event.path), event.is_dir) is None

    def _poll(self) -> Changes:
        changed = self._polling.changes()
        if changed and self.source:
            # The system may allow to watch the folder again.
            self.source.resync()
            return None
        return None if len(changed) > BURST_PATHS else frozenset(changed)

    def _report(self, changes: Changes) -> None:
        with self._wake:
            if self._stopping:
                return
        try:
            self._on_change(changes)
        except Exception:
            _log.exception("A change in %s could not be handled", self._root)


def _outermost(paths: set[RelativePath]) -> frozenset[RelativePath]:
    """The paths that lie below no other of `paths`: walking a folder finds all below it."""
    return frozenset(
        path for path in paths if not any(RelativePath(parent) in paths for parent in _parents(path))
    )


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


_POLLING_WARNING = (
    "This folder cannot be watched; it is looked through for changes every few seconds instead."
)


def system_events(root: Path, membership: Membership, put: Callable[[Event], None]) -> EventSource | None:
    """The source of events on this system, or None if only polling works."""
    if sys.platform == "linux":
        try:
            from semlens.core.files.watch.inotify import InotifySource
        except ImportError:  # the last watchdog for Python 3.10 has no single-threaded inotify
            return None

        return InotifySource(root, membership, put)
    else:
        from semlens.core.files.watch.native import NativeSource

        return NativeSource(root, membership, put)
