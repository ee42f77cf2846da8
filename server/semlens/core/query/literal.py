"""The text of a query as it may stand in the code, word for word. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from semlens.core.text.analyzer import code_terms
from semlens.core.text.numbers import pointed_numbers
from semlens.core.text.words import raw_words

_T = TypeVar("_T")

MAX_WORDS = 1_000
"""Words of a query that are looked for word for word: of more, those at its beginning and at its end."""
MAX_PIECES = 48
"""Pieces of a query that are looked for as they are."""
MAX_DEMANDED = 24
"""Texts in quotes that are demanded together."""
MAX_LINES = 40
"""Lines of a query that are looked for as they are: a log begins or ends with its message."""
MAX_BREAKS = 12
"""Breaks in a line at which a piece may begin."""
_LONGEST_LINE = 1_000

_QUOTES = (('"', '"'), ("'", "'"), ("`", "`"), ("“", "”"), ("„", "“"), ("«", "»"), ("‘", "’"), ("「", "」"))
_IN_QUOTES = "|".join(rf"(?<!\w){first}(?:[^{first}{last}\\\n]|\\.)+{last}(?!\w)" for first, last in _QUOTES)
_ALL_IN_QUOTES = re.compile(rf"\s*(?:(?:{_IN_QUOTES})\s*)+")
_BREAKS = re.compile(r"(?<=[^\s:]):\s+|[\])}>|]\s+|\s-+\s+|[\w.]=(?=[\"'\w])")
"""Where the words of a log end and those of the program may begin, as in `ValueError: no such host`."""
_DATE = r"\d{4}[-/]\d\d[-/]\d\d"
_TIME = r"\d\d?:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_OF_LOGS = re.compile(
    rf"\b(?:{_DATE}(?![T ]\d)|(?:{_DATE}[T ])?{_TIME})\b"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?:\d{1,3}\.){3}\d{1,3}:\d+\b",
    re.I,
)
"""Dates, times, UUIDs, and addresses with ports: what a log adds to the program's own words."""

_CODES = re.compile(r"(?<![\w.])(?=[\w.]*\d)\w[\w.']+\w")
"""Numbers and names with digits, such as the code of an error."""
_PLAIN = re.compile(r"\W*[^\W\d_]+(?:['’-][^\W\d_]+)*\W*")
"""A word with nothing but letters between its marks."""


class PlacedTerm(NamedTuple):
    """A term of a text, and its place among the terms that the lexical index has for the text."""

    place: int
    term: str
    is_plain: bool = True
    """Whether it is a word of prose. Numbers and parts of paths and addresses are what messages fill in."""


@dataclass(frozen=True)
class LiteralText:
    """What a query may have copied out of the code."""

    text: str
    demanded: tuple[str, ...] = ()
    """The texts in quotes, if the whole query is in quotes: then it asks for nothing else."""

    @cached_property
    def words(self) -> tuple[PlacedTerm, ...]:
        """The words in order, as the lexical index spells them."""
        plain = " ".join(self.demanded) or self.text
        return _outer(placed_terms(_OF_LOGS.sub(" ", plain)) or placed_terms(plain), MAX_WORDS)

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """The texts, each of which is strong evidence where it stands as it is: the longest first."""
        if self.demanded:
            return self.demanded
        text = _OF_LOGS.sub(" ", self.text).strip() or self.text.strip()
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        found = {self.text.strip(), text}
        for line in _outer(lines, MAX_LINES):
            found |= _pieces_of_line(line[:_LONGEST_LINE])
        return tuple(sorted(found, key=lambda one: (-len(one), one))[:MAX_PIECES])


def _outer(items: Sequence[_T], most: int) -> tuple[_T, ...]:
    """The first and the last of `items`, at most `most` together."""
    half = most // 2
    return tuple(items) if len(items) <= most else (*items[:half], *items[-half:])


def _pieces_of_line(line: str) -> set[str]:
    """The parts of a line between breaks, what follows each break, texts in quotes, numbers and codes."""
    breaks = list(_BREAKS.finditer(line))[:MAX_BREAKS]
    starts = [0, *(match.end() for match in breaks)]
    ends = [*(match.start() + 1 for match in breaks), len(line)]
    found = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    found += [line[start:] for start in starts]
    found += [match[0][1:-1].strip() for match in re.finditer(_IN_QUOTES, line)]
    numbers = {*_CODES.findall(line), *pointed_numbers(line)}
    return {piece for piece in found if len(placed_terms(piece)) > 1} | numbers


def literal_text(text: str) -> LiteralText:
    """Read a query as a copy of what stands in the code."""
    stripped = text.strip()
    if _ALL_IN_QUOTES.fullmatch(stripped) is not None:
        runs = [run[1:-1].strip() for run in re.findall(_IN_QUOTES, stripped)]
    else:
        runs = [stripped[1:-1].strip()] if stripped[:1] == stripped[-1:] == '"' else []
    return LiteralText(text, tuple(dict.fromkeys(filter(None, runs)))[:MAX_DEMANDED])


def placed_terms(text: str) -> list[PlacedTerm]:
    """Every word of a text as one term, numbers in each spelling. The parts of a word only take places."""
    placed: list[PlacedTerm] = []
    place = 0
    for token in text.split():
        is_plain = _PLAIN.fullmatch(token) is not None
        for word in raw_words(token):
            terms = code_terms(word)
            counted = terms if not word.isascii() or word[:1].isdigit() else terms[:1]
            placed += (PlacedTerm(place + at, term, is_plain) for at, term in enumerate(counted))
            place += len(terms)
    numbers = enumerate(pointed_numbers(text), place)
    return placed + [PlacedTerm(at, number, is_plain=False) for at, number in numbers]


def placed_words(text: str) -> list[PlacedTerm]:
    """The first term of every word of a text."""
    placed: list[PlacedTerm] = []
    place = 0
    for word in raw_words(text):
        terms = code_terms(word)
        placed += (PlacedTerm(place, term) for term in terms[:1])
        place += len(terms)
    return placed
