"""Draw messages, numbers and rare words that stand on one line, and word them as people paste them."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality.scoring import Location

Lines = Mapping[str, Sequence[str]]
"""Path in the repository → the file's lines."""

_STRING = re.compile(r"\"((?:[^\"\\]|\\.){10,120})\"|'((?:[^'\\]|\\.){10,120})'")
_PLAIN_WORD = re.compile(r"(?<![\w%{$\\])[A-Za-z]{2,}(?![\w}])")
_MIN_WORDS, _MAX_WORDS = 3, 16
_CODE = re.compile(r"[<>=;]|\|\||&&|\\[\[\](.*+?]|\w[.]\w+[.]\w|://|[\[\]()]{2}")
"""What markup, patterns, queries and addresses have, and messages seldom."""
_PLACEHOLDER = re.compile(
    r"%[-+#0 ]*\d*(?:\.\d+)?l{0,2}[sdiurxfgqvcp]\b|%\([a-z_]+\)[sdr]"
    r"|[$#]\{[^{}]+\}|\{\{[^{}]+\}\}|\{[^{} ]*\}|\\\([^()]+\)"
)
_NUMERIC = re.compile(r"%[^sqvrc]*[diuxf]$|(?i:count|size|len|num|line|index|port|code|limit)")
_NAMES = ("customer", "/tmp/report.txt", "alpha", "db-01.example.org", "Widget", "left_margin")
_NUMBERS = ("3", "17", "404", "65536", "-1")
_PREFIXES = (
    "ValueError: ",
    "error: ",
    "2026-11-03 08:14:55,201 ERROR [main] ",
    "panic: ",
    "Uncaught Error: ",
)

_NUMBER = re.compile(r"(?<![\w.])(?:0[xX][0-9a-fA-F_]{2,}|\d[\d_]{2,}|\d+(?:\.\d+)+)(?![\w.]*\w)")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{4,23}")


@dataclass(frozen=True, slots=True)
class Literal:
    """A text that stands on exactly one line."""

    text: str
    path: str
    line: int
    """1-based."""

    def in_hit(self, location: Location) -> bool:
        """Whether the lines of a hit hold it."""
        path, first, last = location
        return path == self.path and first <= self.line <= last


def read_lines(root: Path, paths: Iterable[str]) -> dict[str, list[str]]:
    """The lines of each file, sorted by path."""
    return {
        path: (root / path).read_text(encoding="utf-8", errors="replace").split("\n")
        for path in sorted(paths)
    }


def messages(files: Lines, most: int, seed: int) -> list[Literal]:
    """At most `most` strings of three words and more that stand on exactly one line of all files."""
    found = [
        Literal(text, path, number)
        for path, number, line in _numbered(files)
        for text in (one or other for one, other in _STRING.findall(line))
        if _MIN_WORDS <= len(_PLAIN_WORD.findall(text)) <= _MAX_WORDS and not _CODE.search(text)
    ]
    whole = "\n".join(line for lines in files.values() for line in lines)
    chosen: dict[str, Literal] = {}
    for one in _shuffled(found, seed):
        if len(chosen) < most and whole.count(one.text) == 1:
            chosen[one.text] = one
    return list(chosen.values())


def numbers(files: Lines, most: int, seed: int) -> list[Literal]:
    """At most `most` numbers of three characters and more that stand on exactly one line."""
    return _on_one_line(files, _NUMBER, most, seed)


def rare_words(files: Lines, most: int, seed: int) -> list[Literal]:
    """At most `most` words of five letters and more that stand on exactly one line."""
    return _on_one_line(files, _WORD, most, seed)


def message_forms(text: str, seed: int) -> dict[str, str]:
    """The questions that ask for a message of the source, by how they are worded."""
    chance = random.Random(f"{seed} {text}")
    filled = _PLACEHOLDER.sub(lambda mark: _value(mark[0], chance), text).replace("%%", "%")
    filled = re.sub(r"\\([\"'\\])", r"\1", filled.replace("\\n", " ").replace("\\t", " ")).strip()
    forms = {"as it is": text, "in quotes": f'"{text}"', "with a prefix": chance.choice(_PREFIXES) + filled}
    if _PLACEHOLDER.search(text):
        forms["filled in"] = filled
    return forms


def _value(placeholder: str, chance: random.Random) -> str:
    return chance.choice(_NUMBERS if _NUMERIC.search(placeholder) else _NAMES)


def _on_one_line(files: Lines, pattern: re.Pattern[str], most: int, seed: int) -> list[Literal]:
    lines_with: Counter[str] = Counter()
    found: dict[str, Literal] = {}
    for path, number, line in _numbered(files):
        for text in {text.lower(): text for text in pattern.findall(line)}.values():
            lines_with[text.lower()] += 1
            found[text.lower()] = Literal(text, path, number)
    once = [literal for key, literal in found.items() if lines_with[key] == 1]
    return _shuffled(once, seed)[:most]


def _numbered(files: Lines) -> Iterator[tuple[str, int, str]]:
    for path, lines in files.items():
        for number, line in enumerate(lines, 1):
            yield path, number, line


def _shuffled(literals: Sequence[Literal], seed: int) -> list[Literal]:
    return random.Random(seed).sample(literals, len(literals))
