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
from semlens.core.rank.roles import role_factor
from semlens.core.rank.weights import WEIGHTS, Weights
from semlens.core.store.records import StoredChunk
from semlens.types import Reason, RelativePath

T = TypeVar("T")


@dataclass(slots=True)
class _Scored:
    chunk: StoredChunk
    score: float = 0.0
    reasons: list[Reason] = field(default_factory=list)

    def add(self, name: str, value: float) -> None:
        if value > 0:
            self.score += value
            self.reasons.append(Reason(name, value))


def rank(
    question: Question, candidates: Sequence[Candidate], evidence: Evidence, weights: Weights = WEIGHTS
) -> list[Ranked]:
    """Every candidate, best first; ties by path and line."""
    scored = _fused(question, candidates, weights)
    if question.kind is QuestionKind.SYMBOL:
        _add_definitions(scored, words.asked_names(question.text), weights.definition, evidence)
    elif question.kind is QuestionKind.TEXT:
        names = words.mentioned_names(question.text)
        _add_definitions(scored, names, weights.mentioned_definition, evidence)
        _add_files(scored.values(), evidence, weights)
        _add_symbols(scored.values(), evidence.meaning, weights)
    if question.kind is not QuestionKind.CODE:
        _add_coherence(scored.values(), weights)
        if weights.roles:
            _weigh_roles(scored.values(), question.text)
    return _saturated(scored.values(), weights)


def _fused(question: Question, candidates: Sequence[Candidate], weights: Weights) -> dict[int, _Scored]:
    best = fusion.best_scores(candidates)
    scored: dict[int, _Scored] = {}
    for candidate in candidates:
        item = scored[candidate.chunk.id] = _Scored(candidate.chunk)
        for tier, share in fusion.shares(candidate, question.kind, best, weights).items():
            item.add(tier.value, share)
    return scored


def _add_definitions(
    scored: dict[int, _Scored], names: Sequence[str], worth: float, evidence: Evidence
) -> None:
    """The place that defines a name, also where no tier proposed it; more so in a file of that name."""
    for position, name in enumerate(names):
        for chunk in evidence.definitions.get(name.lower(), ()):
            item = scored.setdefault(chunk.id, _Scored(chunk))
            in_stem = words.overlap({name.lower(): 1.0}, words.stem_and_folder(chunk.path)[:1])
            item.add("defines", worth / (1 + position) * words.defines(chunk, name) * (1 + 0.5 * in_stem))


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


def _weigh_roles(scored: Iterable[_Scored], text: str) -> None:
    for item in scored:
        factor = role_factor(item.chunk.path, text)
        if factor != 1.0:
            item.reasons.append(Reason("role", item.score * (factor - 1.0)))
            item.score *= factor


def _saturated(scored: Iterable[_Scored], weights: Weights) -> list[Ranked]:
    seen: Counter[RelativePath] = Counter()
    ordered = sorted(scored, key=_order)
    for item in ordered:
        item.score *= weights.saturation ** seen[item.chunk.path]
        seen[item.chunk.path] += 1
    return [Ranked(item.chunk, item.score, tuple(item.reasons)) for item in sorted(ordered, key=_order)]


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
