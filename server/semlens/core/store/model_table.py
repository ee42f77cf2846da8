"""A table of `index.db` that a folder has as long as it has a further model.

It is made when the folder gets such a model and dropped when it has none any more, so that an index without
one is as it always was. Its rows are derived, and are another model's no longer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from semlens.core.store.statements import meta_value
from semlens.types import Fingerprint

Connect = Callable[[], AbstractContextManager[sqlite3.Connection]]


class ModelTable:
    """One such table. Safe for many threads. Each method raises `StorageError`."""

    def __init__(self, read: Connect, write: Connect, name: str, columns: str, meta: str) -> None:
        """
        :param read: begins a transaction, as `write` does
        :param columns: what stands between `CREATE TABLE … (` and its end
        :param meta: the key in the table `meta` of the model's fingerprint
        """
        self.read = read
        self.write = write
        self.name = name
        self._columns = columns
        self._meta = meta

    @contextmanager
    def begin(self, fingerprint: Fingerprint) -> Iterator[sqlite3.Connection]:
        """A connection to read the rows; there are none if they were another model's."""
        if self.model != fingerprint:
            with self.write() as connection:
                connection.execute(f"CREATE TABLE IF NOT EXISTS {self.name} {self._columns}")
                connection.execute(f"DELETE FROM {self.name}")
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (self._meta, fingerprint))
        with self.read() as connection:
            yield connection

    def end(self) -> None:
        """Drop the table, as the folder has no such model any more."""
        if self.model is not None:
            with self.write() as connection:
                connection.execute(f"DROP TABLE IF EXISTS {self.name}")
                connection.execute("DELETE FROM meta WHERE key = ?", (self._meta,))

    @property
    def model(self) -> Fingerprint | None:
        """The fingerprint that `begin` was given last; None if the folder has no such model."""
        with self.read() as connection:
            noted = meta_value(connection, self._meta)
            return None if noted is None else Fingerprint(noted)
