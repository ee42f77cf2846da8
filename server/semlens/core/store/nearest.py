"""Nearest neighbours of deep vectors by ChromaDB, which no kill and no damage can break for good.

Chroma's files are derived: they can be made again from the cache of vectors at any time, and
they are, whenever their last owner did not close them cleanly or died while opening them.
A killed writer may leave files that crash whoever opens them, so nothing unsealed is opened.
This is the only module that knows Chroma; it keeps vectors and content hashes, never source.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.gate import Gate
from semlens.core.store.generations import Generations
from semlens.core.store.layout import discard, disk_usage, write_private
from semlens.core.store.seal import Seal
from semlens.errors import DiskFullError, StorageError
from semlens.types import ContentHash, Fingerprint

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection as ChromaCollection

FORMAT_VERSION = 1
"""Of the collection's configuration; files of another version are made again."""

Vectors = NDArray[np.float32] | NDArray[np.float16]
Load = Callable[[], Iterable[tuple[Sequence[ContentHash], Vectors]]]
"""Everything that belongs in a store, in portions."""

_COLLECTION = "vectors"
_SEAL = "sealed.json"
_OPENING = "OPENING"
_BATCH = 5000
"""Chroma takes 5461 rows at once (`get_max_batch_size`)."""
_HNSW = {
    "space": "cosine",
    "ef_construction": 100,
    "max_neighbors": 16,
    "ef_search": 200,
    "sync_threshold": 2000,
    "batch_size": 1000,
}
"""Measured on 10,000 vectors of 384 dimensions: recall@100 0.98, 2 ms a query, and what has not
been synchronised is read from the log at the next opening, so `sync_threshold` stays small."""
_PAGE = 10_000
"""Ids read at once; Chroma fails somewhere between 30,000 and 40,000."""
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class _Opened:
    """One generation with its client."""

    folder: Path
    client: ClientAPI
    collection: ChromaCollection
    seal: Seal

    def close(self) -> None:
        self.client.close()


class ChromaStore:
    """The vectors of one model in `root`. Any number of threads may add, remove and ask."""

    def __init__(self, root: Path, fingerprint: Fingerprint, dimension: int) -> None:
        """Open the store if it is sound, else start an empty one in its place (`rebuilding` says so)."""
        self._dimension = dimension
        self._generations = Generations(root / _slug(fingerprint), f"v{FORMAT_VERSION}-{dimension}")
        self._gate = Gate()
        self._written = self._closed = False
        self.rebuilding = False
        """Whether the store began empty and has not been sealed since."""
        self._counted: int | None = None
        self._opened = self._open()

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return disk_usage(self._generations.root)

    def count(self) -> int:
        with self._using():
            return self._count()

    def _count(self) -> int:
        """Chroma takes milliseconds to count, which a question need not wait for again and again."""
        if self._counted is None:
            self._counted = int(self._opened.collection.count())
        return self._counted

    def ids(self) -> set[ContentHash]:
        """The content of every vector, to compare with what should be there."""
        with self._using():
            collection = self._opened.collection
            found: set[ContentHash] = set()
            for offset in range(0, collection.count(), _PAGE):
                page = collection.get(include=[], limit=_PAGE, offset=offset)
                found.update(map(ContentHash, page["ids"]))
            return found

    def add(self, hashes: Sequence[ContentHash], vectors: Vectors) -> None:
        """Put in vectors (n, dimension); those of a hash that is there are replaced."""
        if len(hashes) != len(vectors) or (len(hashes) and vectors.shape[1] != self._dimension):
            raise ValueError(f"{vectors.shape} vectors for {len(hashes)} hashes, dimension {self._dimension}")
        with self._using():
            self._break_seal()
            try:
                _upsert(self._opened.collection, hashes, vectors)
            finally:
                self._counted = None

    def remove(self, hashes: Iterable[ContentHash]) -> None:
        """Take vectors out; hashes that are not there are ignored."""
        gone = list(dict.fromkeys(hashes))
        if not gone:
            return
        with self._using():
            self._break_seal()
            try:
                for start in range(0, len(gone), _BATCH):
                    self._opened.collection.delete(ids=[*gone[start : start + _BATCH]])
            finally:
                self._counted = None

    def query(self, vector: NDArray[np.float32], k: int) -> list[tuple[ContentHash, float]]:
        """The `k` nearest contents with their cosine similarity, best first, ties by hash."""
        with self._using():
            collection = self._opened.collection
            k = min(k, self._count())
            return _nearest(collection, vector, k) if k > 0 else []

    def checkpoint(self) -> None:
        """Seal what has been written, so that a kill from now on loses nothing.

        It takes what closing and opening take (0.1 s at 20,000 vectors): call it when idle.
        """
        with self._gate.exclusive(), chroma_errors(self._generations.root):
            if self._written and not self._closed:
                self._closed = True  # Until it is open again: if that fails, nobody may use what is closed.
                self._seal_up()
                self._opened = self._open()
                self._closed = False

    def rebuild(self, load: Load, check: Callable[[], None] = lambda: None) -> None:
        """Make everything anew in a folder of its own, while this one answers, and swap them.

        `check` is asked between portions and may raise. What `add` and `remove` change meanwhile
        is lost: compare `ids` afterwards.
        """
        folder = self._generations.begin()
        try:
            with chroma_errors(folder), closing(_connect(folder)) as fresh:
                for hashes, vectors in load():
                    check()
                    _upsert(fresh.collection, hashes, vectors)
            _compact(folder)
            fresh.seal.make()
        except BaseException:
            discard(folder)
            raise
        with self._gate.exclusive(), chroma_errors(folder):
            self._closed = True
            self._opened.close()
            self._generations.adopt(folder)
            self._written = self.rebuilding = False
            self._opened = self._open()
            self._closed = False

    def close(self) -> None:
        """Close and seal; a second call does nothing."""
        with self._gate.exclusive(), chroma_errors(self._generations.root):
            if not self._closed:
                self._closed = True
                self._seal_up()

    @contextmanager
    def _using(self) -> Iterator[None]:
        with self._gate.shared(), chroma_errors(self._generations.root):
            if self._closed:
                raise StorageError(f"The vector index in {self._generations.root} is closed: index again.")
            yield

    def _open(self) -> _Opened:
        self._counted = None
        marker = self._generations.root / _OPENING
        folder = self._generations.current()
        if folder is not None and not marker.exists() and _seal(folder).intact():
            write_private(marker, b"")
            opened = _reopen(folder, self._dimension)
            marker.unlink()
            if opened is not None:
                self._generations.collect()
                return opened
        folder = self._generations.begin()
        self._generations.adopt(folder)
        self._generations.collect()
        marker.unlink(missing_ok=True)
        self._written = self.rebuilding = True
        return _connect(folder)

    def _break_seal(self) -> None:
        if not self._written:
            self._opened.seal.break_()
            self._written = True

    def _seal_up(self) -> None:
        opened = self._opened
        count = opened.collection.count()
        opened.close()
        if self._written and _plausible(opened.folder, count, self._dimension):
            _compact(opened.folder)
            opened.seal.make()
            self._written = self.rebuilding = False


@contextmanager
def chroma_errors(folder: Path) -> Iterator[None]:
    """Turn Chroma's errors into sentences that say what to do."""
    from chromadb.errors import ChromaError

    try:
        yield
    except BaseException as error:
        if not isinstance(error, (ChromaError, OSError, sqlite3.Error)) and not _is_panic(error):
            raise
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        if "disk is full" in said or "No space left" in said or "os error 28" in said:
            sentence = f"The disk of {folder} is full: free some space, then index again."
            raise DiskFullError(sentence) from error
        raise StorageError(f"The vector index in {folder} failed ({said}): index again.") from error


def _is_panic(error: BaseException) -> bool:
    """Whether Chroma's Rust part gave up, which is no `Exception` for Python."""
    return type(error).__name__ == "PanicException"


def _connect(folder: Path) -> _Opened:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(
        _env_file=None,
        anonymized_telemetry=False,
        is_persistent=True,
        persist_directory=str(folder),
    )
    client = chromadb.PersistentClient(str(folder), settings=settings)
    collection = client.get_or_create_collection(
        _COLLECTION,
        embedding_function=None,
        configuration={"hnsw": _HNSW},
    )
    return _Opened(folder, client, collection, _seal(folder))


def _reopen(folder: Path, dimension: int) -> _Opened | None:
    """A sealed generation, tried out and sealed again as opening it has left it; None if it is unusable."""
    opened: _Opened | None = None
    try:
        with chroma_errors(folder):
            opened = _connect(folder)
            if opened.collection.count():  # Chroma reads its index for the first question, and may die of it.
                _nearest(opened.collection, np.full(dimension, dimension**-0.5, dtype=np.float32), 1)
        opened.seal.make()
        return opened
    except Exception:  # Whatever is wrong with the files, they are made again.
        if opened is not None:
            opened.close()
        return None


def _upsert(collection: ChromaCollection, hashes: Sequence[ContentHash], vectors: Vectors) -> None:
    last = {content: row for row, content in enumerate(hashes)}
    rows = list(last.values())
    names = list(last)
    for start in range(0, len(names), _BATCH):
        portion = np.asarray(vectors[rows[start : start + _BATCH]], dtype=np.float32)
        collection.upsert(ids=[*names[start : start + _BATCH]], embeddings=portion)


def _nearest(
    collection: ChromaCollection, vector: NDArray[np.float32], k: int
) -> list[tuple[ContentHash, float]]:
    answer: Any = collection.query(
        query_embeddings=[np.asarray(vector, dtype=np.float32)], n_results=k, include=["distances"]
    )
    scored = [
        (ContentHash(content), round(1.0 - distance, _DECIMALS))
        for content, distance in zip(answer["ids"][0], answer["distances"][0], strict=True)
    ]
    return sorted(scored, key=lambda hit: (-hit[1], hit[0]))


def _compact(folder: Path) -> None:
    """Give back the space of the log, through which every vector goes once."""
    connection = sqlite3.connect(folder / "chroma.sqlite3", isolation_level=None)
    try:
        connection.execute("VACUUM")
    except sqlite3.Error:
        return
    finally:
        connection.close()


def _plausible(folder: Path, count: int, dimension: int) -> bool:
    """Whether the files have a size that so many vectors can explain.

    A damaged `link_lists.bin` can say that it is terabytes large.
    """
    most = (count + 10_000) * (dimension * 32 + 8192)
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= most


def _seal(folder: Path) -> Seal:
    return Seal(folder / _SEAL, lambda: _files(folder))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != _SEAL]


def _slug(fingerprint: Fingerprint) -> str:
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:12]
