"""Watch a workspace folder: its rules for files, changes on disk, and the files that the user works on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from semlens.core.files.membership import Membership
from semlens.core.files.watch.watcher import Watcher
from semlens.settings import Settings
from semlens.types import RelativePath

RECENT_FILES = 200
"""Recently changed files that are remembered."""


class FolderWatch:
    """The watch over one folder. It begins with `start`."""

    def __init__(
        self, root: Path, settings: Settings, on_change: Callable[[frozenset[RelativePath] | None], None]
    ) -> None:
        """
        :param on_change: called with the changed paths, or None if any path may have changed
        """
        self._root = root
        self._on_change = on_change
        self._watcher: Watcher | None = None
        self._open_files: tuple[RelativePath, ...] = ()
        self._recent_files: tuple[RelativePath, ...] = ()
        self.active = False
        """Whether the folder is in use, even if the settings turn the watcher off."""
        self.configure(settings)

    def configure(self, settings: Settings) -> None:
        """Apply settings. Call it while the watch is not active."""
        self._mode = settings.watch
        self.membership = Membership(self._root, settings)
        """The rules for files."""

    def start(self) -> None:
        """Report changes from now on."""
        self.active = True
        if self._watcher is None and self._mode != "off":
            self._watcher = Watcher(self._root, self.membership, self._on_change, self._mode)
            self._watcher.start()

    def stop(self) -> None:
        """Report no more changes."""
        self.active = False
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.stop()

    @property
    def warning(self) -> str | None:
        """Why changes may be missed; None if they are not."""
        watching = self._watcher.warning if self._watcher is not None else None
        return watching or self.membership.warning

    def may_matter(self, path: RelativePath) -> bool:
        """Whether a change of a file or a folder at `path` can change what is indexed."""
        refuse = self.membership.refuse
        return (
            self.membership.affects_rules(path) or refuse(path, False) is None or refuse(path, True) is None
        )

    def set_open_files(self, paths: Iterable[RelativePath]) -> None:
        """Set the files that the user has open."""
        self._open_files = tuple(paths)

    def add_recent_files(self, paths: Iterable[RelativePath]) -> None:
        """Remember files that have changed."""
        self._recent_files = tuple(dict.fromkeys([*paths, *self._recent_files]))[:RECENT_FILES]

    def focus_files(self) -> tuple[RelativePath, ...]:
        """The open files, then the recently changed ones, the newest first."""
        return (*self._open_files, *self._recent_files)
