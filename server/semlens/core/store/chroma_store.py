"""Nearest neighbours of deep vectors by ChromaDB, which no kill and no damage can break for good.

Chroma's files are derived: they can be made again from the cache of vectors at any time, and
they are, whenever their last owner did not close them cleanly or died while opening them.
A killed writer may leave files that crash whoever opens them, so nothing unsealed is opened.
It keeps vectors and content hashes, never source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.chroma import (
    Opened,
    Vectors,
    chroma_errors,
    compact,
    connect,
    nearest,
    plausible,
    reopen,
    seal_of,
    upsert,
)
from semlens.core.store.generations import Generations
from semlens.core.store.layout import discard, disk_usage, write_private
from semlens.core.store.shared_lock import SharedLock
from semlens.errors import StorageError
from semlens.types import ContentHash, Fingerprint

FORMAT_VERSION = 2
"""Of the collection's configuration; files of another version are made again."""

Load = Callable[[], Iterable[tuple[Sequence[ContentHash], Vectors]]]
"""Everything that belongs in a store, in portions."""

_OPENING = "OPENING"
_PAGE = 10_000
"""Ids read at once; Chroma fails somewhere between 30,000 and 40,000."""


class ChromaStore:
    """The vectors of one model in `root`. Any number of threads may add and ask."""

    def __init__(self, root: Path, fingerprint: Fingerprint, dimension: int) -> None:
        """Open the store if it is sound, else start an empty one in its place (`rebuilding` says so)."""
        self._dimension = dimension
        self._generations = Generations(root / _slug(fingerprint), f"v{FORMAT_VERSION}-{dimension}")
        self._gate = SharedLock()
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
                upsert(self._opened.collection, hashes, vectors)
            finally:
                self._counted = None

    def query(self, vector: NDArray[np.float32], k: int) -> list[tuple[ContentHash, float]]:
        """The `k` nearest contents with their cosine similarity, best first, ties by hash."""
        with self._using():
            collection = self._opened.collection
            k = min(k, self._count())
            return nearest(collection, vector, k) if k > 0 else []

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

        `check` is asked between portions and may raise. What `add` changes in_background is
        lost: compare `ids` afterwards.
        """
        folder = self._generations.begin()
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

    def _open(self) -> Opened:
        self._counted = None
        marker = self._generations.root / _OPENING
        folder = self._generations.current()
        if folder is not None and not marker.exists() and seal_of(folder).intact():
            write_private(marker, b"")
            opened = reopen(folder, self._dimension)
            marker.unlink()
            if opened is not None:
                self._generations.collect()
                return opened
        folder = self._generations.begin()
        self._generations.adopt(folder)
        self._generations.collect()
        marker.unlink(missing_ok=True)
        self._written = self.rebuilding = True
        return connect(folder)

    def _break_seal(self) -> None:
        if not self._written:
            self._opened.seal.break_()
            self._written = True

    def _seal_up(self) -> None:
        opened = self._opened
        count = opened.collection.count()
        opened.close()
        if self._written and plausible(opened.folder, count, self._dimension):
            compact(opened.folder)
            opened.seal.make()
            self._written = self.rebuilding = False


def _slug(fingerprint: Fingerprint) -> str:
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:12]
