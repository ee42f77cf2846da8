"""The index on the team's server that questions about one workspace's folder are asked of, if it has one."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.index.team_vectors import made_here
from semlens.core.team.shared_index import SharedIndex
from semlens.types import CancelToken, ContentHash

_dice = random.SystemRandom()


class TeamIndex:
    """Opens the shared index of the team in use. Safe for many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._opened: tuple[FolderIndex, SharedIndex] | None = None

    def of(self, index: FolderIndex) -> SharedIndex | None:
        """The shared index for an open `index`; None if the user does not have its folder searched there."""
        link = index.models.team
        searched, team = link.searched(index.root), link.team
        with self._guard:
            if searched is None or team is None:
                self._opened = None
                return None
            if self._opened is not None:
                known, shared = self._opened
                same = shared.team is team and shared.model.repository == searched.repository
                if known is index and same:
                    return shared
            model = replace(index.models.team_model, repository=searched.repository)
            shared = SharedIndex(team, model, _Checkout(index))
            self._opened = index, shared
            return shared


class _Checkout:
    """The code of an index, for `SharedIndex`."""

    def __init__(self, index: FolderIndex) -> None:
        self._index = index

    def present(self, contents: Sequence[ContentHash]) -> list[ContentHash]:
        return self._index.contents.present(contents)

    def sample(self, most: int) -> list[ContentHash]:
        contents = list(self._index.contents.every())
        return contents if len(contents) <= most else _dice.sample(contents, most)

    def embed(self, contents: Sequence[ContentHash]) -> NDArray[np.float32]:
        return made_here(self._index, contents, CancelToken())
