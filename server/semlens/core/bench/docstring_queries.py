"""Queries with known answers: the first sentence of a function's docstring is a query for the function.

The documentation is left out of the corpus (as in CodeSearchNet, Husain et al. 2019), or each query would
find its own words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from semlens.core.chunk import DocumentedDefinition
from semlens.core.files.role import Role, role_of
from semlens.types import RelativePath

FEWEST_WORDS, MOST_WORDS = 4, 30
"""Words of a query: fewer say too little, and nobody types more."""

_QUERIED_KINDS = frozenset({"function", "method"})
_NOT_PROSE = re.compile(
    r"^\s*(?:[@:\\]\w|\w+:\s*$|[-=~#*+>|]|>>>|\$ |https?:|(?:args|arguments|parameters|params|returns?|raises"
    r"|yields|examples?|usage|notes?|see also|todo|fixme|xxx|noqa|type|eslint|pylint)\b\s*:)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]{1,80}>")
_LINK = re.compile(r"\{@\w+\s+([^{}]*)\}|\[([^\[\]]*)\]\([^()]*\)")
_ROLE = re.compile(r":[\w:]+:(?=`)")
_QUOTES = re.compile(r"[`*]+")
_END = re.compile(r"(?<=[.!?])(?:\s|$)")
_PLAIN_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*[.,;:!?)]*$")
_PLAIN_SHARE = 0.7
"""The least share of words in a query that are words and not code."""


@dataclass(frozen=True, slots=True)
class DocstringQuery:
    """A query, and the lines of the definition that answers it, 1-based and inclusive."""

    text: str
    path: RelativePath
    start_line: int
    end_line: int

    @property
    def places(self) -> tuple[tuple[RelativePath, int, int], ...]:
        """Path, first and last line of what answers it."""
        return ((self.path, self.start_line, self.end_line),)


def queries_of(path: RelativePath, definitions: Iterable[DocumentedDefinition]) -> list[DocstringQuery]:
    """The queries from the docstrings of a file's `definitions`.

    Tests, examples and vendored files give none, nor does a function without a line of code of its own.
    """
    if role_of(path) not in {Role.SOURCE, Role.ENTRY, Role.REEXPORT}:
        return []
    queries = []
    for item in definitions:
        symbol = item.symbol
        code_lines = set(range(symbol.start_line, symbol.end_line + 1)) - set(item.lines)
        if symbol.kind not in _QUERIED_KINDS or not item.lines or len(code_lines) < 2:
            continue
        text = query_text(item.docstring, symbol.name)
        if text is not None:
            queries.append(DocstringQuery(text, path, symbol.start_line, symbol.end_line))
    return queries


def unambiguous(queries: Sequence[DocstringQuery]) -> list[DocstringQuery]:
    """The queries that only one definition answers."""
    counts = Counter(query.text.lower() for query in queries)
    return [query for query in queries if counts[query.text.lower()] == 1]


def query_text(docstring: str, name: str) -> str | None:
    """The first sentence of a docstring, or None if it does not describe the function `name` in words.

    A sentence with the function's name in it is a query for a name. But if the sentence begins with the name,
    as is the custom in Go, the rest is the query.
    """
    words = _first_sentence(docstring).split()
    if words and words[0].strip("().,:") == name:
        del words[0]
    sentence = plain_sentence(words)
    if sentence is None or (_names(sentence, name) and not _is_a_word(name)):
        return None
    return sentence


def plain_sentence(words: Sequence[str]) -> str | None:
    """The sentence of some words; None if they are too few, too many, or more code than words."""
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS:
        return None
    if sum(_PLAIN_WORD.match(word) is not None for word in words) < _PLAIN_SHARE * len(words):
        return None
    return " ".join(words).rstrip(".")


def blank_out(text: str, lines: Iterable[int]) -> str:
    """`text` with the given lines (1-based) blank, so that the other lines keep their numbers."""
    gone = set(lines)
    return "\n".join("" if number in gone else line for number, line in enumerate(text.split("\n"), 1))


def _first_sentence(docstring: str) -> str:
    prose: list[str] = []
    for line in docstring.split("\n"):
        bare = _TAG.sub(" ", line).strip()
        if _NOT_PROSE.match(bare):
            if prose:
                break
            continue
        prose.append(bare)
        if _END.search(bare):
            break
    text = _QUOTES.sub("", _ROLE.sub("", _LINK.sub(r"\1\2", " ".join(prose))))
    return _END.split(" ".join(text.split()), maxsplit=1)[0]


def _names(sentence: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence) is not None


def _is_a_word(name: str) -> bool:
    """Whether a name may be a word of a sentence, as `load` is."""
    return name.isalpha() and name.islower()
