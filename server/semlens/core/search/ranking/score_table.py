"""Ranking's sheet: its rows are candidates, its columns signals, each of which is counted for all at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath

Column = NDArray[np.float64]
"""Shape (candidates,)."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Groups(Generic[Key]):
    """Rows that have something in common."""

    keys: list[Key]
    of: NDArray[np.int64]
    """(candidates,): each row's place in `keys`."""

    def column(self, value: Callable[[Key], float]) -> Column:
        """What is said of each group, for each of its rows."""
        return self.spread(np.array([value(key) for key in self.keys], dtype=np.float64))

    def spread(self, values: Column) -> Column:
        spread: Column = values[self.of]
        return spread

    def sums(self, column: Column) -> Column:
        """(groups,): what a group's rows have together."""
        sums: Column = np.bincount(self.of, weights=column, minlength=len(self.keys)).astype(np.float64)
        return sums


def groups(keys: Sequence[Key]) -> Groups[Key]:
    places: dict[Key, int] = {}
    of = [places.setdefault(key, len(places)) for key in keys]
    return Groups(list(places), np.array(of, dtype=np.int64))


class ScoreTable:
    """The rows' scores, and the signals that they are made of."""

    def __init__(self, chunks: Sequence[StoredChunk], at_hand: Sequence[RelativePath] = ()) -> None:
        """`at_hand` are files that come first where scores are equal."""
        self.chunks = chunks
        self.files: Groups[RelativePath] = groups([chunk.path for chunk in chunks])
        self.scores: Column = np.zeros(len(chunks))
        self.shared: Column = np.zeros(len(chunks))
        """What of its score a row has in common with the other rows of its file."""
        self._columns: list[tuple[str, Column]] = []
        self._lines = np.array([chunk.start_line for chunk in chunks], dtype=np.int64)
        near = {path: place for place, path in reversed(list(enumerate(at_hand)))}
        turns = sorted(self.files.keys, key=lambda path: (near.get(path, len(near)), path))
        turn_of = {path: turn for turn, path in enumerate(turns)}
        self._turns = self.files.of
        """(candidates,): which file comes first of two whose rows have equal scores."""
        if chunks:
            self._turns = np.array([turn_of[path] for path in self.files.keys])[self.files.of]

    def add(self, name: str, values: Column, of_files: bool = False) -> None:
        """A signal that speaks for its rows, or for whole files, by what it adds to their scores."""
        values = np.maximum(values, 0.0)
        self._note(name, values)
        if of_files:
            self.shared = self.shared + values

    def multiply(self, name: str, factors: Column) -> None:
        """A signal that weighs what the others have said."""
        self._note(name, self.scores * factors - self.scores)
        self.shared = self.shared * factors

    def order(self, scores: Column) -> NDArray[np.int64]:
        """The rows, best first; ties by what is at hand, then by path and line."""
        return np.lexsort((self._lines, self._turns, -scores))

    def firsts(self) -> NDArray[np.int64]:
        """(files,): each file's best row."""
        order = self.order(self.scores)
        return order[np.unique(self.files.of[order], return_index=True)[1]]

    def parts(self, row: int) -> tuple[tuple[str, float], ...]:
        """The signals that say something of a row, with what each added."""
        return tuple((name, float(values[row])) for name, values in self._columns if values[row])

    def _note(self, name: str, values: Column) -> None:
        self._columns.append((name, values))
        self.scores = self.scores + values
