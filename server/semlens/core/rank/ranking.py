"""The order of hits: fused tiers, then names, paths and neighbours, then one file does not fill the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from semlens.core.question import Question, QuestionKind
from semlens.core.rank import signals
from semlens.core.rank.candidate import Candidate, Ranked
from semlens.core.rank.fusion import fuse
from semlens.core.rank.roles import role_factor
from semlens.core.store.database import IndexDatabase
from semlens.core.store.records import StoredChunk
from semlens.types import Reason, RelativePath

DEFINITION_BOOST = 2.0
EMBEDDED_DEFINITION_BOOST = 1.0
PATH_BOOST = 0.6
SYMBOL_BOOST = 0.5
COHERENCE_BOOST = 0.2
SATURATION = 0.5
"""Each further hit of one file is worth this share of the one before it."""


@dataclass(slots=True)
class _Scored:
    chunk: StoredChunk
    score: float = 0.0
    reasons: list[Reason] = field(default_factory=list)

    def add(self, name: str, value: float) -> None:
        if value > 0:
            self.score += value
            self.reasons.append(Reason(name, value))


def rank(question: Question, candidates: Sequence[Candidate], database: IndexDatabase) -> list[Ranked]:
    """Every candidate, best first; ties by path and line."""
    scored = {item.chunk.id: item for item in _fused(question, candidates)}
    if question.kind is QuestionKind.SYMBOL:
        _boost_definitions(scored, signals.asked_names(question.text), DEFINITION_BOOST, database)
    elif question.kind is QuestionKind.TEXT:
        _boost_definitions(scored, signals.embedded_names(question.text), EMBEDDED_DEFINITION_BOOST, database)
        _boost_words(scored, question.text)
    if question.kind is not QuestionKind.CODE:
        _boost_coherence(scored)
        _weigh_roles(scored, question.text)
    return _saturate(sorted(scored.values(), key=_order))


def _fused(question: Question, candidates: Sequence[Candidate]) -> list[_Scored]:
    present = frozenset(tier for candidate in candidates for tier in candidate.places)
    scored = []
    for candidate in candidates:
        item = _Scored(candidate.chunk)
        for tier, share in fuse(candidate, question.kind, present).items():
            item.add(tier.value, share)
        scored.append(item)
    return scored


def _boost_definitions(
    scored: dict[int, _Scored], names: Sequence[str], boost: float, database: IndexDatabase
) -> None:
    """The place that defines an asked name, also where no tier proposed it."""
    defining = database.chunks_defining(names)
    chunks = database.chunks_by_id({number for ids in defining.values() for number in ids})
    for position, name in enumerate(names):
        for number in defining[name.lower()]:
            chunk = chunks[number]
            item = scored.setdefault(number, _Scored(chunk))
            stem = signals.word_overlap((name.lower(),), signals.path_words(chunk.path)[:1])
            item.add("defines", boost / (1 + position) * signals.defines(chunk, name) * (1 + 0.5 * stem))


def _boost_words(scored: dict[int, _Scored], text: str) -> None:
    words = signals.content_words(text)
    for item in scored.values():
        item.add("path", PATH_BOOST * signals.word_overlap(words, signals.path_words(item.chunk.path)))
        item.add("symbol", SYMBOL_BOOST * signals.word_overlap(words, item.chunk.defines))


def _boost_coherence(scored: dict[int, _Scored]) -> None:
    """Each file's best chunk gains by what the rest of the file scored."""
    shares = signals.file_shares(
        {key: item.score for key, item in scored.items()},
        {key: item.chunk.path for key, item in scored.items()},
    )
    best: dict[RelativePath, _Scored] = {}
    for item in sorted(scored.values(), key=_order):
        best.setdefault(item.chunk.path, item)
    for path, item in best.items():
        item.add("file", COHERENCE_BOOST * shares[path])


def _weigh_roles(scored: dict[int, _Scored], text: str) -> None:
    for item in scored.values():
        factor = role_factor(item.chunk.path, text)
        if factor != 1.0:
            item.reasons.append(Reason("role", item.score * (factor - 1.0)))
            item.score *= factor


def _saturate(ordered: Sequence[_Scored]) -> list[Ranked]:
    seen: Counter[RelativePath] = Counter()
    for item in ordered:
        item.score *= SATURATION ** seen[item.chunk.path]
        seen[item.chunk.path] += 1
    return [Ranked(item.chunk, item.score, tuple(item.reasons)) for item in sorted(ordered, key=_order)]


def _order(item: _Scored) -> tuple[float, RelativePath, int]:
    return (-item.score, item.chunk.path, item.chunk.start_line)
