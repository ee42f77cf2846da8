"""The chunks that define the query's names, and the signals that they give."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from semlens.core.query.query import Query
from semlens.core.search.ranking import name_match
from semlens.core.search.ranking.inputs import RankingContext
from semlens.core.search.ranking.score_table import Column, ScoreTable
from semlens.core.search.ranking.weights import Weights
from semlens.core.store.records import StoredChunk
from semlens.types import ChunkKind

_NO_CODE = frozenset({ChunkKind.PROSE, ChunkKind.IMAGE})

Matches = Sequence[tuple[StoredChunk, float]]
"""The chunks that define one name, each with its match from 0 to 1."""

Definitions = Mapping[str, Matches]
"""By the query's names, the most important first."""


def find_definitions(query: Query, context: RankingContext) -> Definitions:
    """What defines each name of the query."""
    return {name: _matches(context, name) for name in query.names}


def find_titled(query: Query, context: RankingContext) -> Definitions:
    """The code that is named by the query's whole text. A section of a document is none: it names a topic."""
    if query.title is None:
        return {}
    found = [one for one in _matches(context, query.title) if one[0].kind not in _NO_CODE]
    return {query.title: found} if found else {}


def _matches(context: RankingContext, name: str) -> Matches:
    """The chunks that define a name. If one does so in the same case, those in another case count half.

    A section of a document defines a name only if no code does: it speaks of the code.
    """
    chunks = context.definitions.get(name.lower(), ())
    code = [chunk for chunk in chunks if chunk.kind not in _NO_CODE]
    found = [(chunk, name_match.definition_match(chunk, name)) for chunk in code or chunks]
    if any(match >= name_match.AMONG_OTHERS for _, match in found):
        return [(chunk, match if match >= name_match.AMONG_OTHERS else match / 2) for chunk, match in found]
    return found


def only_definition(definitions: Definitions) -> StoredChunk | None:
    """The chunk that defines the first name within its qualifiers, if there is exactly one."""
    if not definitions:
        return None
    (_, matches), *others = definitions.items()
    exact = [chunk for chunk, match in matches if match >= name_match.AMONG_OTHERS]
    if others:
        qualifiers = [name for name, _ in others]
        exact = [chunk for chunk in exact if name_match.qualifier_match(chunk, qualifiers) == 1]
    return exact[0] if len(exact) == 1 else None


def requested_definitions(table: ScoreTable, definitions: Definitions, weights: Weights) -> Column:
    """A signal for the chunks that define the requested name; those of its qualifiers get half of it."""
    qualifiers = list(definitions)[1:]

    def value(position: int, name: str, chunk: StoredChunk) -> float:
        enclosed = 0.0 if position else name_match.qualifier_match(chunk, qualifiers)
        return weights.definition * (
            1 + weights.named_file * _stem_match(chunk, name) + weights.qualified * enclosed
        )

    return _column(table, definitions, value)


def mentioned_definitions(table: ScoreTable, definitions: Definitions, weights: Weights) -> Column:
    """A signal for the chunks that define a name that prose mentions."""

    def value(position: int, name: str, chunk: StoredChunk) -> float:
        return weights.mentioned_definition * (1 + weights.named_file * _stem_match(chunk, name))

    return _column(table, definitions, value)


def mark(table: ScoreTable, chunks: Collection[StoredChunk]) -> Column:
    """1 for the rows of `chunks`, 0 for the others."""
    ids = {chunk.id for chunk in chunks}
    return np.array([float(chunk.id in ids) for chunk in table.chunks])


def _column(
    table: ScoreTable, definitions: Definitions, value: Callable[[int, str, StoredChunk], float]
) -> Column:
    column = np.zeros(len(table.chunks))
    rows = {chunk.id: row for row, chunk in enumerate(table.chunks)} if definitions else {}
    for position, (name, matches) in enumerate(definitions.items()):
        for chunk, match in matches:
            column[rows[chunk.id]] += value(position, name, chunk) / (1 + position) * match
    return column


def _stem_match(chunk: StoredChunk, name: str) -> float:
    """1 if the name stands in the stem of the chunk's file, else 0."""
    return name_match.matched_share({name.lower(): 1.0}, name_match.stem_and_folder(chunk.path)[:1])
