"""How well each model found the code of each folder, when that was last measured on this machine."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from semlens.errors import StorageError, UsageError
from semlens.private_files import read_small, write_private
from semlens.protocol.codec import decode
from semlens.types import Fingerprint

log = logging.getLogger(__name__)

FILE = "measurements.json"
VERSION = 1
"""Of the file's format. A file of another version is written anew."""

MOST = 400
"""Measurements that are kept, the newest: some 100 kB."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """The figures of one model alone, without other tiers, on the code of one folder."""

    folder: str
    """The absolute path."""
    model: Fingerprint
    source: Literal["docstrings", "history", "training"]
    """Where the questions came from; `training`: held-back code, at the end of a training."""
    questions: int
    chunks: int
    """Pieces of code that were searched."""
    mrr: float
    """The mean reciprocal rank, from 0 to 1."""
    low: float
    """The interval of `mrr` (`semlens.core.bench.statistics`)."""
    high: float
    at: float
    """When, in seconds since 1970."""


class Measurements:
    """The last measurement for each folder and model, in a file that may be lost. Safe for many threads."""

    def __init__(self, path: Path) -> None:
        """`path` is the file."""
        self._path = path
        self._guard = threading.Lock()

    def read(self) -> list[Measurement]:
        """Every measurement, the newest first."""
        return sorted(self._read(), key=lambda one: -one.at)

    def of(self, model: Fingerprint) -> list[Measurement]:
        """Those of one model, the newest first."""
        return [one for one in self.read() if one.model == model]

    def note(self, found: Iterable[Measurement]) -> None:
        """Keep measurements, in place of earlier ones of the same folder and model."""
        with self._guard:
            kept = {(one.folder, one.model): one for one in self._read()}
            kept |= {(one.folder, one.model): one for one in found}
            self._write(kept.values())

    def forget(self, models: Collection[Fingerprint]) -> None:
        """Drop the measurements of these models."""
        with self._guard:
            known = self._read()
            left = [one for one in known if one.model not in models]
            if len(left) < len(known):
                self._write(left)

    def _read(self) -> list[Measurement]:
        with suppress(OSError, ValueError, KeyError, TypeError, UsageError):
            raw = json.loads(read_small(self._path))
            if raw["version"] == VERSION:
                return [decode(Measurement, row, name=str) for row in raw["measurements"]]
        return []

    def _write(self, kept: Iterable[Measurement]) -> None:
        newest = sorted(kept, key=lambda one: -one.at)[:MOST]
        rows = {"version": VERSION, "measurements": [asdict(one) for one in newest]}
        try:
            write_private(self._path, json.dumps(rows, indent=1).encode())
        except StorageError as error:
            log.info("a measurement is not kept: %s", error)
