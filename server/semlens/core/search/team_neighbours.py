"""The pieces that a team's server finds nearest to one question, joined with those of the local store."""

from __future__ import annotations

import logging
from concurrent import futures

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.team.shared_index import Neighbours, SharedIndex
from semlens.errors import SemlensError

log = logging.getLogger(__name__)

SPARE = 50
"""Neighbours that are asked for beyond those wanted, in place of those that the checkout lacks."""

MOST = 1000
"""Neighbours of a question with a scope: ten milliseconds of the server's, and 45 kB."""

COUNTED = 20
"""The server's nearest pieces of which it is said how many the checkout lacks: more are on no first page."""


class TeamNeighbours:
    """Asks the team's server for one question, and waits for it within a time."""

    def __init__(self, index: FolderIndex, shared: SharedIndex, seconds: float) -> None:
        """:param seconds: the most to wait once the local store has answered"""
        self._index = index
        self._shared = shared
        self._seconds = seconds
        self._answer: futures.Future[Neighbours] | None = None
        self.late = False
        """Whether the server's answer is still to come: the same question gets it later."""
        self.absent = 0
        """How many of the server's `COUNTED` nearest pieces are not in the checkout."""

    def ask(self, vector: NDArray[np.float32], most: int) -> None:
        """Ask, without waiting.

        :param vector: the question's, shape (dimension,)
        :param most: how many neighbours the question is to get
        """
        self._answer = self._shared.ask(vector, min(most + SPARE, MOST))
        self.late = self._answer is None and self._shared.busy and self._shared.patience

    def joined(self, local: Neighbours, most: int) -> Neighbours:
        """The nearest of the local store and of the server, at most `most`; the local similarity counts.

        Those that the checkout lacks are left out. Without an answer in time, `local`.
        """
        found = self._awaited()
        here = set(self._index.contents.present([content for content, _ in found]))
        self.absent = sum(content not in here for content, _ in found[:COUNTED])
        near = {content: score for content, score in found if content in here} | dict(local)
        return sorted(near.items(), key=lambda one: (-one[1], one[0]))[:most]

    def _awaited(self) -> Neighbours:
        if self._answer is None:
            return ()
        try:
            return self._answer.result(self._seconds if self._shared.patience else 0.0)
        except futures.TimeoutError:
            self.late = self._shared.patience
        except SemlensError as problem:
            log.info("the team's server does not answer a question: %s", problem)
        return ()
