"""The signals beside the tiers and definitions. Each is a function that gives a column of the score table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from semlens.core.query.query import Query
from semlens.core.search.ranking import name_match
from semlens.core.search.ranking.inputs import RankingContext, Similarity
from semlens.core.search.ranking.roles import SUPERSEDED, role_factors, superseded
from semlens.core.search.ranking.score_table import Column, Groups, Key, ScoreTable, group_by
from semlens.core.search.ranking.weights import Weights
from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath


def path_match(files: Groups[RelativePath], context: RankingContext, weights: Weights) -> Column:
    """How well the name and folder of each file match the query.

    A file whose whole name is in the query comes before a file with more in its name, which is about a
    part of the topic.
    """
    words = tuple(context.word_weights)

    def value(path: RelativePath) -> float:
        of_path = name_match.stem_and_folder(path)
        brief = weights.brief / max(1, len(name_match.stem_words(path)))
        matching = name_match.matching_words(words, of_path)
        if not matching:  # as in most
            return brief
        value = weights.path * name_match.weight_share(context.word_weights, matching) + brief
        in_stem = name_match.weight_share(context.word_weights, name_match.matching_words(words, of_path[:1]))
        if in_stem:
            whole = name_match.has_whole_stem(context.word_weights, path)
            value += weights.stem * in_stem + weights.title * whole
        return value

    return files.column(value) + weights.path_meaning * _similarity(context.similarity, files, _path_words)


def literal(table: ScoreTable, strengths: Mapping[int, float]) -> Column:
    """How far the query stands in each chunk word for word, from 0 to 1."""
    return np.array([strengths.get(chunk.id, 0.0) for chunk in table.chunks])


def symbol_similarity(table: ScoreTable, similarity: Similarity | None) -> Column:
    """How similar the names that each chunk defines are to the query in meaning, from 0 to 1."""
    names = group_by([_defined_names(chunk) for chunk in table.chunks])
    return _similarity(similarity, names, name_match.as_words)


def file_coherence(table: ScoreTable) -> Column:
    """For the best chunk of each file, the sum of the file's scores relative to the best file's sum."""
    column = np.zeros(len(table.chunks))
    sums = table.files.sums(table.scores)
    column[table.best_of_files()] = sums / (sums.max(initial=0.0) or 1.0)
    return column


def role_and_version(files: Groups[RelativePath], query: Query) -> Column:
    """A factor for each row: below 1 for tests, documents and the like, and for superseded versions."""
    factors = np.array(role_factors(files.keys, query.roles))
    older: Collection[RelativePath] = () if query.asks_for_version else superseded(files.keys)
    if older:
        factors = factors * [SUPERSEDED if path in older else 1.0 for path in files.keys]
    return files.spread(factors)


def extra_depth(files: Groups[RelativePath]) -> Column:
    """By how many folders each file lies deeper than the file that lies highest."""
    depths = np.array([path.count("/") for path in files.keys], dtype=np.float64)
    return files.spread(depths - depths.min(initial=np.inf))


def warm_up(context: RankingContext, chunks: Collection[StoredChunk]) -> None:
    """Fill the caches of `path_match` and `symbol_similarity` for these chunks."""
    paths = {chunk.path for chunk in chunks}
    words = tuple(context.word_weights)
    for path in paths:
        name_match.matching_words(words, name_match.stem_and_folder(path))
    if context.similarity is not None:
        of_chunks = (name_match.as_words(_defined_names(chunk)) for chunk in chunks)
        context.similarity([*map(_path_words, paths), *of_chunks])


def _path_words(path: RelativePath) -> str:
    return name_match.as_words(name_match.stem_and_folder(path))


def _defined_names(chunk: StoredChunk) -> tuple[str, ...]:
    if chunk.defines:
        return chunk.defines
    return (chunk.symbol.name,) if chunk.symbol else ()


def _similarity(similarity: Similarity | None, groups: Groups[Key], text: Callable[[Key], str]) -> Column:
    """The similarity of each row's group to the query, from 0 for the lowest to 1 for the highest."""
    if similarity is None or not groups.keys:
        return np.zeros(len(groups.of))
    cosines = similarity([text(key) for key in groups.keys])
    return groups.spread(_rescaled(cosines))


def _rescaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else np.zeros(len(values))
