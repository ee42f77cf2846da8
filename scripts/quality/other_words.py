"""Questions that share no word with the code that answers them, so that only its meaning can be found."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from quality.scoring import Question, Target
from semlens.core.chunk import definitions
from semlens.core.text.languages import language_of
from semlens.types import RelativePath


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """A question, and the definition that answers it in other words."""

    repository: str
    revision: str
    path: str
    symbol: str
    question: str


def read_paraphrases(file: Path | None) -> dict[str, list[Paraphrase]]:
    """The questions about each repository, of a JSON list of objects with the fields of `Paraphrase`."""
    grouped: dict[str, list[Paraphrase]] = defaultdict(list)
    for item in json.loads(file.read_text(encoding="utf-8")) if file is not None else ():
        paraphrase = Paraphrase(**item)
        grouped[paraphrase.repository].append(paraphrase)
    return grouped


def lines_of(repositories: Path, paraphrase: Paraphrase) -> tuple[int, int]:
    """The first and last line (1-based, inclusive) of the definition that answers.

    `repositories` is a folder of checkouts. Raises `LookupError` unless exactly one definition has the name.
    """
    text = (repositories / paraphrase.repository / paraphrase.path).read_text(encoding="utf-8")
    found = [
        one for one in definitions(text, _language(paraphrase.path, text)) if one.name == paraphrase.symbol
    ]
    if len(found) != 1:
        raise LookupError(
            f"{paraphrase.symbol} is defined {len(found)} times in {paraphrase.repository}/{paraphrase.path}."
        )
    return found[0].start_line, found[0].end_line


def question_of(repositories: Path, paraphrase: Paraphrase) -> Question:
    """A question of the benchmark: a hit is right if it overlaps the definition."""
    target = Target(paraphrase.path, *lines_of(repositories, paraphrase))
    return Question(
        paraphrase.repository, _language(paraphrase.path, ""), "other words", paraphrase.question, (target,)
    )


def _language(path: str, text: str) -> str:
    return language_of(RelativePath(path), text) or "text"
