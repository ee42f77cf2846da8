"""Have the transformer read the first candidates of a question that it has not read yet.

While the deep tier is being filled, the page that a user sees would else be in the order of words alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.deep_tier import vectors_now
from semlens.core.index.folder import FolderIndex
from semlens.core.search.candidates import CandidatePool
from semlens.core.search.ranking import Ranked
from semlens.errors import SemlensError
from semlens.types import ContentHash

log = logging.getLogger(__name__)

FIRST = 10
"""The contents that are read: those of a first page."""


class FirstReader:
    """Reads contents for one question within a time."""

    def __init__(self, index: FolderIndex, seconds: float) -> None:
        self._index = index
        self._seconds = seconds
        self._read_now: set[ContentHash] = set()
        self.left: set[ContentHash] = set()
        """The contents of the first page that there was no time for."""

    def order(
        self,
        order: Callable[[], list[Ranked]],
        pool: CandidatePool,
        question: NDArray[np.float32],
    ) -> list[Ranked]:
        """The candidates by `order`, once the first of them are read; those that come up by that too.

        :param order: ranks the candidates of `pool`
        :param question: its deep vector, shape (dimensions,)
        """
        ranked = order()
        asked = pool.deep_contents  # of the store, or of the team's server
        scored = frozenset(asked)
        while unread := [key for key in self._unread(ranked) if key not in asked]:
            asked.update(unread)
            vectors = self._read(unread)
            if not vectors:
                break
            pool.add_deep_scores({key: float(vector @ question) for key, vector in vectors.items()})
            ranked = order()
        self.left = set(self._unread(ranked)) - self._read_now - scored
        return ranked

    def _unread(self, ranked: Sequence[Ranked]) -> list[ContentHash]:
        contents: dict[ContentHash, None] = {}
        for one in ranked:
            contents[one.chunk.content_hash] = None
            if len(contents) == FIRST:
                break
        return self._index.deep.lacking(contents)

    def _read(self, contents: Sequence[ContentHash]) -> dict[ContentHash, NDArray[np.float32]]:
        started = time.perf_counter()
        try:
            vectors = vectors_now(self._index, contents, self._seconds)
        except SemlensError as error:  # No query fails because a tier is not there.
            log.info("the first hits are not read: %s", error)
            return {}
        self._seconds = max(0.0, self._seconds - (time.perf_counter() - started))
        self._read_now.update(vectors)
        return vectors
