"""The order of hits: fused tiers, then names, paths and whole files, then one file does not fill the page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from semlens.core.files.role import SUPERSEDED, role_factors, superseded
from semlens.core.query import terms
from semlens.core.query.query import Query, QueryKind
from semlens.core.search.ranking import fusion, names
from semlens.core.search.ranking.candidate import Candidates, Ranked
from semlens.core.search.ranking.context import Meaning, RankingContext
from semlens.core.search.ranking.score_table import Column, Groups, Key, ScoreTable, groups
from semlens.core.search.ranking.weights import WEIGHTS, Weights
from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath

Defining = Sequence[tuple[StoredChunk, float]]
"""The chunks that define a name, by how exactly."""


def rank(
    question: Query, candidates: Candidates, evidence: RankingContext, weights: Weights = WEIGHTS
) -> list[Ranked]:
    """Every candidate, best first; ties by what is at hand, then by path and line."""
    text, kind = question.text, question.kind
    named = _named(question, evidence)
    sheet = ScoreTable(_rows(candidates.chunks, named), evidence.at_hand)
    found = candidates.scores
    trust = fusion.trust_in_words(found, kind, weights)
    for tier, column in fusion.shares(found, kind, weights, trust).items():
        sheet.add(tier.value, _padded(column, len(sheet.chunks)))
    sure: Collection[int] = ()
    if kind is QueryKind.SYMBOL or terms.is_name(text):
        sheet.add("defines", _defines(sheet, named, weights))
        sure = _beyond_doubt(named)
        sheet.add("unique", weights.only_definition * _marked(sheet, sure))
    elif kind is QueryKind.TEXT:
        sheet.add("defines", _mentioned(sheet, named, weights))
    if kind is QueryKind.TEXT:
        sheet.add("path", trust * _paths(sheet.files, evidence, weights), of_files=True)
        in_file = sheet.files.column(lambda path: evidence.file_scores.get(path, 0.0))
        sheet.add("file", trust * weights.file_words * in_file, of_files=True)
        sheet.add("symbol", trust * weights.symbol_meaning * _symbols(sheet, evidence.meaning))
    if kind is not QueryKind.CODE:
        sheet.add("neighbours", weights.coherence * _coherence(sheet))
        _weigh_places(sheet, question, sure, weights)
    return _saturated(sheet, weights)


def begin_ranking(question: Query, evidence: RankingContext, chunks: Collection[StoredChunk]) -> None:
    """Find out now what takes time to say of candidates, so that `rank` need not."""
    if question.kind is not QueryKind.TEXT:
        return
    paths = {chunk.path for chunk in chunks}
    asked = tuple(evidence.word_weights)
    for path in paths:
        names.standing(asked, names.stem_and_folder(path))
    if evidence.meaning is not None:
        evidence.meaning([*map(_spoken_path, paths), *(names.spoken(_names_of(chunk)) for chunk in chunks)])


def _named(question: Query, evidence: RankingContext) -> dict[str, Defining]:
    """What defines each name of the question, the name that is asked for first."""
    if question.kind is QueryKind.CODE:
        return {}
    symbol = question.kind is QueryKind.SYMBOL
    mentioned = terms.asked_names(question.text) if symbol else terms.mentioned_names(question.text)
    return {name: _defining(evidence, name) for name in mentioned}


def _defining(evidence: RankingContext, name: str) -> Defining:
    """The chunks that define a name, by how exactly. Where one does exactly, another case counts half."""
    found = [(chunk, names.defines(chunk, name)) for chunk in evidence.definitions.get(name.lower(), ())]
    if any(exactly >= names.AMONG_OTHERS for _, exactly in found):
        return [(chunk, value if value >= names.AMONG_OTHERS else value / 2) for chunk, value in found]
    return found


def _rows(candidates: Sequence[StoredChunk], named: Mapping[str, Defining]) -> list[StoredChunk]:
    """The candidates' chunks, then those that define a name though no tier proposed them."""
    rows = {chunk.id: chunk for chunk in candidates}
    for defining in named.values():
        for chunk, _ in defining:
            rows.setdefault(chunk.id, chunk)
    return list(rows.values())


def _padded(column: Column, rows: int) -> Column:
    return np.concatenate([column, np.zeros(rows - len(column))])


def _marked(sheet: ScoreTable, chunks: Collection[int]) -> Column:
    """1 for these chunks, by their ids, and 0 for the others."""
    return np.array([float(chunk.id in chunks) for chunk in sheet.chunks])


def _defines(sheet: ScoreTable, named: Mapping[str, Defining], weights: Weights) -> Column:
    """The places that define the name that is asked for, and half as much those of what qualifies it."""
    qualifiers = list(named)[1:]

    def worth(position: int, name: str, chunk: StoredChunk) -> float:
        enclosed = 0.0 if position else names.encloses(chunk, qualifiers)
        return weights.definition * (
            1 + weights.named_file * _names_file(chunk, name) + weights.qualified * enclosed
        )

    return _by_definition(sheet, named, worth)


def _mentioned(sheet: ScoreTable, named: Mapping[str, Defining], weights: Weights) -> Column:
    """The places that define a name that stands in prose."""

    def worth(position: int, name: str, chunk: StoredChunk) -> float:
        return weights.mentioned_definition * (1 + weights.named_file * _names_file(chunk, name))

    return _by_definition(sheet, named, worth)


def _by_definition(
    sheet: ScoreTable, named: Mapping[str, Defining], worth: Callable[[int, str, StoredChunk], float]
) -> Column:
    column = np.zeros(len(sheet.chunks))
    rows = {chunk.id: row for row, chunk in enumerate(sheet.chunks)} if named else {}
    for position, (name, defining) in enumerate(named.items()):
        for chunk, exactly in defining:
            column[rows[chunk.id]] += worth(position, name, chunk) / (1 + position) * exactly
    return column


def _beyond_doubt(named: Mapping[str, Defining]) -> Collection[int]:
    """The one definition that is meant, if there is but one: its file's role says nothing then."""
    if not named:
        return ()
    (_, defining), *others = named.items()
    exact = [chunk for chunk, exactly in defining if exactly >= names.AMONG_OTHERS]
    if others:
        qualifiers = [name for name, _ in others]
        exact = [chunk for chunk in exact if names.encloses(chunk, qualifiers) == 1]
    return [exact[0].id] if len(exact) == 1 else ()


def _names_file(chunk: StoredChunk, name: str) -> float:
    return names.overlap({name.lower(): 1.0}, names.stem_and_folder(chunk.path)[:1])


def _paths(files: Groups[RelativePath], evidence: RankingContext, weights: Weights) -> Column:
    """What a file's name and place say for its chunks.

    One that is called just as what is asked for is meant before one with more in its name, which is about
    a part of that.
    """
    asked = evidence.word_weights
    all_words = tuple(asked)

    def worth(path: RelativePath) -> float:
        of_path = names.stem_and_folder(path)
        brief = weights.brief / max(1, len(names.title(path)))
        standing = names.standing(all_words, of_path)
        if not standing:  # as in most
            return brief
        worth = weights.path * names.share(asked, standing) + brief
        in_stem = names.share(asked, names.standing(all_words, of_path[:1]))
        if in_stem:
            worth += weights.stem * in_stem + weights.title * names.asks_for_title(asked, path)
        return worth

    return files.column(worth) + weights.path_meaning * _nearness(evidence.meaning, files, _spoken_path)


def _spoken_path(path: RelativePath) -> str:
    return names.spoken(names.stem_and_folder(path))


def _symbols(sheet: ScoreTable, meaning: Meaning | None) -> Column:
    return _nearness(meaning, groups([_names_of(chunk) for chunk in sheet.chunks]), names.spoken)


def _names_of(chunk: StoredChunk) -> tuple[str, ...]:
    if chunk.defines:
        return chunk.defines
    return (chunk.symbol.name,) if chunk.symbol else ()


def _nearness(meaning: Meaning | None, things: Groups[Key], text: Callable[[Key], str]) -> Column:
    """How near each thing is to the question, from 0 for the farthest of them to 1 for the nearest."""
    if meaning is None or not things.keys:
        return np.zeros(len(things.of))
    cosines = meaning([text(thing) for thing in things.keys])
    low, high = cosines.min(), cosines.max()
    return things.spread((cosines - low) / (high - low) if high > low else np.zeros(len(cosines)))


def _coherence(sheet: ScoreTable) -> Column:
    """Each file's best chunk gains by what the whole file's candidates scored."""
    column = np.zeros(len(sheet.chunks))
    sums = sheet.files.sums(sheet.scores)
    column[sheet.firsts()] = sums / (sums.max(initial=0.0) or 1.0)
    return column


def _weigh_places(sheet: ScoreTable, question: Query, sure: Collection[int], weights: Weights) -> None:
    """What a file is for, and where it lies, says nothing of the one definition that is meant."""
    unsure = _marked(sheet, sure) == 0
    if weights.roles:
        factors = sheet.files.spread(_roles(sheet.files.keys, question.text))
        sheet.multiply("role", np.where(unsure, factors, 1.0))
    if question.kind is QueryKind.TEXT:
        sheet.multiply("depth", np.where(unsure, weights.depth ** _depth(sheet.files), 1.0))


def _roles(paths: Sequence[RelativePath], text: str) -> Column:
    factors = np.array(role_factors(paths, text))
    older = superseded(paths, text)
    return factors * [SUPERSEDED if path in older else 1.0 for path in paths] if older else factors


def _depth(files: Groups[RelativePath]) -> Column:
    """By how many folders a file lies deeper than the one that lies highest."""
    depths = np.array([path.count("/") for path in files.keys], dtype=np.float64)
    return files.spread(depths - depths.min(initial=np.inf))


def _saturated(sheet: ScoreTable, weights: Weights) -> list[Ranked]:
    """Each further hit of a file is worth less, above all in what the hits before have said of the file.

    The parts of one long line are at one place, and are no further hits.
    """
    order = sheet.order(sheet.scores)
    place = np.zeros(len(order), dtype=np.int64)
    seen: list[dict[tuple[int, int], int]] = [{} for _ in sheet.files.keys]
    for row, file in zip(order.tolist(), sheet.files.of[order].tolist(), strict=True):
        lines = (sheet.chunks[row].start_line, sheet.chunks[row].end_line)
        place[row] = seen[file].setdefault(lines, len(seen[file]))
    own = (sheet.scores - sheet.shared) * np.power(weights.saturation, place)
    final = own + sheet.shared * np.power(weights.file_saturation, place)
    rows = sheet.order(final).tolist()
    return [Ranked(sheet.chunks[row], float(final[row]), sheet, row) for row in rows]
