"""How many texts a second each model embeds on this machine, as it was seen at work."""

from __future__ import annotations

import json
import logging
import threading
import time
from contextlib import suppress
from pathlib import Path

from semlens.errors import StorageError
from semlens.private_files import read_small, write_private
from semlens.types import Fingerprint

log = logging.getLogger(__name__)

FILE = "paces.json"
VERSION = 1
"""Of the file's format. A file of another version is written anew."""

_WRITE_SECONDS = 10.0
"""A pace changes with each batch, and is written at most this often."""

_HALF = 256
"""After so many texts, what was seen before counts half: a machine is not always equally busy."""


class Paces:
    """The pace of each model by fingerprint, in a file that may be lost. Safe for many threads."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the file; without one, nothing outlives the process."""
        self._path = path
        self._guard = threading.Lock()
        self._seconds = _read(path)
        self._written_at = time.monotonic()

    def of(self, fingerprint: Fingerprint) -> float | None:
        """Texts a second; None if the model was never seen at work."""
        with self._guard:
            seconds = self._seconds.get(fingerprint)
        return None if seconds is None else 1 / seconds

    def note(self, fingerprint: Fingerprint, texts: int, seconds: float) -> None:
        """A model has embedded `texts` in `seconds`."""
        if texts <= 0 or seconds <= 0:
            return
        with self._guard:
            before = self._seconds.get(fingerprint)
            kept = 0.0 if before is None else 0.5 ** (texts / _HALF)
            self._seconds[fingerprint] = kept * (before or 0.0) + (1 - kept) * seconds / texts
            if before is None or time.monotonic() - self._written_at > _WRITE_SECONDS:
                self._write()

    def close(self) -> None:
        """Write what is not written yet."""
        with self._guard:
            self._write()

    def _write(self) -> None:
        self._written_at = time.monotonic()
        if self._path is None or not self._seconds:
            return
        rows = {"version": VERSION, "seconds_a_text": self._seconds}
        try:
            write_private(self._path, json.dumps(rows, indent=1).encode())
        except StorageError as error:
            log.info("the paces of models are not kept: %s", error)


def _read(path: Path | None) -> dict[Fingerprint, float]:
    if path is not None:
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            raw = json.loads(read_small(path))
            if raw["version"] == VERSION:
                found = {Fingerprint(key): float(one) for key, one in raw["seconds_a_text"].items()}
                return {key: one for key, one in found.items() if one > 0}
    return {}
