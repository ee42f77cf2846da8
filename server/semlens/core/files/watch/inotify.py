"""Linux: one watch for each folder that belongs, and none for any other.

`watchdog`'s observers watch recursively, through ignored folders too, and start a thread
for each watch; its `InotifyFD` (one thread that reads events) is what is used here. All
watches are added and removed on the watcher's thread, in the order of the events, after
which every folder that belongs is watched whatever happened meanwhile: the last event about
a path is handled last, and handling it looks at the disk as it then is.
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
from semlens.core.files.walk import belonging_folders
from semlens.core.files.watch.watcher import Event
from semlens.types import RelativePath

_CAME_OR_WENT = (
    InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
)
_SELF_GONE = InotifyConstants.IN_DELETE_SELF | InotifyConstants.IN_MOVE_SELF | InotifyConstants.IN_UNMOUNT
_MASK = Mask(
    _CAME_OR_WENT
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
        """Watch no longer; a folder that is gone has taken its watch along."""
        remove_watch(self._inotify_fd, descriptor)


class InotifySource:
    """See `semlens.core.files.watch.watcher.EventSource`."""

    def __init__(self, root: Path, membership: Membership, put: Callable[[Event], None]) -> None:
        self.warning: str | None = None
        self._root = root
        self._membership = membership
        self._put = put
        self._reader: _Reader | None = None
        self._by_path: dict[str, WatchDescriptor] = {}
        """Relative to the root; rule files' folders outside of it absolute."""
        self._by_descriptor: dict[WatchDescriptor, str] = {}

    @property
    def watched(self) -> frozenset[str]:
        return frozenset(self._by_path)

    def start(self) -> None:
        self._reader = _Reader(self._deliver)
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
        # A folder is watched before it is listed, so that what comes meanwhile is in one or the other.
        wanted.update(belonging_folders(self._root, self._membership, enter=self._add))
        for outside in {str(folder) for folder in self._membership.rule_folders()} - wanted:
            self._add(outside)  # Of the repositories in the folder, which are known now.
            wanted.add(outside)
        for path in self._by_path.keys() - wanted:
            self._remove(path)

    def _add_below(self, folder: RelativePath) -> None:
        if os.path.isdir(self._root / folder) and self._membership.refuse(folder, True) is None:
            for _ in belonging_folders(self._root, self._membership, folder, enter=self._add):
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
        # A moved folder keeps its descriptor: from now on it speaks of the new path.
        self._by_descriptor[descriptor] = path

    def _remove(self, path: str) -> None:
        descriptor = self._by_path.pop(path, None)
        if descriptor is not None and self._by_descriptor.get(descriptor) == path:
            del self._by_descriptor[descriptor]
            if self._reader:
                self._reader.drop(descriptor)

    def _deliver(self, event: InotifyEvent) -> None:
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
            self._put(Event(path, is_dir, structural=bool(event.mask & _CAME_OR_WENT)))
