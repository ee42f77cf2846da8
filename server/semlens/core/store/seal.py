"""A seal says that files are as their last owner left them.

It is broken before the first write and made anew after a clean close. Files without a whole
seal are never trusted: their writer was killed, or something else has changed them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from semlens.core.store.layout import make_private, read_small, write_private

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a file was when it was sealed."""

    size: int
    mtime_ns: int
    inode: int
    checksum: int


class Seal:
    """The seal at `place` over the files that `files()` lists.

    With `exact` off, files that came later do not break it: they are nobody's. With `lasting` off it is not
    waited for the disk, and a loss of power may cost it.
    """

    def __init__(
        self,
        place: Path,
        files: Callable[[], Iterable[Path]],
        exact: bool = True,
        lasting: bool = True,
    ) -> None:
        self._lasting = lasting
        self._place = place
        self._exact = exact
        self._files = files
        self._marks: dict[Path, _Mark] = {}

    @property
    def present(self) -> bool:
        return self._place.exists()

    def intact(self) -> bool:
        """Whether the same files are there with the same bytes; sizes are compared before a byte is read."""
        try:
            sealed = json.loads(read_small(self._place))
            files = {name: path for name, path in self._named().items() if self._exact or name in sealed}
            if set(sealed) != set(files):
                return False
            if any(files[name].stat().st_size != size for name, (size, _) in sealed.items()):
                return False
            self._marks = {path: self._mark(path) for path in files.values()}
            return all(self._marks[files[name]].checksum == known for name, (_, known) in sealed.items())
        except (OSError, ValueError, TypeError):
            return False

    def make(self) -> None:
        """Seal the files; those that are as they were at the last seal are not read again."""
        named = self._named()
        self._marks = {path: self._mark(path) for path in named.values()}
        for path in named.values():
            make_private(path)
        marks = {name: self._marks[path] for name, path in named.items()}
        sealed = {name: (mark.size, mark.checksum) for name, mark in marks.items()}
        write_private(self._place, json.dumps(sealed).encode(), self._lasting)

    def break_(self) -> None:
        """From now on the files are not trusted.

        A loss of power may bring the seal back, but not the bytes that it speaks of.
        """
        with suppress(FileNotFoundError):
            self._place.unlink()

    def _named(self) -> dict[str, Path]:
        return {path.relative_to(self._place.parent).as_posix(): path for path in self._files()}

    def _mark(self, path: Path) -> _Mark:
        status = path.stat()
        known = self._marks.get(path)
        same = (status.st_size, status.st_mtime_ns, status.st_ino)
        if known and (known.size, known.mtime_ns, known.inode) == same:
            return known
        return _Mark(*same, _checksum(path))


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum
