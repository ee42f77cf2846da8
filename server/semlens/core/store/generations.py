"""Derived indexes lie in numbered folders, so that a new one is ready before the old one goes.

`CURRENT` names the folder that counts. It changes in one step, and whatever it does not name
is rubbish that a dead process left behind.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from semlens.core.store.layout import discard, private_dir, read_small, write_private

_CURRENT = "CURRENT"
_NUMBERED = re.compile(r"^(\d{6})-")


class Generations:
    """The generations below `root`; those of another `kind` (a format, a model) do not count."""

    def __init__(self, root: Path, kind: str) -> None:
        self._root = private_dir(root)
        self._kind = kind

    @property
    def root(self) -> Path:
        return self._root

    def current(self) -> Path | None:
        with suppress(OSError, UnicodeDecodeError):
            name = read_small(self._root / _CURRENT).decode("ascii")
            folder = self._root / name
            if _NUMBERED.match(name) and name[7:] == self._kind and folder.is_dir():
                return folder
        return None

    def begin(self) -> Path:
        """A new, empty folder that does not count yet."""
        numbers = [int(found[1]) for entry in self._root.iterdir() if (found := _NUMBERED.match(entry.name))]
        return private_dir(self._root / f"{max(numbers, default=0) + 1:06}-{self._kind}")

    def adopt(self, folder: Path) -> None:
        """From now on `folder` counts."""
        write_private(self._root / _CURRENT, folder.name.encode("ascii"))

    def collect(self) -> None:
        """Remove every generation but the one that counts."""
        current = self.current()
        for entry in self._root.iterdir():
            if entry != current and entry.name != _CURRENT:
                discard(entry)
