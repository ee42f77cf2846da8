"""The vectors that an index on disk still uses, for garbage collection in the vector cache."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from semlens.core.store.image_contents import live_image_contents
from semlens.core.store.records import unpack_hash
from semlens.core.store.second_texts import live_second_texts
from semlens.types import ContentHash, Fingerprint


@dataclass(frozen=True, slots=True)
class LiveSet:
    """The contents of an index, and the models whose vectors it uses."""

    fingerprints: tuple[Fingerprint, ...]
    hashes: frozenset[ContentHash]
    second: tuple[Fingerprint, frozenset[ContentHash]] | None = None
    """The second model, and the texts that it reads."""
    images: tuple[Fingerprint, frozenset[ContentHash]] | None = None
    """The image model, and the contents of the images."""

    @property
    def by_model(self) -> dict[Fingerprint, frozenset[ContentHash]]:
        """The texts that each model reads, or the images."""
        of_chunks = dict.fromkeys(self.fingerprints, self.hashes)
        return {**of_chunks, **dict(one for one in (self.second, self.images) if one is not None)}


def count_chunks(path: Path) -> int | None:
    """The number of chunks in the `index.db` at `path`; None if the file cannot be read.

    On a disk that takes no more, those of its log are not counted.
    """
    for mode in ("mode=rw", "mode=ro&immutable=1"):
        with suppress(sqlite3.Error), _opened(path, mode) as connection:
            count: int = connection.execute("SELECT count(*) FROM chunk").fetchone()[0]
            return count
    return None


def read_live_set(path: Path) -> LiveSet | None:
    """The live set of the `index.db` at `path`, even while another process has it open.

    None if the file cannot be read.
    """
    try:
        with _opened(path) as connection:
            models = connection.execute("SELECT value FROM meta WHERE key IN ('instant', 'model')").fetchall()
            rows = connection.execute("SELECT DISTINCT content_hash FROM chunk").fetchall()
            return LiveSet(
                tuple(Fingerprint(row[0]) for row in models),
                frozenset(unpack_hash(row[0]) for row in rows),
                live_second_texts(connection),
                live_image_contents(connection),
            )
    except (sqlite3.Error, AttributeError):  # A damaged row need not hold a hash.
        return None


def _opened(path: Path, mode: str = "mode=rw") -> closing[sqlite3.Connection]:
    """A connection to a file that another process may have open. Raises `sqlite3.Error`."""
    return closing(sqlite3.connect(f"file:{quote(str(path))}?{mode}", uri=True, timeout=1.0))
