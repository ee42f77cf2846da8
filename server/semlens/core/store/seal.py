"""A seal records the checksums of files, to tell whether they are as their last owner left them.

The owner breaks it before the first write and makes it again after a clean close. Files without an intact
seal are not trusted: their writer was killed, or another program changed them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from semlens.private_files import make_private, read_small, write_private

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class _FileState:
    """The state of a file when it was sealed."""

    size: int
    mtime_ns: int
    inode: int
    checksum: int


class Seal:
    """A seal over a set of files, kept in a file of its own."""

    def __init__(
        self,
        path: Path,
        files: Callable[[], Iterable[Path]],
        exact: bool = True,
        durable: bool = True,
    ) -> None:
        """
        :param path: the file that holds the seal
        :param files: lists the files to seal
        :param exact: if not, files that are added later do not break the seal
        :param durable: if not, skip fsync: a power failure may lose the seal
        """
        self._durable = durable
        self._path = path
        self._exact = exact
        self._files = files
        self._states: dict[Path, _FileState] = {}

    @property
    def present(self) -> bool:
        """Whether there is a seal, intact or not."""
        return self._path.exists()

    def intact(self) -> bool:
        """Whether the same files exist with the same bytes; sizes are compared before any file is read."""
        try:
            sealed = json.loads(read_small(self._path))
            files = {name: path for name, path in self._named().items() if self._exact or name in sealed}
            if set(sealed) != set(files):
                return False
            if any(files[name].stat().st_size != size for name, (size, _) in sealed.items()):
                return False
            self._states = {path: self._state(path) for path in files.values()}
            return all(self._states[files[name]].checksum == known for name, (_, known) in sealed.items())
        except (OSError, ValueError, TypeError):
            return False

    def trust(self) -> bool:
        """Take the files to be as they were sealed, without reading them; false if one is missing or resized.

        Call it if the times of the files say so, and `verify` later.
        """
        try:
            sealed = json.loads(read_small(self._path))
            states = {}
            for name, path in self._named().items():
                if not self._exact and name not in sealed:
                    continue
                size, checksum = sealed[name]
                status = path.stat()
                if status.st_size != size:
                    return False
                states[path] = _FileState(size, status.st_mtime_ns, status.st_ino, checksum)
            self._states = states
            return len(states) == len(sealed)
        except (OSError, ValueError, TypeError, KeyError):
            return False

    def verify(self) -> bool:
        """Whether the files hold what was sealed; those that have changed since are left out."""
        for path, known in list(self._states.items()):
            try:
                if _is_as(path, known) and _checksum(path) != known.checksum and _is_as(path, known):
                    return False
            except OSError:
                continue
        return True

    def make(self) -> None:
        """Seal the files; files that have not changed since the last seal are not read again."""
        named = self._named()
        self._states = {path: self._state(path) for path in named.values()}
        for path in named.values():
            make_private(path)
        states = {name: self._states[path] for name, path in named.items()}
        sealed = {name: (state.size, state.checksum) for name, state in states.items()}
        write_private(self._path, json.dumps(sealed).encode(), self._durable)

    def break_(self) -> None:
        """Stop trusting the files.

        A power failure may bring the seal back, but then the checksums no longer match.
        """
        with suppress(FileNotFoundError):
            self._path.unlink()

    @property
    def files_changed(self) -> bool:
        """Whether a file of the last seal was changed or deleted, by size and time alone."""
        return any(not _is_as(path, known) for path, known in self._states.items())

    def _named(self) -> dict[str, Path]:
        return {path.relative_to(self._path.parent).as_posix(): path for path in self._files()}

    def _state(self, path: Path) -> _FileState:
        known = self._states.get(path)
        if known and _is_as(path, known):
            return known
        status = path.stat()
        return _FileState(status.st_size, status.st_mtime_ns, status.st_ino, _checksum(path))


def _is_as(path: Path, known: _FileState) -> bool:
    try:
        status = path.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns, status.st_ino) == (known.size, known.mtime_ns, known.inode)


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum
