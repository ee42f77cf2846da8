"""Rank candidates: fuse the tiers, add the signals of names and files, and let no file fill the page.

To add a signal, write a function in `signals`, its weight in `weights`, and add it to the table in `rank`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from semlens.core.query.query import Query, QueryKind
from semlens.core.search.ranking import fusion, signals
from semlens.core.search.ranking.definitions import (
    Definitions,
    find_definitions,
    find_titled,
    mark,
    mentioned_definitions,
    only_definition,
    requested_definitions,
)
from semlens.core.search.ranking.inputs import Candidates, RankingContext
from semlens.core.search.ranking.score_table import Column, Ranked, ScoreTable
from semlens.core.search.ranking.weights import WEIGHTS, Weights
from semlens.core.store.records import StoredChunk


def rank(
    query: Query, candidates: Candidates, context: RankingContext, weights: Weights = WEIGHTS
) -> list[Ranked]:
    """Every candidate and definition, best first; ties by files at hand, then by path and line."""
    definitions, titled = find_definitions(query, context), find_titled(query, context)
    table = ScoreTable(_rows(candidates.chunks, {**definitions, **titled}), context.at_hand)
    word_weight = sum(context.word_weights.values())
    scores = fusion.without_crowding(candidates, weights)
    trust = fusion.trust_in_words(scores, query.kind, weights, word_weight)
    trust = max([trust, *context.literal.strengths.values()])  # what stands there is no noise
    for tier, column in fusion.shares(scores, query.kind, weights, trust).items():
        table.add(tier.value, _padded(column, len(table.chunks)))
    certain: Collection[StoredChunk] = ()
    if query.kind is QueryKind.SYMBOL or query.is_name or titled:
        requested = titled or definitions
        table.add("defines", requested_definitions(table, requested, weights))
        only = only_definition(requested)
        certain = () if only is None else (only,)
        table.add("unique", weights.only_definition * mark(table, certain))
    elif query.kind is QueryKind.TEXT:
        table.add("defines", mentioned_definitions(table, definitions, weights))
    if query.kind is QueryKind.TEXT:
        _add_prose_signals(table, context, weights, trust)
    if query.kind is not QueryKind.CODE:
        table.add("neighbours", weights.coherence * signals.file_coherence(table))
        _weigh_files(table, query, certain, weights)
    if not certain:
        table.add("literal", weights.literal * signals.literal(table, context.literal.strengths))
    holding = context.literal.holding
    return [item for item in saturated(table, weights) if not holding or item.chunk.id in holding]


def prepare_ranking(query: Query, context: RankingContext, chunks: Collection[StoredChunk]) -> None:
    """Do the slow part of `rank` for some candidates ahead of it, while another tier is awaited."""
    if query.kind is QueryKind.TEXT:
        signals.warm_up(context, chunks)


def _add_prose_signals(table: ScoreTable, context: RankingContext, weights: Weights, trust: float) -> None:
    """The signals of words, weighted by how far words are trusted."""
    table.add("path", trust * signals.path_match(table.files, context, weights), of_files=True)
    in_file = table.files.column(lambda path: context.file_scores.get(path, 0.0))
    table.add("file", trust * weights.file_words * in_file, of_files=True)
    table.add("symbol", trust * weights.symbol_meaning * signals.symbol_similarity(table, context.similarity))


def _weigh_files(table: ScoreTable, query: Query, certain: Collection[StoredChunk], weights: Weights) -> None:
    """Multiply scores by their file's role and depth, but not those of the one certain definition."""
    uncertain = mark(table, certain) == 0
    if weights.roles:
        table.multiply("role", np.where(uncertain, signals.role_and_version(table.files, query), 1.0))
    if query.kind is QueryKind.TEXT:
        depth = weights.depth ** signals.extra_depth(table.files)
        table.multiply("depth", np.where(uncertain, depth, 1.0))


def _rows(candidates: Sequence[StoredChunk], definitions: Definitions) -> list[StoredChunk]:
    """The candidates, then the definitions that no tier proposed."""
    rows = {chunk.id: chunk for chunk in candidates}
    for matches in definitions.values():
        for chunk, _ in matches:
            rows.setdefault(chunk.id, chunk)
    return list(rows.values())


def _padded(column: Column, rows: int) -> Column:
    return np.concatenate([column, np.zeros(rows - len(column))])


def saturated(table: ScoreTable, weights: Weights) -> list[Ranked]:
    """Lower the score of each further hit of a file, above all the part that the file's hits share.

    The parts of one long line have the same lines and count as one hit.
    """
    order = table.order(table.scores)
    position = np.zeros(len(order), dtype=np.int64)
    lines_of: list[dict[tuple[int, int], int]] = [{} for _ in table.files.keys]
    for row, file in zip(order.tolist(), table.files.of[order].tolist(), strict=True):
        lines = (table.chunks[row].start_line, table.chunks[row].end_line)
        position[row] = lines_of[file].setdefault(lines, len(lines_of[file]))
    own = (table.scores - table.shared) * np.power(weights.saturation, position)
    final = own + table.shared * np.power(weights.file_saturation, position)
    rows = table.order(final).tolist()
    return [Ranked(table.chunks[row], float(final[row]), table, row) for row in rows]
