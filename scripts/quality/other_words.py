"""Questions that share no word with the code that answers them: what only meaning can find."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from quality.scoring import Asked, Target
from semlens.core.chunk import definitions
from semlens.core.text.languages import language_of
from semlens.types import RelativePath


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, and the definition that answers it."""

    repository: str
    revision: str
    path: str
    symbol: str
    question: str


def read_pairs(file: Path) -> list[Pair]:
    return [Pair(**item) for item in json.loads(file.read_text(encoding="utf-8"))]


def by_repository(pairs: Iterable[Pair]) -> dict[str, list[Pair]]:
    grouped: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        grouped[pair.repository].append(pair)
    return grouped


def lines_of(repositories: Path, pair: Pair) -> tuple[int, int]:
    """The first and last line of the definition. Raises `LookupError` if there is not exactly one."""
    text = (repositories / pair.repository / pair.path).read_text(encoding="utf-8")
    found = [one for one in definitions(text, _language(pair.path, text)) if one.name == pair.symbol]
    if len(found) != 1:
        raise LookupError(f"{pair.symbol} is defined {len(found)} times in {pair.repository}/{pair.path}.")
    return found[0].start_line, found[0].end_line


def asked(repositories: Path, pair: Pair) -> Asked:
    """The pair as a question of the benchmark: right is what overlaps the definition."""
    target = Target(pair.path, *lines_of(repositories, pair))
    return Asked(pair.repository, _language(pair.path, ""), "other words", pair.question, (target,))


def _language(path: str, text: str) -> str:
    return language_of(RelativePath(path), text) or "text"
