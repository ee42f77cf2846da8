"""Tells what changed in a workspace folder, so that an index can always be made equal to a fresh walk.

Events of the operating system are hints: they say where to look, and what is found there
is the truth. Where they may have been lost, or are too many to be worth following one by
one, the answer is None: look at everything. A change is only told once the folders that it
brought are themselves watched, so that nothing falls between the look and the watch.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from semlens.core.files.membership import Membership
from semlens.core.files.watch.polling import PollingWatch
from semlens.types import RelativePath

Changes = frozenset[RelativePath] | None
"""Paths of files and folders, there or gone; None where everything has to be looked at."""

QUIET_SECONDS = 0.1
SAVE_EVENTS = 8
SAVE_QUIET_SECONDS = 0.03
"""One file that is saved makes a handful of events, and whoever saved it may look for it at once."""
LONGEST_WAIT_SECONDS = 1.0
BURST_PATHS = 500
"""With more changed paths than this, one walk costs less than looking at each."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a source saw. `path` is relative to the root, or absolute outside of it."""

    path: str
    is_dir: bool = False
    lost: bool = False
    """Events were lost, or the root itself went away: what is known of the disk is worth nothing."""
    structural: bool = False
    """Something came, went or was moved, rather than being written to."""


class EventSource(Protocol):
    """Where events come from; every method is called on the watcher's own thread."""

    warning: str | None

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def follow(self, events: list[Event]) -> None:
        """Watch the folders that these events brought, and no longer those that they took."""

    def resync(self) -> None:
        """Watch exactly the folders that belong now."""


class Watcher:
    """Calls `on_change` on one thread, a moment after things have calmed down, until it is stopped."""

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
        self._snapshots = PollingWatch(root, membership, poll_seconds)
        self._source = _event_source(root, membership, self._put) if mode == "auto" else None
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
        """What the user should know about the quality of this watch, or None."""
        return self._source.warning if self._source else None

    def start(self) -> None:
        """Returns once every change from now on will be told."""
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
        """Called by the source, from any thread, as fast as events come."""
        with self._wake:
            self._last_event = time.monotonic()
            if not self._events:
                self._first_event = self._last_event
            self._events.append(event)
            if len(self._events) == 1:
                self._wake.notify()

    def _run(self) -> None:
        try:
            self._begin()
            self._ready.set()
            while True:
                events = self._next_events()
                if events is None:
                    return
                changes = self._changes(events) if events else self._polled()
                if changes is None or changes:
                    self._tell(changes)
        finally:
            self._ready.set()
            if self._source:
                self._source.stop()

    def _begin(self) -> None:
        if self._source:
            try:
                self._source.start()
            except (OSError, RuntimeError) as error:
                _log.warning("Watching %s failed: %s", self._root, error)
                self._source.warning = _POLLING_WARNING
        if self._polls():
            self._snapshots.take()

    def _polls(self) -> bool:
        return self._source is None or self._source.warning is not None

    def _next_events(self) -> list[Event] | None:
        """What gathered once it was quiet for a moment; empty when it is time to poll; None to stop."""
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
                    if now >= self._snapshots.due:
                        return []
                    self._wake.wait(self._snapshots.due - now)
                else:
                    self._wake.wait()
        return None

    def _changes(self, events: list[Event]) -> Changes:
        """What to look at because of these events; watches are in place when this returns."""
        told = {event.path for event in events if event.structural or not event.is_dir}
        lost = any(event.lost for event in events)
        if lost or any(map(self._membership.rule_files_changed, told)):
            self._membership.reload()
            if self._source:
                self._source.resync()
            return None
        if any(event.is_dir and event.structural for event in events):
            self._membership.reload()
        if self._source:
            self._source.follow(events)
        paths = _outermost({RelativePath(event.path) for event in events if self._belongs(event)})
        return None if len(paths) > BURST_PATHS else paths

    def _belongs(self, event: Event) -> bool:
        if not event.path or os.path.isabs(event.path) or (event.is_dir and not event.structural):
            return False
        return self._membership.refuse(RelativePath(event.path), event.is_dir) is None

    def _polled(self) -> Changes:
        changed = self._snapshots.take()
        if changed and self._source:
            # What kept it from being watched may be over.
            self._source.resync()
            return None
        return None if len(changed) > BURST_PATHS else frozenset(changed)

    def _tell(self, changes: Changes) -> None:
        with self._wake:
            if self._stopping:
                return
        try:
            self._on_change(changes)
        except Exception:
            _log.exception("A change in %s could not be followed", self._root)


def _outermost(paths: set[RelativePath]) -> frozenset[RelativePath]:
    """Without what lies below another of the paths: looking at that one finds it."""
    return frozenset(
        path for path in paths if not any(RelativePath(above) in paths for above in _above(path))
    )


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


_POLLING_WARNING = (
    "This folder cannot be watched; it is looked through for changes every few seconds instead."
)


def _event_source(root: Path, membership: Membership, put: Callable[[Event], None]) -> EventSource | None:
    """What tells of changes here, or None where only polling is left."""
    if sys.platform == "linux":
        try:
            from semlens.core.files.watch.inotify import InotifySource
        except ImportError:  # the last watchdog for Python 3.10 has no single-threaded inotify
            return None

        return InotifySource(root, membership, put)
    else:
        from semlens.core.files.watch.native import NativeSource

        return NativeSource(root, membership, put)
