"""Queries on the instant vectors of chunks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.quantized import Codes
from semlens.core.store.queries.chunks import chunk_ids
from semlens.core.store.records import pack_hash, unpack_hash
from semlens.core.store.sqlite import SqliteFile
from semlens.core.store.statements import in_batches
from semlens.types import ContentHash


class InstantQueries:
    """As for `IndexReader`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def ids(self) -> NDArray[np.int64]:
        """The id of every chunk, ascending; shape (n,)."""
        return chunk_ids(self._file)

    def vectors(self, after: int = 0, limit: int = -1) -> tuple[NDArray[np.int64], Codes]:
        """Instant vectors: ascending chunk ids, shape (n,), and vectors, shape (n, dimension).

        :param after: the ids begin above it
        :param limit: the number of vectors at most; -1 for all
        """
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT chunk_id, vector FROM instant WHERE chunk_id > ? ORDER BY chunk_id LIMIT ?",
                (after, limit),
            ).fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64), _vectors([row[1] for row in rows])

    def vectors_of(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, Codes]:
        """The instant vectors of chunks with these contents, each of shape (dimension,)."""
        found: dict[ContentHash, Codes] = {}
        with self._file.read() as connection:
            for marks, batch in in_batches([pack_hash(content) for content in hashes]):
                rows = connection.execute(
                    "SELECT content_hash, vector FROM chunk JOIN instant ON chunk_id = chunk.id "
                    f"WHERE content_hash IN ({marks}) GROUP BY content_hash",
                    batch,
                )
                found.update((unpack_hash(h), np.frombuffer(v, dtype=np.int8)) for h, v in rows)
        return found


def _vectors(blobs: Sequence[bytes]) -> Codes:
    """The vectors of a column, shape (n, dimension); (0, 0) if there are none."""
    if not blobs:
        return np.zeros((0, 0), dtype=np.int8)
    return np.frombuffer(b"".join(blobs), dtype=np.int8).reshape(len(blobs), -1)
