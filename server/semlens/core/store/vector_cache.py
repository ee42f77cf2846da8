"""The vector cache that all workspaces share: it recovers when its file is damaged while in use."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.layout import disk_usage, other_vectors
from semlens.core.store.quantized import Codes
from semlens.core.store.vector_table import VectorTable, open_or_salvage
from semlens.errors import DamagedIndexError, StorageError
from semlens.types import ContentHash, Fingerprint

log = logging.getLogger(__name__)

T = TypeVar("T")


class VectorCache:
    """Vectors by model fingerprint and content hash, in the `VectorTable` at `path`. Safe for many threads.

    A damaged table is replaced by a new one with every row that can be salvaged. Each method raises
    `StorageError` if the new one is damaged too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._replacing = threading.Lock()
        self.replaced = 0
        """How often a damaged table was replaced: vectors may be missing that were there before."""
        self._table = self._open()

    def get(
        self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]
    ) -> dict[ContentHash, NDArray[np.float16]]:
        """As `VectorTable.get`."""
        keys = list(hashes)  # A retry reads them again.
        return self._use(lambda table: table.get(fingerprint, keys))

    def get_codes(self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]) -> dict[ContentHash, Codes]:
        """As `VectorTable.get_codes`."""
        keys = list(hashes)
        return self._use(lambda table: table.get_codes(fingerprint, keys))

    def missing(self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]) -> list[ContentHash]:
        """As `VectorTable.missing`."""
        keys = list(hashes)
        return self._use(lambda table: table.missing(fingerprint, keys))

    def put(
        self,
        fingerprint: Fingerprint,
        hashes: Sequence[ContentHash],
        vectors: NDArray[np.float16] | NDArray[np.float32] | Codes,
    ) -> None:
        """As `VectorTable.put`."""
        self._use(lambda table: table.put(fingerprint, hashes, vectors))

    def collect_garbage(
        self, keep: Mapping[Fingerprint, Collection[ContentHash]], max_bytes: int | None = None
    ) -> int:
        """As `VectorTable.collect_garbage`."""
        return self._use(lambda table: table.collect_garbage(keep, max_bytes=max_bytes))

    def sizes(self) -> dict[Fingerprint, tuple[int, int]]:
        """As `VectorTable.sizes`."""
        return self._use(lambda table: table.sizes())

    def remove(self, fingerprints: Sequence[Fingerprint]) -> int:
        """As `VectorTable.remove`."""
        return self._use(lambda table: table.remove(fingerprints))

    @property
    def notice(self) -> str | None:
        """A sentence for the user if other versions of Semlens have left their vectors, which take space."""
        kept = other_vectors(self._path.parent)
        if not kept:
            return None
        size = sum(disk_usage(path) for path in kept)
        names = " and ".join(map(str, kept))
        return (
            f"Vectors of another version of Semlens are kept, {size / 1e6:,.0f} MB: "
            f"delete {names} if you do not go back to that version."
        )

    def put_back(self) -> bool:
        """As `SqliteFile.put_back`, but that a table that was cut is replaced like any damaged one."""
        return self._use(lambda table: table.put_back())

    def close(self) -> None:
        """Close the table."""
        self._table.close()

    def _use(self, work: Callable[[VectorTable], T]) -> T:
        table = self._table
        try:
            return work(table)
        except DamagedIndexError:
            with self._replacing:
                if self._table is table:
                    table.close()
                    self._table = self._open()
                    self.replaced += 1
        try:
            return work(self._table)
        except DamagedIndexError as error:
            sentence = f"{self._path} is damaged beyond repair: delete it, then index again."
            raise StorageError(sentence) from error

    def _open(self) -> VectorTable:
        table, notice = open_or_salvage(self._path)
        if notice:
            log.warning(notice)
        return table
