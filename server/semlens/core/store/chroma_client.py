"""Calls to Chroma: open a collection, insert vectors, query the nearest, and translate its errors.

No other module imports Chroma.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.file_states import FileState, any_cut, any_replaced, states_of
from semlens.core.store.layout import failure
from semlens.core.store.seal import Seal
from semlens.types import ContentHash

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection as ChromaCollection

Vectors = NDArray[np.float32] | NDArray[np.float16]

_COLLECTION = "vectors"
_SEAL = "sealed.json"
_BATCH = 5000
"""Chroma takes 5461 rows at once (`get_max_batch_size`)."""
_HNSW = {
    "space": "cosine",
    "ef_construction": 100,
    "max_neighbors": 16,
    "ef_search": 1000,
    "sync_threshold": 2000,
    "batch_size": 1000,
}
"""Measured on 12,000 real vectors of 384 dimensions: recall@200 is 0.9997 in 3.5 ms of processor time; with
an `ef_search` of 200 it is 0.976 in 2.1 ms. Which vectors are missed depends on the order of insertion, so
recall must be close to 1. Unsynchronised vectors are replayed from the log at the next open, so
`sync_threshold` stays small."""
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class OpenCollection:
    """One generation on disk, open in a Chroma client."""

    folder: Path
    client: ClientAPI
    collection: ChromaCollection
    seal: Seal
    _known: dict[Path, FileState] = field(default_factory=dict)
    """The files at the last look."""

    def files_lost(self) -> bool:
        """Whether a file was deleted, replaced or cut since the last look: Chroma does none of that."""
        if any_replaced(self._known) or any_cut(self._known):
            return True
        self._known.update(states_of([self.folder, *_lasting_files(self.folder)]))
        return self.folder not in self._known

    def close(self) -> None:
        """Close the client."""
        self.client.close()


@contextmanager
def chroma_errors(folder: Path) -> Iterator[None]:
    """Turn errors of Chroma about `folder` into a `StorageError` whose sentence says what to do."""
    from chromadb.errors import ChromaError

    try:
        yield
    except BaseException as error:
        if not isinstance(error, (ChromaError, OSError, sqlite3.Error)) and not _is_panic(error):
            raise
        message = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise failure("The vector index", folder, message) from error


def _is_panic(error: BaseException) -> bool:
    """Whether Chroma's Rust code panicked, which Python does not see as an `Exception`."""
    return type(error).__name__ == "PanicException"


def open_client(folder: Path) -> ClientAPI:
    """A client of the Chroma directory `folder`, which is made if it is missing; `close` it."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(
        _env_file=None,
        anonymized_telemetry=False,
        is_persistent=True,
        persist_directory=str(folder),
    )
    return chromadb.PersistentClient(str(folder), settings=settings)


def connect(folder: Path) -> OpenCollection:
    """Open the collection in `folder`, or create an empty one."""
    client = open_client(folder)
    collection = client.get_or_create_collection(
        _COLLECTION,
        embedding_function=None,
        configuration={"hnsw": _HNSW},
    )
    return OpenCollection(folder, client, collection, seal_of(folder))


def reopen(folder: Path, dimension: int) -> OpenCollection | None:
    """Open a sealed generation, run one query, and seal its files as the open has left them.

    None if it is unusable.
    """
    opened: OpenCollection | None = None
    try:
        with chroma_errors(folder):
            opened = connect(folder)
            if opened.collection.count():  # Chroma loads its index at the first query, and may crash.
                nearest(opened.collection, np.full(dimension, dimension**-0.5, dtype=np.float32), 1)
        opened.seal.make()
        return opened
    except Exception:  # Any error: the files are rebuilt.
        if opened is not None:
            opened.close()
        return None


def upsert(collection: ChromaCollection, hashes: Sequence[ContentHash], vectors: Vectors) -> None:
    """Insert or replace `vectors`, shape (n, dimension); the last one wins where a hash repeats."""
    last = {content: row for row, content in enumerate(hashes)}
    rows = list(last.values())
    names = list(last)
    for start in range(0, len(names), _BATCH):
        batch = np.asarray(vectors[rows[start : start + _BATCH]], dtype=np.float32)
        collection.upsert(ids=[*names[start : start + _BATCH]], embeddings=batch)


def nearest(
    collection: ChromaCollection, vector: NDArray[np.float32], k: int
) -> list[tuple[ContentHash, float]]:
    """The `k` nearest contents with their cosine similarity, best first, ties by hash.

    :param vector: shape (dimension,)
    :param k: at most the number of vectors in the collection
    """
    answer: Any = collection.query(
        query_embeddings=[np.asarray(vector, dtype=np.float32)], n_results=k, include=["distances"]
    )
    scores = np.round(1.0 - np.array(answer["distances"][0]), _DECIMALS).tolist()
    names = map(ContentHash, answer["ids"][0])
    return sorted(zip(names, scores, strict=True), key=lambda hit: (-hit[1], hit[0]))


def compact(folder: Path) -> None:
    """Return the space of Chroma's log, which every vector passes through once."""
    connection = sqlite3.connect(folder / "chroma.sqlite3", isolation_level=None)
    try:
        connection.execute("VACUUM")
    except sqlite3.Error:
        return
    finally:
        connection.close()


def has_plausible_size(folder: Path, count: int, dimension: int) -> bool:
    """Whether `count` vectors can explain the size of the files.

    A damaged `link_lists.bin` can claim a size of terabytes.
    """
    most = (count + 10_000) * (dimension * 32 + 8192)
    return sum(state.size for state in states_of(_files(folder)).values()) <= most


def seal_of(folder: Path) -> Seal:
    """The seal over the files of a generation."""
    return Seal(folder / _SEAL, lambda: _files(folder))


def _lasting_files(folder: Path) -> list[Path]:
    """The files of a collection, without SQLite's journals, which come and go."""
    return [path for path in _files(folder) if "-" not in path.suffix]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != _SEAL]
