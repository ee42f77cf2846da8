"""The order of hits: fused tiers, then names, paths and whole files, then one file does not fill the page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from semlens.core.question import Question, QuestionKind
from semlens.core.rank import fusion, words
from semlens.core.rank.candidate import Candidate, Ranked
from semlens.core.rank.evidence import Evidence, Meaning
from semlens.core.rank.roles import SUPERSEDED, role_factor, superseded
from semlens.core.rank.weights import WEIGHTS, Weights
from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath, Tier

T = TypeVar("T")


@dataclass(slots=True)
class _Scored:
    chunk: StoredChunk
    score: float = 0.0
    parts: list[tuple[str, float]] = field(default_factory=list)

    def add(self, name: str, value: float) -> None:
        if value > 0:
            self.score += value
            self.parts.append((name, value))


def rank(
    question: Question, candidates: Sequence[Candidate], evidence: Evidence, weights: Weights = WEIGHTS
) -> list[Ranked]:
    """Every candidate, best first; ties by path and line."""
    scored = _fused(question, candidates, evidence, weights)
    only: set[int] = set()
    if question.kind is QuestionKind.SYMBOL:
        only = _add_definitions(scored, words.asked_names(question.text), evidence, weights)
    elif question.kind is QuestionKind.TEXT:
        if words.is_name(question.text):
            only = _add_definitions(scored, words.asked_names(question.text), evidence, weights)
        else:
            _add_mentioned(scored, words.mentioned_names(question.text), evidence, weights)
        _add_files(scored.values(), evidence, weights)
        _add_symbols(scored.values(), evidence.meaning, weights)
    if question.kind is not QuestionKind.CODE:
        _add_coherence(scored.values(), weights)
        if weights.roles:
            others = [item for number, item in scored.items() if number not in only]
            _weigh_roles(others, question.text)
    return _saturated(scored.values(), weights)


def _fused(
    question: Question, candidates: Sequence[Candidate], evidence: Evidence, weights: Weights
) -> dict[int, _Scored]:
    scales = fusion.scales(candidates, question.kind, weights, evidence.familiar)
    names = {tier: tier.value for tier in Tier}
    scored: dict[int, _Scored] = {}
    for candidate in candidates:
        item = scored[candidate.chunk.id] = _Scored(candidate.chunk)
        for tier, score in candidate.scores.items():
            if tier in scales:
                item.add(names[tier], scales[tier].share(score))
    return scored


def _add_definitions(
    scored: dict[int, _Scored], names: Sequence[str], evidence: Evidence, weights: Weights
) -> set[int]:
    """The places that define the name that is asked for, also where no tier proposed them.

    Answers with the one that is meant beyond doubt, if there is one: its file's role says nothing then.
    """
    if not names:
        return set()
    qualifiers = names[1:]
    for position, name in enumerate(names):
        for chunk, exactly in _defining(evidence, name):
            item = scored.setdefault(chunk.id, _Scored(chunk))
            enclosed = 0.0 if position else words.encloses(chunk, qualifiers)
            item.add(
                "defines",
                weights.definition
                / (1 + position)
                * exactly
                * (1 + weights.named_file * _names_file(chunk, name) + weights.qualified * enclosed),
            )
    exact = [chunk for chunk, exactly in _defining(evidence, names[0]) if exactly >= words.AMONG_OTHERS]
    if qualifiers:
        exact = [chunk for chunk in exact if words.encloses(chunk, qualifiers) == 1]
    if len(exact) != 1:
        return set()
    scored[exact[0].id].add("unique", weights.only_definition)
    return {exact[0].id}


def _add_mentioned(
    scored: dict[int, _Scored], names: Sequence[str], evidence: Evidence, weights: Weights
) -> None:
    """The places that define a name that stands in prose."""
    for position, name in enumerate(names):
        for chunk, exactly in _defining(evidence, name):
            item = scored.setdefault(chunk.id, _Scored(chunk))
            in_file = 1 + weights.named_file * _names_file(chunk, name)
            item.add("defines", weights.mentioned_definition / (1 + position) * exactly * in_file)


def _defining(evidence: Evidence, name: str) -> list[tuple[StoredChunk, float]]:
    """The chunks that define a name, by how exactly. Where one does exactly, another case counts half."""
    found = [(chunk, words.defines(chunk, name)) for chunk in evidence.definitions.get(name.lower(), ())]
    if any(exactly >= words.AMONG_OTHERS for _, exactly in found):
        return [(chunk, value if value >= words.AMONG_OTHERS else value / 2) for chunk, value in found]
    return found


def _names_file(chunk: StoredChunk, name: str) -> float:
    return words.overlap({name.lower(): 1.0}, words.stem_and_folder(chunk.path)[:1])


def _add_files(scored: Iterable[_Scored], evidence: Evidence, weights: Weights) -> None:
    """What a file's name, place and whole content say for its chunks."""
    by_file = _by_file(scored)
    near = _nearness(evidence.meaning, by_file, lambda path: words.spoken(words.stem_and_folder(path)))
    for path, items in by_file.items():
        names = words.stem_and_folder(path)
        in_path = weights.path * words.overlap(evidence.word_weights, names)
        in_stem = weights.stem * words.overlap(evidence.word_weights, names[:1])
        for item in items:
            item.add("path", in_path + in_stem + weights.path_meaning * near.get(path, 0.0))
            item.add("file", weights.file_words * evidence.file_scores.get(path, 0.0))


def _add_symbols(scored: Iterable[_Scored], meaning: Meaning | None, weights: Weights) -> None:
    by_names: dict[tuple[str, ...], list[_Scored]] = defaultdict(list)
    for item in scored:
        by_names[_names_of(item.chunk)].append(item)
    near = _nearness(meaning, by_names, words.spoken)
    for names, items in by_names.items():
        for item in items:
            item.add("symbol", weights.symbol_meaning * near.get(names, 0.0))


def _add_coherence(scored: Iterable[_Scored], weights: Weights) -> None:
    """Each file's best chunk gains by what the whole file's candidates scored."""
    by_file = _by_file(scored)
    sums = {path: sum(item.score for item in items) for path, items in by_file.items()}
    best = max(sums.values(), default=0.0) or 1.0
    for path, items in by_file.items():
        min(items, key=_order).add("neighbours", weights.coherence * sums[path] / best)


def _weigh_roles(scored: Sequence[_Scored], text: str) -> None:
    older = superseded({item.chunk.path for item in scored}, text)
    for item in scored:
        factor = role_factor(item.chunk.path, text) * (SUPERSEDED if item.chunk.path in older else 1.0)
        if factor != 1.0:
            item.parts.append(("role", item.score * (factor - 1.0)))
            item.score *= factor


def _saturated(scored: Iterable[_Scored], weights: Weights) -> list[Ranked]:
    seen: Counter[RelativePath] = Counter()
    ordered = sorted(scored, key=_order)
    for item in ordered:
        item.score *= weights.saturation ** seen[item.chunk.path]
        seen[item.chunk.path] += 1
    return [Ranked(item.chunk, item.score, tuple(item.parts)) for item in sorted(ordered, key=_order)]


def _nearness(meaning: Meaning | None, things: Iterable[T], text: Callable[[T], str]) -> dict[T, float]:
    """How near each thing is to the question, from 0 for the farthest of them to 1 for the nearest."""
    listed = list(things)
    if meaning is None or not listed:
        return {}
    cosines = meaning([text(thing) for thing in listed])
    low, high = float(cosines.min()), float(cosines.max())
    if high - low <= 0:
        return {}
    return {thing: (float(c) - low) / (high - low) for thing, c in zip(listed, cosines, strict=True)}


def _by_file(scored: Iterable[_Scored]) -> dict[RelativePath, list[_Scored]]:
    by_file: dict[RelativePath, list[_Scored]] = defaultdict(list)
    for item in scored:
        by_file[item.chunk.path].append(item)
    return by_file


def _names_of(chunk: StoredChunk) -> tuple[str, ...]:
    if chunk.defines:
        return chunk.defines
    return (chunk.symbol.name,) if chunk.symbol else ()


def _order(item: _Scored) -> tuple[float, RelativePath, int]:
    return (-item.score, item.chunk.path, item.chunk.start_line)
