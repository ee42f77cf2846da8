"""The table that ranking fills: a row for each candidate, a column for each signal."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.records import StoredChunk
from semlens.types import Reason, RelativePath

Column = NDArray[np.float64]
"""Shape (candidates,)."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Groups(Generic[Key]):
    """Rows grouped by a key that they share, such as their file."""

    keys: list[Key]
    of: NDArray[np.int64]
    """Shape (candidates,): the position of each row's key in `keys`."""

    def column(self, value: Callable[[Key], float]) -> Column:
        """The value of each row's key, computed once a key. Shape (candidates,)."""
        return self.spread(np.array([value(key) for key in self.keys], dtype=np.float64))

    def spread(self, values: NDArray[np.float64]) -> Column:
        """Values of shape (keys,) as a column of shape (candidates,)."""
        spread: Column = values[self.of]
        return spread

    def sums(self, column: Column) -> NDArray[np.float64]:
        """The sum of each group's rows, shape (keys,)."""
        sums: Column = np.bincount(self.of, weights=column, minlength=len(self.keys)).astype(np.float64)
        return sums


def group_by(keys: Sequence[Key]) -> Groups[Key]:
    """Group rows by `keys`, one a row, in the order in which the keys first occur."""
    positions: dict[Key, int] = {}
    of = [positions.setdefault(key, len(positions)) for key in keys]
    return Groups(list(positions), np.array(of, dtype=np.int64))


class ScoreTable:
    """The scores of candidates, and the signals that add up to them."""

    def __init__(self, chunks: Sequence[StoredChunk], at_hand: Sequence[RelativePath] = ()) -> None:
        """`chunks` are the rows. `at_hand` are files that come first where scores are equal."""
        self.chunks = chunks
        self.files: Groups[RelativePath] = group_by([chunk.path for chunk in chunks])
        self.scores: Column = np.zeros(len(chunks))
        self.shared: Column = np.zeros(len(chunks))
        """The part of each score that the rows of one file have in common."""
        self._signals: list[tuple[str, Column]] = []
        self._lines = np.array([chunk.start_line for chunk in chunks], dtype=np.int64)
        self._at_hand = at_hand
        self._file_order = _file_order(self.files, at_hand)

    def extended(self, chunks: Sequence[StoredChunk]) -> ScoreTable:
        """This table with further rows behind its own, for which no signal speaks."""
        table = ScoreTable([*self.chunks, *chunks], self._at_hand)
        rows = (0, len(chunks))
        table.scores, table.shared = np.pad(self.scores, rows), np.pad(self.shared, rows)
        table._signals = [(name, np.pad(values, rows)) for name, values in self._signals]
        return table

    def add(self, name: str, values: Column, of_files: bool = False) -> None:
        """Add a signal to the scores; negative values count as 0. `of_files`: it speaks for whole files."""
        values = np.maximum(values, 0.0)
        self._record(name, values)
        if of_files:
            self.shared = self.shared + values

    def multiply(self, name: str, factors: Column) -> None:
        """Multiply the scores so far. The signal's value is the difference."""
        self._record(name, self.scores * factors - self.scores)
        self.shared = self.shared * factors

    def order(self, scores: Column) -> NDArray[np.int64]:
        """Row numbers, the highest score first; ties by files at hand, then by path and line."""
        return np.lexsort((self._lines, self._file_order, -scores))

    def best_of_files(self) -> NDArray[np.int64]:
        """The row number of each file's best row, shape (files,)."""
        order = self.order(self.scores)
        return order[np.unique(self.files.of[order], return_index=True)[1]]

    def signals(self, row: int) -> tuple[tuple[str, float], ...]:
        """The name and value of each signal that is not 0 for a row, in the order of adding."""
        return tuple((name, float(values[row])) for name, values in self._signals if values[row])

    def best(self, name: str) -> float:
        """The highest value of a signal, 0 if it was not added."""
        return max(
            (float(values.max(initial=0.0)) for one, values in self._signals if one == name), default=0.0
        )

    def _record(self, name: str, values: Column) -> None:
        self._signals.append((name, values))
        self.scores = self.scores + values


class Ranked(NamedTuple):
    """A candidate with its final score."""

    chunk: StoredChunk
    score: float
    table: ScoreTable
    row: int

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The signals that made the score, with the value of each."""
        return tuple(Reason(name, value) for name, value in self.table.signals(self.row))


def _file_order(files: Groups[RelativePath], at_hand: Sequence[RelativePath]) -> NDArray[np.int64]:
    """The rank of each row's file among equal scores: files at hand in their order, then by path."""
    if not files.keys:
        return files.of
    priority = {path: position for position, path in reversed(list(enumerate(at_hand)))}
    in_order = sorted(files.keys, key=lambda path: (priority.get(path, len(priority)), path))
    rank_of = {path: rank for rank, path in enumerate(in_order)}
    return np.array([rank_of[path] for path in files.keys])[files.of]
