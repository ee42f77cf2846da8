"""Linux: one watch for each folder that belongs to the index, and none for any other.

`watchdog`'s observers watch recursively, through ignored folders too, and start a thread
for each watch. This module uses its `InotifyFD`, one thread that reads all events. The
watcher's thread adds and removes all watches in the order of the events. It handles the last
event of a path last, and reads the disk then: so every folder that belongs ends up watched.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from pathlib import Path

from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, InotifyFD, Mask, WatchDescriptor
from watchdog.observers.inotify_c import inotify_add_watch as add_watch
from watchdog.observers.inotify_c import inotify_rm_watch as remove_watch

from semlens.core.files.membership import Membership
from semlens.core.files.walk import member_folders
from semlens.core.files.watch.events import Event
from semlens.types import RelativePath

_STRUCTURAL = (
    InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
)
_SELF_GONE = InotifyConstants.IN_DELETE_SELF | InotifyConstants.IN_MOVE_SELF | InotifyConstants.IN_UNMOUNT
_MASK = Mask(
    _STRUCTURAL
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVE_SELF
    | InotifyConstants.IN_MODIFY
    | InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_ATTRIB
    | InotifyConstants.IN_ONLYDIR
    | InotifyConstants.IN_DONT_FOLLOW
)
_FULL_WARNING = (
    "The system's limit of watched folders is reached (fs.inotify.max_user_watches): changes in some "
    "folders are found by looking through all of them every few seconds."
)

_GONE_WARNING = "The folder cannot be reached; it is looked for every few seconds."


class _Reader(InotifyFD):
    """Reads events on a thread of its own and hands each one on at once."""

    def __init__(self, deliver: Callable[[InotifyEvent], None]) -> None:
        super().__init__()
        self._deliver = deliver

    def handle_event(self, event: InotifyEvent) -> None:
        self._deliver(event)

    def add(self, folder: str) -> WatchDescriptor:
        """Watch one folder. Raises OSError; ENOSPC when the system allows no more watches."""
        descriptor = add_watch(self._inotify_fd, os.fsencode(folder), _MASK)
        if descriptor == -1:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return descriptor

    def drop(self, descriptor: WatchDescriptor) -> None:
        """Stop watching one folder. The system drops the watch of a deleted folder by itself."""
        remove_watch(self._inotify_fd, descriptor)


class InotifySource:
    """See `semlens.core.files.watch.events.EventSource`."""

    def __init__(self, root: Path, membership: Membership, put: Callable[[Event], None]) -> None:
        self.warning: str | None = None
        self._root = root
        self._membership = membership
        self._put = put
        self._reader: _Reader | None = None
        self._by_path: dict[str, WatchDescriptor] = {}
        """Folder → its watch. Paths are relative to the root; folders outside of the root are absolute."""
        self._by_descriptor: dict[WatchDescriptor, str] = {}

    @property
    def watched(self) -> frozenset[str]:
        """The folders that have a watch: relative to the root, or absolute outside of it."""
        return frozenset(self._by_path)

    def start(self) -> None:
        self._reader = _Reader(self.deliver)
        self._reader.start()
        self.resync()

    def stop(self) -> None:
        if self._reader:
            self._reader.stop()
            self._reader.join()
            self._reader = None

    def follow(self, events: list[Event]) -> None:
        for event in events:
            if event.is_dir and event.structural and not os.path.isabs(event.path):
                self._remove_below(event.path)
                self._add_below(RelativePath(event.path))

    def resync(self) -> None:
        if self._reader is None:
            return
        self.warning = None
        wanted = {str(folder) for folder in self._membership.rule_folders()}
        for outside in wanted:
            self._add(outside)
        # Watch each folder before listing it, so that no file appears between the two.
        wanted.update(member_folders(self._root, self._membership, enter=self._add))
        for outside in {str(folder) for folder in self._membership.rule_folders()} - wanted:
            self._add(outside)  # Of repositories inside the folder, found by the walk above.
            wanted.add(outside)
        for path in self._by_path.keys() - wanted:
            self._remove(path)

    def _add_below(self, folder: RelativePath) -> None:
        if os.path.isdir(self._root / folder) and self._membership.refuse(folder, True) is None:
            for _ in member_folders(self._root, self._membership, folder, enter=self._add):
                pass

    def _remove_below(self, folder: str) -> None:
        inside = folder + "/"
        for path in [path for path in self._by_path if path == folder or path.startswith(inside)]:
            self._remove(path)

    def _add(self, path: str) -> None:
        if self._reader is None:
            return
        try:
            descriptor = self._reader.add(os.path.join(self._root, path))
        except OSError as error:
            self._remove(path)
            if error.errno in (errno.ENOSPC, errno.ENOMEM):
                self.warning = _FULL_WARNING
            elif path == "":
                self.warning = _GONE_WARNING
            return
        if self._by_path.get(path) not in (None, descriptor):
            self._remove(path)
        self._by_path[path] = descriptor
        # A moved folder keeps its descriptor, which now stands for the new path.
        self._by_descriptor[descriptor] = path

    def _remove(self, path: str) -> None:
        descriptor = self._by_path.pop(path, None)
        if descriptor is not None and self._by_descriptor.get(descriptor) == path:
            del self._by_descriptor[descriptor]
            if self._reader:
                self._reader.drop(descriptor)

    def deliver(self, event: InotifyEvent) -> None:
        """On the reader's thread."""
        if event.is_queue_overflow:
            self._put(Event("", lost=True))
            return
        folder = self._by_descriptor.get(event.wd)
        if folder is None or event.is_ignored:
            return
        if event.mask & _SELF_GONE:
            if folder == "":
                self._put(Event("", is_dir=True, lost=True))
            return
        name = os.fsdecode(event.name)
        if name:
            path = f"{folder}/{name}" if folder else name
            is_dir = bool(event.mask & InotifyConstants.IN_ISDIR)
            self._put(Event(path, is_dir, structural=bool(event.mask & _STRUCTURAL)))
