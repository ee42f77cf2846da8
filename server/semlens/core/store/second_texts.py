"""The text that a second model reads of each chunk, by its hash, in a table of `index.db`.

The table is made when a folder gets a second model and dropped when it has none any more, so that an index
without one is as it always was. Its rows are derived: `chunk` has the truth, and no id is used twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager

from semlens.core.store.records import pack_hash, unpack_hash
from semlens.core.store.statements import in_batches
from semlens.types import ContentHash, Fingerprint

_TABLE = "CREATE TABLE IF NOT EXISTS second (chunk_id INTEGER PRIMARY KEY, content_hash BLOB NOT NULL)"
_META = "second"

Connect = Callable[[], AbstractContextManager[sqlite3.Connection]]


class SecondTexts:
    """The rows of the table. Safe for many threads. Each method raises `StorageError`."""

    def __init__(self, read: Connect, write: Connect) -> None:
        """`read` and `write` begin a transaction."""
        self._read = read
        self._write = write

    def begin(self, fingerprint: Fingerprint) -> dict[int, ContentHash]:
        """The hash of each chunk's text by the chunk's id; none if the texts were another model's.

        :param fingerprint: the model and the form of its texts
        """
        if self.model != fingerprint:
            with self._write() as connection:
                connection.execute(_TABLE)
                connection.execute("DELETE FROM second")
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_META, fingerprint))
        with self._read() as connection:
            rows = connection.execute("SELECT chunk_id, content_hash FROM second")
            return {chunk_id: unpack_hash(content) for chunk_id, content in rows}

    def change(self, added: Mapping[int, ContentHash], gone: Iterable[int]) -> None:
        """Add the hashes of chunks' texts, and remove those of chunks that are gone."""
        with self._write() as connection:
            for marks, batch in in_batches(gone):
                connection.execute(f"DELETE FROM second WHERE chunk_id IN ({marks})", batch)
            rows = [(chunk_id, pack_hash(content)) for chunk_id, content in added.items()]
            connection.executemany("INSERT OR REPLACE INTO second VALUES (?, ?)", rows)

    def end(self) -> None:
        """Drop the table, as the folder has no second model any more."""
        if self.model is not None:
            with self._write() as connection:
                connection.execute("DROP TABLE IF EXISTS second")
                connection.execute("DELETE FROM meta WHERE key = ?", (_META,))

    @property
    def model(self) -> str | None:
        """The fingerprint that `begin` was given last; None if the folder has no second model."""
        with self._read() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (_META,)).fetchone()
            return row[0] if row else None


def live_second_texts(connection: sqlite3.Connection) -> tuple[Fingerprint, frozenset[ContentHash]] | None:
    """The second model of an index and the hashes of its chunks' texts; None without one."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_META,)).fetchone()
    if row is None:
        return None
    rows = connection.execute("SELECT DISTINCT content_hash FROM second")
    return Fingerprint(row[0]), frozenset(unpack_hash(content) for (content,) in rows)
