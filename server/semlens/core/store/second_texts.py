"""The text that a second model reads of each chunk, by its hash. No chunk's id is used twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from semlens.core.store.model_table import Connect, ModelTable
from semlens.core.store.records import pack_hash, unpack_hash
from semlens.core.store.statements import in_batches, meta_value
from semlens.types import ContentHash, Fingerprint

_COLUMNS = "(chunk_id INTEGER PRIMARY KEY, content_hash BLOB NOT NULL)"
_META = "second"


class SecondTexts:
    """The rows of the table. Safe for many threads. Each method raises `StorageError`."""

    def __init__(self, read: Connect, write: Connect) -> None:
        """`read` and `write` begin a transaction."""
        self.table = ModelTable(read, write, "second", _COLUMNS, _META)

    def begin(self, fingerprint: Fingerprint) -> dict[int, ContentHash]:
        """The hash of each chunk's text by the chunk's id; none if the texts were another model's.

        :param fingerprint: the model and the form of its texts
        """
        with self.table.begin(fingerprint) as connection:
            rows = connection.execute("SELECT chunk_id, content_hash FROM second")
            return {chunk_id: unpack_hash(content) for chunk_id, content in rows}

    def change(self, added: Mapping[int, ContentHash], gone: Iterable[int]) -> None:
        """Add the hashes of chunks' texts, and remove those of chunks that are gone."""
        with self.table.write() as connection:
            for marks, batch in in_batches(gone):
                connection.execute(f"DELETE FROM second WHERE chunk_id IN ({marks})", batch)
            rows = [(chunk_id, pack_hash(content)) for chunk_id, content in added.items()]
            connection.executemany("INSERT OR REPLACE INTO second VALUES (?, ?)", rows)


def live_second_texts(connection: sqlite3.Connection) -> tuple[Fingerprint, frozenset[ContentHash]] | None:
    """The second model of an index and the hashes of its chunks' texts; None without one."""
    model = meta_value(connection, _META)
    if model is None:
        return None
    rows = connection.execute("SELECT DISTINCT content_hash FROM second")
    return Fingerprint(model), frozenset(unpack_hash(content) for (content,) in rows)
