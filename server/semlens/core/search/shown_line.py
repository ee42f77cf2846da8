"""Chooses the line that a hit shows and opens at, and the definition that it is named after.

It is one decision, so that the text of a row, its number, its name and the place of the cursor agree. A
definition is shown by the line that names it, unless another line is much more of an answer: the question
stands there as it is, or nearly all of its words do. Comments and quiet lines are shown only
if nothing else is there.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from semlens.core.query.query import Query, QueryKind
from semlens.core.search.quiet_lines import quiet_rows
from semlens.core.store.records import StoredChunk
from semlens.core.text.analyzer import code_terms
from semlens.core.text.comment_lines import looks_like_comment
from semlens.core.text.languages import LANGUAGES
from semlens.types import ChunkKind, NamedRows, RowRoles, Symbol

Similarities = Callable[[Sequence[str]], Sequence[float]]
"""How similar texts are to the question in meaning, each from -1 to 1."""

ANSWERS = 0.75
"""A line with this share of the question's words is shown in place of the one that names its definition."""
ANSWER_WORDS = 3
"""The least words for that: fewer are in a line by chance."""

MAX_SUMMARY = 100
"""Characters of parameters, after which no further line is added."""

CACHED_TEXTS = 1_000
"""Some 10 MB."""

NOTE_ROWS = 2
"""A comment with more rows is documentation: it speaks of more than the line below it."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """What a hit shows."""

    row: int
    """From the first line of the hit, 0-based."""
    symbol: Symbol | None
    names_better: bool = False
    """The line that names the symbol, outside of the hit, tells more: the hit has only its documentation."""


def shown_line(
    chunk: StoredChunk, text: str, roles: RowRoles, query: Query, similarities: Similarities
) -> ShownLine:
    """The line of `text` to show for a query.

    :param text: the lines of the chunk as they stand on disk.
    :param roles: what its rows are; empty if the text is not the one that was indexed.
    :param similarities: called only to tell siblings apart.
    """
    return _Choice(chunk, text, roles, query).made(similarities)


def summary(lines: Sequence[str]) -> str:
    """The first of `lines`, and of the others those with the rest of its parameters."""
    text = lines[0].strip() if lines else ""
    for line in lines[1:]:
        if text.count("(") <= text.count(")") or len(text) > MAX_SUMMARY:
            break
        part = line.strip()
        if part.startswith(")"):
            text = text.removesuffix(",")
        text += part if text.endswith("(") or part.startswith(")") else f" {part}"
    return text


class _Choice:
    """The choice for one chunk."""

    def __init__(self, chunk: StoredChunk, text: str, roles: RowRoles, query: Query) -> None:
        lines = text.split("\n")
        self._chunk = chunk
        self._lines = lines
        self._query = query
        self._prose = chunk.kind in (ChunkKind.PROSE, ChunkKind.IMAGE)
        self._named = [one for one in roles.definitions if one.name_row < len(lines)]
        self._comments = {row for first, last in roles.comments for row in range(first, last + 1)}
        if not _has_grammar(chunk.language) and not self._prose:
            self._comments = {row for row, line in enumerate(lines) if looks_like_comment(line)}
        self._notes = {row for row in self._comments if _run_length(self._comments, row) <= NOTE_ROWS}
        terms, quiet = _read(text)
        self._quiet = frozenset[int]() if self._prose else quiet
        telling = [one for one in self._named if one.name_row not in self._quiet]
        self._outermost = list(_outermost(telling or self._named))
        self._words = [query.telling_words & words for words in terms]
        rows_with = Counter(word for words in self._words for word in words)
        self._weights = {word: 1 / math.log2(1 + rows) for word, rows in rows_with.items()}

    def made(self, similarities: Similarities) -> ShownLine:
        asked = next((one for one in self._named if self._is_asked_for(one)), None)
        if asked is not None:
            return self._at(asked.name_row, asked)
        literal = self._literal_row()
        if literal is not None:
            around = self._innermost(literal)
            is_documentation = literal in self._comments and not self._query.is_quoted
            return self._at(around.name_row if around and is_documentation else literal, around)
        definition = self._answering_definition(similarities)
        if definition is None:
            return self._among(self._loose_rows() or range(len(self._lines)))
        row = self._row_in(definition)
        return self._at(row, definition if row == definition.name_row else self._innermost(row))

    def _is_asked_for(self, definition: NamedRows) -> bool:
        return definition.name in self._query.names[:1]

    def _literal_row(self) -> int | None:
        """The row in which the question stands as it is, one of code first. A name must stand in code."""
        phrase = self._query.phrase
        if not phrase:
            return None
        spelled = re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)")
        spaced = (" ".join(line.lower().split()) for line in self._lines)
        found = [row for row, line in enumerate(spaced) if spelled.search(line)]
        code = [row for row in found if self._is_telling(row)]
        if self._query.kind is QueryKind.SYMBOL:
            return next(iter(code), None)
        return next(iter(code), next((row for row in found if row in self._comments), None))

    def _answering_definition(self, similarities: Similarities) -> NamedRows | None:
        """The one of several siblings that answers; None if lines outside of them do, or if there is none."""
        siblings = self._outermost
        loose = [row for row in self._loose_rows() if self._is_telling(row)]
        if not siblings or (loose and all(one.name_row in self._quiet for one in siblings)):
            return None
        ranges = [range(one.start, one.end + 1) for one in siblings]
        words = [self._share(self._words_in(rows)) for rows in ranges]
        if loose and self._share(self._words_in(loose)) > max(words) and len(siblings) + len(loose) > 1:
            return None
        if len(siblings) == 1:
            return siblings[0]
        near = similarities(["\n".join(self._lines[rows.start : rows.stop]) for rows in ranges])
        scores = [share + similarity for share, similarity in zip(words, near, strict=True)]
        return siblings[scores.index(max(scores))]

    def _row_in(self, definition: NamedRows) -> int:
        """The row that names a definition, or a row in it that is much more of an answer."""
        rows = range(definition.start, min(definition.end + 1, len(self._lines)))
        best = max(filter(self._is_telling, rows), key=self._row_weight, default=definition.name_row)
        words, naming = self._words[best], self._words[definition.name_row]
        if self._prose:
            return best if self._weight(words) > self._weight(naming) else definition.name_row
        asked = self._query.telling_words
        answers = len(words) >= ANSWER_WORDS and len(words) >= ANSWERS * len(asked)
        return best if answers and len(words) > len(naming) else definition.name_row

    def _among(self, rows: Iterable[int]) -> ShownLine:
        """The one of `rows` that answers; they hold no name of a definition."""
        rows = list(rows)
        code = [row for row in rows if self._is_telling(row)]
        notes = [row for row in rows if row in self._notes and len(self._words[row]) > 1]
        best = max(sorted({*code, *notes}), key=self._row_weight, default=None)
        if best is not None and self._words[best]:
            return self._at(best, self._innermost(best))
        comments = [row for row in rows if row in self._comments and any(map(str.isalpha, self._lines[row]))]
        if comments and not code:
            comments = [max(comments, key=self._row_weight)]
        filled = [row for row in rows if self._lines[row].strip()]
        row = next(iter([*code, *comments, *filled]), 0)
        around = self._innermost(row)
        if code or around is not None or self._chunk.symbol is None:
            return self._at(row, around)
        return ShownLine(row, self._chunk.symbol, names_better=True)

    def _loose_rows(self) -> list[int]:
        """The rows outside of the outermost definitions."""
        inside = {row for one in self._outermost for row in range(one.start, one.end + 1)}
        return [row for row in range(len(self._lines)) if row not in inside]

    def _is_telling(self, row: int) -> bool:
        return row not in self._comments and row not in self._quiet

    def _words_in(self, rows: Iterable[int]) -> set[str]:
        return set[str]().union(*(self._words[row] for row in rows if row < len(self._lines)))

    def _weight(self, words: Iterable[str]) -> float:
        return sum(self._weights[word] for word in sorted(words))

    def _row_weight(self, row: int) -> float:
        return self._weight(self._words[row])

    def _share(self, words: Iterable[str]) -> float:
        """The share of the weight of all the question's words in the chunk, from 0 to 1."""
        whole = sum(self._weights.values())
        return self._weight(words) / whole if whole else 0.0

    def _innermost(self, row: int) -> NamedRows | None:
        around = [one for one in self._named if one.start <= row <= one.end]
        return max(around, key=lambda one: (one.start, -one.end), default=None)

    def _at(self, row: int, definition: NamedRows | None) -> ShownLine:
        symbol = self._chunk.symbol
        if definition is None or (symbol is not None and _is_same(symbol, definition)):
            return ShownLine(row, symbol)
        first = self._chunk.start_line
        lines = (first + definition.start, first + definition.end)
        return ShownLine(row, Symbol(definition.name, definition.kind, definition.container or None, *lines))


@lru_cache(maxsize=CACHED_TEXTS)
def _read(text: str) -> tuple[list[frozenset[str]], frozenset[int]]:
    """The terms of each row, and the quiet rows. Cached: while a user types, the hits are mostly the same."""
    lines = text.split("\n")
    return [frozenset(code_terms(line)) for line in lines], frozenset(quiet_rows(lines))


def _outermost(named: Sequence[NamedRows]) -> Iterable[NamedRows]:
    """The definitions that lie in no other of `named`."""
    end = -1
    for one in sorted(named, key=lambda one: (one.start, -one.end)):
        if one.end > end:
            yield one
            end = one.end


def _has_grammar(language: str) -> bool:
    known = LANGUAGES.get(language)
    return known is not None and bool(known.grammar or known.script)


def _is_same(symbol: Symbol, definition: NamedRows) -> bool:
    return (symbol.name, symbol.container or "") == (definition.name, definition.container)


def _run_length(rows: set[int], row: int) -> int:
    """How many rows follow each other around `row`."""
    first = last = row
    while first - 1 in rows:
        first -= 1
    while last + 1 in rows:
        last += 1
    return last - first + 1
