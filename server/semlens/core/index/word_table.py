"""What each word of a repository costs, means and is found by, looked up once for all three.

The indexer counts the model's tokens of every file, embeds it and analyzes it for the lexical index. All
three split its text at the same places. So a file is read as numbers of words, which code repeats thirty
times each, and the rest is arithmetic over arrays.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.static_model import StaticModel
from semlens.core.text.analyzer import AnalyzedFile, analyze, analyze_word
from semlens.core.text.tokens import PUNCTUATION, ModelTokenizer
from semlens.core.text.words import mask_separators

Rows = Sequence[tuple[int, int]]
"""Ranges of lines, 0-based and inclusive."""

_REMEMBERED = 200_000
"""Words; some 50 MB at most, and a large repository has fewer."""
_SPACE, _NEWLINE, _UNDERSCORE = b" \n_"


class WordTable:
    """The words of all texts that are read for one index. Safe for several threads."""

    def __init__(self, measure: ModelTokenizer, static: StaticModel) -> None:
        self._measure = measure
        self._static = static
        self._words = _Words(measure, static)

    def read(self, text: str) -> TokenizedText:
        words = self._words
        if len(words) > _REMEMBERED:
            self._words = words = _Words(self._measure, self._static)
        return TokenizedText(text, self._measure, words)


class TokenizedText:
    """A text as its words; also a `LineTokenizer`, which has counted this text already."""

    def __init__(self, text: str, measure: ModelTokenizer, words: _Words) -> None:
        self._text = text
        self._measure = measure
        self._words = words
        self._raw, spaced = mask_separators(text)
        self._numbers = words.numbers(spaced.split())
        self._listed: list[int] = self._numbers.tolist()
        self._line_ends = np.append(np.flatnonzero(_bytes(self._raw) == _NEWLINE), len(self._raw))
        in_word = _bytes(spaced) != _SPACE
        starts = np.flatnonzero(in_word[1:] > in_word[:-1])  # Of the words but for one at the very beginning.
        ends = np.searchsorted(starts, self._line_ends) + int(in_word[:1].any())
        self._word_ends = np.concatenate(([0], ends))
        """The number of words before each line, and in all."""
        self._tokens, token_ends = words.tokens(self._numbers)
        self._word_at: list[int] = self._word_ends.tolist()
        self._token_at: list[int] = np.concatenate(([0], token_ends))[self._word_ends].tolist()

    @property
    def limit(self) -> int:
        return self._measure.limit

    def line_tokens(self, text: str) -> Sequence[int]:
        """As `ModelTokenizer.line_tokens`."""
        if text is not self._text or self._measure.word_pieces is None:
            return self._measure.line_tokens(text)
        words = np.cumsum(self._words.costs(self._numbers))
        counts = np.diff(np.concatenate(([0], words))[self._word_ends])
        marks = np.searchsorted(np.flatnonzero(_MARKS[_bytes(self._raw)]), self._line_ends)
        listed: list[int] = (counts + np.diff(marks, prepend=0)).tolist()
        for row, count in self._measure.irregular_lines(text).items():
            listed[row] = count
        return listed

    def tokens(self, rows: Rows) -> NDArray[np.intp]:
        """What the instant model reads in these lines, in the order of `rows`."""
        at = self._token_at
        parts = [self._tokens[at[first] : at[last + 1]] for first, last in rows]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def analyze(self, chunks: Iterable[tuple[tuple[int, int] | str, Sequence[str]]]) -> AnalyzedFile:
        """As `analyze_file`, for chunks that are lines of this text, or texts, each with what it defines."""
        bodies, symbols, seen = [], [], set[int]()
        for place, defined in chunks:
            if isinstance(place, str):
                found: list[int] = self._words.numbers(mask_separators(place)[1].split()).tolist()
            else:
                found = self._listed[self._word_at[place[0]] : self._word_at[place[1] + 1]]
            seen.update(found)
            bodies.append(self._words.terms_of(found))
            symbols.append(analyze(" ".join(defined)) if defined else "")
        return AnalyzedFile(tuple(bodies), tuple(symbols), self._words.terms_of(seen))


_MARKS = PUNCTUATION.copy()
"""What is a token of its own wherever it stands, but for what can be a part of a word."""
_MARKS[_UNDERSCORE] = False


def _bytes(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, dtype=np.uint8)


class _Words(dict[bytes, int]):
    """The number of each word, and by number what is known of it."""

    def __init__(self, measure: ModelTokenizer, static: StaticModel) -> None:
        super().__init__()
        self._pieces = measure.word_pieces
        self._static = static
        self._changing = threading.Lock()
        self._terms: list[str] = []
        self._unsettled: list[tuple[int, Sequence[int]]] = []
        self._costs, self._lengths, self._starts, self._tokens = (_Column() for _ in range(4))

    def numbers(self, words: list[bytes]) -> NDArray[np.intp]:
        found = np.fromiter(map(self.__getitem__, words), np.intp, len(words))
        if self._unsettled:
            self._settle()
        return found

    def __missing__(self, raw: bytes) -> int:
        word = raw.decode("utf-8")
        known = self._cost(word), self._static.read(word)
        terms = analyze_word(word)
        with self._changing:
            if raw not in self:
                self._unsettled.append(known)
                self._terms.append(terms + " " if terms else "")
                self[raw] = len(self._terms) - 1
            return self[raw]

    def _cost(self, word: str) -> int:
        """Tokens of an ASCII word with its underscores; no line with another one is counted by its words."""
        if self._pieces is None or not word.isascii():
            return 0
        names = word.lower().split("_")
        return len(names) - 1 + sum(len(self._pieces[name] or ()) for name in names if name)

    def _settle(self) -> None:
        with self._changing:
            new, self._unsettled = self._unsettled, []
            if new:
                costs, read = zip(*new, strict=True)
                lengths = np.fromiter(map(len, read), np.intp, len(read))
                self._costs.extend(np.array(costs, np.intp))
                self._lengths.extend(lengths)
                self._starts.extend(self._tokens.used + np.cumsum(lengths) - lengths)
                self._tokens.extend(np.fromiter(chain.from_iterable(read), np.intp))

    def costs(self, numbers: NDArray[np.intp]) -> NDArray[np.intp]:
        return self._costs.values[numbers]

    def tokens(self, numbers: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The tokens of the instant model in these words, and how many there are up to the end of each."""
        lengths = self._lengths.values[numbers]
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        shifts = np.repeat(self._starts.values[numbers] - ends + lengths, lengths)
        return self._tokens.values[shifts + np.arange(total)], ends

    def terms_of(self, numbers: Iterable[int]) -> str:
        return "".join(map(self._terms.__getitem__, numbers))


class _Column:
    """Numbers that only become more: whoever holds `values` goes on seeing what it saw."""

    def __init__(self) -> None:
        self.values = np.zeros(1024, np.intp)
        self.used = 0

    def extend(self, new: NDArray[np.intp]) -> None:
        end = self.used + len(new)
        if end > len(self.values):
            values = np.zeros(max(end, 2 * len(self.values)), np.intp)
            values[: self.used] = self.values[: self.used]
        else:
            values = self.values
        values[self.used : end] = new
        self.values, self.used = values, end
