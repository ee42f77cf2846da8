"""Rank for a long text: what its parts find, and the names and files that it mentions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import Query
from semlens.core.query.report import Report
from semlens.core.search.named_files import NamedFile, named_files
from semlens.core.search.options import SearchOptions
from semlens.core.search.ranking import Ranked, saturated
from semlens.core.search.ranking.name_match import AMONG_OTHERS, definition_match
from semlens.core.search.ranking.score_table import Column, ScoreTable
from semlens.core.search.ranking_context import defining_chunks
from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath

_CANDIDATES = 200
"""Of each part."""

_NAMES = 1.0
_FILES = 1.0
"""The weight of the names and of the files that are mentioned, as much as of each part that is asked."""

_LINES = 0.3
"""For a chunk with a line that is named: it may have moved since."""

_OF_FILE = 0.85
"""The share of each signal that counts for all of a file: a fault is seldom in the lines that look like the
text that reports it."""


def title_of(query: Query, report: Report) -> Query | None:
    """The query for a report's title alone; None if the report has nothing else."""
    return None if report.title == report.gist else replace(query, text=report.title, report=None)


def rank_report(
    index: FolderIndex,
    query: Query,
    report: Report,
    parts: Mapping[str, Sequence[Ranked]],
    options: SearchOptions,
) -> list[Ranked]:
    """The candidates of all parts and what is mentioned, best first. Raises `StorageError`."""
    defining = _defining(index, report.names)
    places = report.places
    files = named_files((path for path, _ in index.reader.files.languages()), places) if places else {}
    found = {one.chunk.id: one.chunk for ranked in parts.values() for one in ranked[:_CANDIDATES]}
    found |= {chunk.id: chunk for chunks in defining.values() for chunk in chunks}
    found |= _chunks_of(index, files, {chunk.path for chunk in found.values()})
    admits = query.scope_filter.admits
    rows = [chunk for chunk in found.values() if admits(chunk.path, chunk.language)]
    table = ScoreTable(rows, options.at_hand)
    for name, ranked in parts.items():
        _add(table, name, _relative(table, {one.chunk.id: one.score for one in ranked[:_CANDIDATES]}))
    _add(table, "names", _NAMES * _relative(table, _name_scores(report.names, defining)))
    most = max((file.weight for file in files.values()), default=1.0)
    named = table.files.column(lambda path: files[path].weight / most if path in files else 0.0)
    table.add("files", _FILES * named, of_files=True)
    table.add("lines", _LINES * np.array([float(_has_named_line(chunk, files)) for chunk in rows]))
    return saturated(table, options.weights)


def _add(table: ScoreTable, name: str, column: Column) -> None:
    """Add a signal for chunks, most of which counts for their files."""
    best = np.zeros(len(table.files.keys))
    np.maximum.at(best, table.files.of, column)
    table.add(name, (1 - _OF_FILE) * column)
    table.add(f"{name} of file", _OF_FILE * table.files.spread(best), of_files=True)


def _relative(table: ScoreTable, scores: Mapping[int, float]) -> Column:
    """The score of each row, by the ids of chunks, relative to the best."""
    most = max(scores.values(), default=0.0) or 1.0
    return np.array([scores.get(chunk.id, 0.0) / most for chunk in table.chunks])


def _defining(index: FolderIndex, names: Collection[str]) -> dict[str, list[StoredChunk]]:
    """The chunks that define each name, in this case."""
    found = defining_chunks(index, names)
    return {
        name: [chunk for chunk in found[name.lower()] if definition_match(chunk, name) >= AMONG_OTHERS]
        for name in names
    }


def _name_scores(
    names: Mapping[str, float], defining: Mapping[str, Sequence[StoredChunk]]
) -> dict[int, float]:
    """For each chunk the weight of the names that its file defines; a name of several files is shared."""
    of_files: dict[RelativePath, float] = defaultdict(float)
    for name, weight in names.items():
        paths = {chunk.path for chunk in defining[name]}
        for path in paths:
            of_files[path] += weight / len(paths)
    return {chunk.id: of_files[chunk.path] for chunks in defining.values() for chunk in chunks}


def _chunks_of(
    index: FolderIndex, files: Mapping[RelativePath, NamedFile], known: set[RelativePath]
) -> dict[int, StoredChunk]:
    """The chunks with the named lines, and the first one of a named file that has no other candidate."""
    found: dict[int, StoredChunk] = {}
    for path, file in files.items():
        if path in known and not file.lines:
            continue
        chunks = index.reader.chunks.of_file(path)
        wanted = [chunk for chunk in chunks if _has_named_line(chunk, files)]
        if not wanted and path not in known:
            wanted = chunks[:1]
        found |= {chunk.id: chunk for chunk in wanted}
    return found


def _has_named_line(chunk: StoredChunk, files: Mapping[RelativePath, NamedFile]) -> bool:
    file = files.get(chunk.path)
    return file is not None and any(chunk.start_line <= line <= chunk.end_line for line in file.lines)
