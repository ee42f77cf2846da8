"""Chunks and symbols as tables: a NumPy array for each column, all of the same length."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from attrs import asdict
from numpy.typing import NDArray

from semlens.protocol.data import IndexedChunk, IndexedSymbol

T = TypeVar("T", bound="_Table")

Column = NDArray[Any]

_NUMBERS = frozenset({"start_line", "end_line"})


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Columns of one length. `table[rows]` takes rows by a slice, a mask or an array of numbers."""

    def __len__(self) -> int:
        return len(next(iter(self.columns().values())))

    def __getitem__(self: T, rows: slice | Sequence[int] | NDArray[Any]) -> T:
        return type(self)(**{name: column[rows] for name, column in self.columns().items()})

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} rows: {', '.join(self.columns())})"

    def columns(self) -> dict[str, Column]:
        """The columns by their names, for example for `pandas.DataFrame`."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each row as a dictionary of plain values, which JSON takes."""
        columns = {name: column.tolist() for name, column in self.columns().items()}
        for values in zip(*columns.values(), strict=True):
            yield dict(zip(columns, values, strict=True))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Chunks(_Table):
    """The chunks of an index, by file and line. Lines count from 1, and `end_line` is the last of a chunk."""

    path: Column
    """Relative to the folder, with forward slashes."""
    start_line: Column
    end_line: Column
    language: Column
    kind: Column
    """`definition`, `group`, `outline`, `prose` or `lines`."""
    symbol: Column
    """The dotted name of the definition that the chunk holds or lies in; empty if there is none."""
    symbol_kind: Column
    """`function`, `method`, `class` and so on, or empty."""
    signature: Column
    docstring: Column
    text: Column
    embedded_text: Column
    """What the models embed: the code and its context, without the path."""
    content_hash: Column
    """Of `embedded_text`."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Symbols(_Table):
    """The named definitions of an index, by file and line."""

    path: Column
    name: Column
    kind: Column
    """`function`, `method`, `class`, `section` and so on."""
    container: Column
    """The dotted names of the definitions around it, or empty."""
    start_line: Column
    end_line: Column
    language: Column


def chunks_of(items: Iterable[IndexedChunk]) -> Chunks:
    """The table of some chunks."""
    return Chunks(**_columns(Chunks, [asdict(item) for item in items]))


def symbols_of(items: Iterable[IndexedSymbol]) -> Symbols:
    """The table of some symbols."""
    return Symbols(**_columns(Symbols, [asdict(item) for item in items]))


def _columns(kind: type[_Table], rows: Sequence[dict[str, Any]]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for field in dataclasses.fields(kind):
        values = np.empty(len(rows), np.int64 if field.name in _NUMBERS else object)
        values[:] = [row[field.name] for row in rows]
        columns[field.name] = values
    return columns
