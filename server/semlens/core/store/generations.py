"""Generations of a derived index: numbered folders, so that a new one is complete before it replaces the old.

The file `CURRENT` names the current generation and is replaced atomically. Every other folder is stale.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from semlens.private_files import discard, private_dir, read_small, storage_errors, write_private

_CURRENT = "CURRENT"
_NUMBERED = re.compile(r"^(\d{6})-")


class Generations:
    """The generations below `root`. One of another `kind` (a format, a model) is never current."""

    def __init__(self, root: Path, kind: str) -> None:
        self._root = private_dir(root)
        self._kind = kind

    @property
    def root(self) -> Path:
        """The folder that holds the generations."""
        return self._root

    def current(self) -> Path | None:
        """The folder of the current generation; None if there is none of this kind."""
        with suppress(OSError, UnicodeDecodeError):
            name = read_small(self._root / _CURRENT).decode("ascii")
            folder = self._root / name
            if _NUMBERED.match(name) and name[7:] == self._kind and folder.is_dir():
                return folder
        return None

    def create(self) -> Path:
        """A new, empty folder that is not current yet. Raises `StorageError`."""
        with storage_errors(private_dir(self._root)):
            entries = list(self._root.iterdir())
        numbers = [int(found[1]) for entry in entries if (found := _NUMBERED.match(entry.name))]
        return private_dir(self._root / f"{max(numbers, default=0) + 1:06}-{self._kind}")

    def make_current(self, folder: Path) -> None:
        """Make `folder` the current generation, durably."""
        write_private(self._root / _CURRENT, folder.name.encode("ascii"))

    def remove_stale(self) -> None:
        """Remove every generation but the current one."""
        current = self.current()
        with suppress(OSError):
            for entry in list(self._root.iterdir()):
                if entry != current and entry.name != _CURRENT:
                    discard(entry)

    def remove_all(self) -> None:
        """Remove every generation."""
        discard(self._root / _CURRENT)
        self.remove_stale()

    def keep_current(self, folder: Path) -> None:
        """Make `folder` current again if that was lost. Raises `StorageError`."""
        if folder.is_dir() and self.current() != folder:
            self.make_current(folder)
