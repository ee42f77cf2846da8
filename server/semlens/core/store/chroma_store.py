"""Nearest neighbours of deep vectors, by Chroma; no kill and no damage breaks it for good.

Chroma's files are derived: they can be rebuilt from the vector cache at any time. They are rebuilt if the
last process did not close them cleanly, or died while it opened them. The files of a killed writer may crash
the process that opens them, so unsealed files are never opened.
The store holds vectors and content hashes, never source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.chroma_client import (
    OpenCollection,
    Vectors,
    chroma_errors,
    compact,
    connect,
    has_plausible_size,
    nearest,
    reopen,
    seal_of,
    upsert,
)
from semlens.core.store.generations import Generations
from semlens.core.store.shared_lock import SharedLock
from semlens.errors import StorageError
from semlens.private_files import discard, write_private
from semlens.types import ContentHash, Fingerprint

FORMAT_VERSION = 2
"""Version of the collection's configuration; files of another version are rebuilt."""

LoadVectors = Callable[[], Iterable[tuple[Sequence[ContentHash], Vectors]]]
"""Yields every vector that belongs in a store, in batches: n hashes with vectors of shape (n, dimension)."""

_OPENING = "OPENING"
_PAGE = 10_000
"""Ids read at once; Chroma fails somewhere between 30,000 and 40,000."""


class ChromaStore:
    """The deep vectors of one model, by content hash. Safe for many threads."""

    def __init__(self, root: Path, fingerprint: Fingerprint, dimension: int) -> None:
        """Open the store of a model below `root`, or begin an empty one (`rebuilding`) if it is not sound.

        Raises `StorageError` if no store can be kept there.
        """
        self._dimension = dimension
        self._generations = Generations(root / _slug(fingerprint), f"v{FORMAT_VERSION}-{dimension}")
        self._lock = SharedLock()
        self._written = self._closed = False
        self.rebuilding = False
        """Whether the store began empty and has not been sealed yet."""
        self._state = object()
        """Another one after each change."""
        self._counted: tuple[object, int] | None = None
        """How many vectors the collection had in a state."""
        self._opened = self._open()

    def count(self) -> int:
        """The number of vectors."""
        with self._in_use():
            return self._count()

    def _count(self) -> int:
        """Cached, because Chroma takes milliseconds to count, and every query needs the count."""
        state, counted = self._state, self._counted
        if counted is None or counted[0] is not state:
            # A change meanwhile makes another state, for which this count is none.
            self._counted = counted = state, int(self._opened.collection.count())
        return counted[1]

    def ids(self) -> set[ContentHash]:
        """The content hash of every vector."""
        with self._in_use():
            collection = self._opened.collection
            found: set[ContentHash] = set()
            for offset in range(0, collection.count(), _PAGE):
                page = collection.get(include=[], limit=_PAGE, offset=offset)
                found.update(map(ContentHash, page["ids"]))
            return found

    def vectors(self, hashes: Sequence[ContentHash]) -> tuple[list[ContentHash], NDArray[np.float32]]:
        """The stored ones of at most 10,000 `hashes`, with their vectors, shape (n, dimension)."""
        with self._in_use():
            found = self._opened.collection.get(ids=[*hashes], include=["embeddings"])
            made = np.asarray(found["embeddings"], dtype=np.float32).reshape(-1, self._dimension)
            return list(map(ContentHash, found["ids"])), made

    def add(self, hashes: Sequence[ContentHash], vectors: Vectors) -> None:
        """Insert or replace vectors, shape (n, dimension). Raises `ValueError` on other shapes."""
        if len(hashes) != len(vectors) or (len(hashes) and vectors.shape[1] != self._dimension):
            raise ValueError(f"{vectors.shape} vectors for {len(hashes)} hashes, dimension {self._dimension}")
        with self._in_use():
            self._break_seal()
            try:
                upsert(self._opened.collection, hashes, vectors)
            finally:
                self._state = object()

    def query(self, vector: NDArray[np.float32], k: int) -> list[tuple[ContentHash, float]]:
        """At most `k` nearest contents with their cosine similarity, best first, ties by hash.

        :param vector: shape (dimension,)
        """
        with self._in_use():
            collection = self._opened.collection
            k = min(k, self._count())
            return nearest(collection, vector, k) if k > 0 else []

    @property
    def lost(self) -> bool:
        """Whether files of the open collection were deleted or cut, or have grown out of all proportion.

        Raises `StorageError`.
        """
        with self._lock.shared(), chroma_errors(self._generations.root):
            if self._closed:
                return False
            opened = self._opened
            return opened.files_lost() or not has_plausible_size(
                opened.folder, self._count(), self._dimension
            )

    def keep_current(self) -> None:
        """Name the open collection as the current one again, if that was lost. Raises `StorageError`."""
        with self._lock.shared():
            if not self._closed:
                self._generations.keep_current(self._opened.folder)

    def checkpoint(self) -> None:
        """Seal what was written, so that a later kill loses nothing.

        This closes and reopens the collection (0.1 s at 20,000 vectors): call it when idle.
        """
        with self._lock.exclusive(), chroma_errors(self._generations.root):
            if self._written and not self._closed:
                self._closed = True  # If the reopen fails, the store stays closed.
                self._close_and_seal()
                self._opened = self._open()
                self._closed = False

    def rebuild(self, load: LoadVectors, check: Callable[[], None] = lambda: None) -> None:
        """Build a new generation while the current one answers, then swap them.

        Vectors that are added during the rebuild are lost: compare `ids` afterwards.

        :param check: called between batches; it may raise to stop the rebuild
        """
        folder = self._generations.create()
        try:
            with chroma_errors(folder), closing(connect(folder)) as fresh:
                for hashes, vectors in load():
                    check()
                    upsert(fresh.collection, hashes, vectors)
            compact(folder)
            fresh.seal.make()
        except BaseException:
            discard(folder)
            raise
        with self._lock.exclusive(), chroma_errors(folder):
            self._closed = True
            self._opened.close()
            self._generations.make_current(folder)
            self._written = self.rebuilding = False
            self._opened = self._open()
            self._closed = False

    def close(self) -> None:
        """Close and seal; a second call does nothing."""
        with self._lock.exclusive(), chroma_errors(self._generations.root):
            if not self._closed:
                self._closed = True
                self._close_and_seal()

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        with self._lock.shared(), chroma_errors(self._generations.root):
            if self._closed:
                raise StorageError(f"The vector index in {self._generations.root} is closed: index again.")
            yield

    def _open(self) -> OpenCollection:
        self._state = object()
        marker = self._generations.root / _OPENING
        folder = self._generations.current()
        if folder is not None and not marker.exists() and seal_of(folder).intact():
            write_private(marker, b"")
            opened = reopen(folder, self._dimension)
            discard(marker)
            if opened is not None:
                self._generations.remove_stale()
                return opened
        folder = self._generations.create()
        self._generations.make_current(folder)
        self._generations.remove_stale()
        discard(marker)
        self._written = self.rebuilding = True
        with chroma_errors(folder):
            return connect(folder)

    def _break_seal(self) -> None:
        if not self._written:
            self._opened.seal.break_()
            self._written = True

    def _close_and_seal(self) -> None:
        opened = self._opened
        lost = opened.files_lost()
        try:
            count = 0 if lost else opened.collection.count()
        finally:
            opened.close()
        if self._written and not lost and has_plausible_size(opened.folder, count, self._dimension):
            compact(opened.folder)
            opened.seal.make()
            self._written = self.rebuilding = False


def _slug(fingerprint: Fingerprint) -> str:
    """A folder name for a model."""
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:12]
