"""The cache of vectors as everybody uses it: opened again, with what can be saved, when it breaks in use."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.quantized import Codes
from semlens.core.store.vectors import VectorCache, open_or_salvage
from semlens.errors import DamagedIndexError, StorageError
from semlens.types import ContentHash, Fingerprint

log = logging.getLogger(__name__)

T = TypeVar("T")


class SharedVectors:
    """The `VectorCache` at `path`, for many threads and for as long as the process lives."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._replacing = threading.Lock()
        self._cache = self._open()

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return self._cache.size

    def get(
        self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]
    ) -> dict[ContentHash, NDArray[np.float16]]:
        asked = list(hashes)
        return self._use(lambda cache: cache.get(fingerprint, asked))

    def get_codes(self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]) -> dict[ContentHash, Codes]:
        asked = list(hashes)
        return self._use(lambda cache: cache.get_codes(fingerprint, asked))

    def put(
        self,
        fingerprint: Fingerprint,
        hashes: Sequence[ContentHash],
        vectors: NDArray[np.float16] | NDArray[np.float32] | Codes,
    ) -> None:
        self._use(lambda cache: cache.put(fingerprint, hashes, vectors))

    def collect(
        self, keep: Mapping[Fingerprint, Collection[ContentHash]], max_bytes: int | None = None
    ) -> int:
        """As `VectorCache.collect`."""
        return self._use(lambda cache: cache.collect(keep, max_bytes=max_bytes))

    def close(self) -> None:
        self._cache.close()

    def _use(self, work: Callable[[VectorCache], T]) -> T:
        cache = self._cache
        try:
            return work(cache)
        except DamagedIndexError:
            with self._replacing:
                if self._cache is cache:
                    cache.close()
                    self._cache = self._open()
        try:
            return work(self._cache)
        except DamagedIndexError as error:
            sentence = f"{self._path} is damaged beyond repair: delete it, then index again."
            raise StorageError(sentence) from error

    def _open(self) -> VectorCache:
        cache, notice = open_or_salvage(self._path)
        if notice:
            log.warning(notice)
        return cache
