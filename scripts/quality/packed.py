"""What an answer within a budget of tokens shows of the right files and lines: ours, the peer's, grep's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quality.scoring import Question, Target
from semlens.core.query.query import parse_query
from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer

Count = Callable[[str], int]
COUNT: Count = BytePairTokenizer("o200k_base").count

ShownLines = Mapping[str, frozenset[int]]
"""The lines of each file that an answer shows; an empty set for a file that is only named."""


@dataclass(frozen=True, slots=True)
class PackedScore:
    """How much of the right answer is shown, each from 0 to 1."""

    files: float
    """The share of the targets whose file is named."""
    lines: float
    """The share of the targets' lines that are shown; of a target without lines, whether any line is."""


def score(question: Question, shown: ShownLines) -> PackedScore:
    """Score an answer to `question`."""
    found = [_of_target(target, shown) for target in question.targets]
    return PackedScore(
        sum(lines is not None for lines in found) / len(found),
        sum(lines or 0.0 for lines in found) / len(found),
    )


def of_passages(results: Iterable[Mapping[str, Any]]) -> ShownLines:
    """What Semlens's structured content shows."""
    shown: dict[str, frozenset[int]] = {}
    for result in results:
        path = str(result["place"]).rpartition(":")[0]
        numbers = frozenset(int(line.split(" ", 1)[0]) for line in result["lines"])
        shown[path] = shown.get(path, frozenset()) | numbers
    return shown


def of_peer(results: Sequence[Mapping[str, Any]], query: str, budget: int) -> ShownLines:
    """What the first of the peer's results show, as many as fit with the JSON around them."""
    low, high = 0, len(results)
    while low < high:
        middle = (low + high + 1) // 2
        if COUNT(json.dumps({"query": query, "results": results[:middle]})) <= budget:
            low = middle
        else:
            high = middle - 1
    shown: dict[str, frozenset[int]] = {}
    for result in results[:low]:
        first, text = int(result["start_line"]), str(result.get("content", ""))
        numbers = frozenset(range(first, first + len(text.splitlines())))
        shown[result["file_path"]] = shown.get(result["file_path"], frozenset()) | numbers
    return shown


class Grep:
    """Finds the files with most of a question's words, as `rg -i -c`, and reads them from the top."""

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self._texts: dict[str, str] = {}
        for path in paths:
            self._texts[path] = (root / path).read_text(encoding="utf-8", errors="replace")

    def read(self, query: str, budget: int) -> ShownLines:
        """The lines that fit the budget, with their path above and a number before each."""
        words = [re.compile(re.escape(word), re.I) for word in parse_query(query).content_words]
        counts = {path: [len(word.findall(text)) for word in words] for path, text in self._texts.items()}
        ranked = sorted(
            (path for path, found in counts.items() if any(found)),
            key=lambda path: (-sum(map(bool, counts[path])), -sum(counts[path]), path),
        )
        shown: dict[str, frozenset[int]] = {}
        for path in ranked:
            lines = [f"{number} {line}" for number, line in enumerate(self._texts[path].split("\n"), 1)]
            fit = _fitting(path, lines, budget)
            if fit < 0:
                break
            shown[path] = frozenset(range(1, fit + 1))
            if fit < len(lines):
                break
            budget -= COUNT("\n".join([path, *lines, ""]))
        return shown


def _fitting(path: str, lines: Sequence[str], budget: int) -> int:
    """How many lines fit below the path; -1 if not even the path does."""
    low, high = -1, len(lines)
    while low < high:
        middle = (low + high + 1) // 2
        if COUNT("\n".join([path, *lines[:middle], ""])) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def _of_target(target: Target, shown: ShownLines) -> float | None:
    """The share of a target's lines that are shown; None if its file is not named."""
    of_file = [
        lines for path, lines in shown.items() if path.endswith(target.path) or target.path.endswith(path)
    ]
    if not of_file:
        return None
    lines = frozenset[int]().union(*of_file)
    if target.start_line is None or target.end_line is None:
        return float(bool(lines))
    wanted = range(target.start_line, target.end_line + 1)
    return sum(line in lines for line in wanted) / len(wanted)
