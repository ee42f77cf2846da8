"""The tokens, the vector rows and the lexical terms of each word of a repository, looked up once.

The indexer counts the model's tokens of every file, embeds it and analyzes it for the lexical index. All
three split its text at the same places. So a file becomes an array of word ids (code repeats each word about
thirty times), and the rest is arithmetic over arrays.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.static_model import StaticModel
from semlens.core.text.analyzer import AnalyzedFile, analyze, analyze_word
from semlens.core.text.numbers import pointed_numbers, pointed_numbers_with_offsets
from semlens.core.text.tokens import PUNCTUATION, ModelTokenizer
from semlens.core.text.words import CACHED_WORDS, mask_separators

Rows = Sequence[tuple[int, int]]
"""Ranges of lines, 0-based and inclusive."""

_SPACE, _NEWLINE, _UNDERSCORE = b" \n_"


class WordTable:
    """The words of all texts of one index. Safe for many threads."""

    def __init__(self, tokenizer: ModelTokenizer, static: StaticModel) -> None:
        self._tokenizer = tokenizer
        self._static = static
        self._words = _Vocabulary(tokenizer, static)

    def read(self, text: str) -> TokenizedText:
        """Split `text` into words."""
        words = self._words
        if len(words) > CACHED_WORDS:
            self._words = words = _Vocabulary(self._tokenizer, self._static)
        return TokenizedText(text, self._tokenizer, words)


class TokenizedText:
    """A text as an array of word ids; also a `LineTokenizer` that has counted this text already."""

    def __init__(self, text: str, tokenizer: ModelTokenizer, words: _Vocabulary) -> None:
        self._text = text
        self._tokenizer = tokenizer
        self._words = words
        self._raw, spaced = mask_separators(text)
        self._word_ids = words.ids(spaced.split())
        self._word_list: list[int] = self._word_ids.tolist()
        self._line_ends = np.append(np.flatnonzero(_bytes(self._raw) == _NEWLINE), len(self._raw))
        in_word = _bytes(spaced) != _SPACE
        starts = np.flatnonzero(in_word[1:] > in_word[:-1])  # All words except one at offset 0.
        ends = np.searchsorted(starts, self._line_ends) + int(in_word[:1].any())
        self._word_ends = np.concatenate(([0], ends))
        """The number of words before each line, then the number of all words; shape (lines + 1,)."""
        self._tokens, token_ends = words.tokens(self._word_ids)
        self._numbers = list(pointed_numbers_with_offsets(self._raw))
        self._word_at: list[int] = self._word_ends.tolist()
        self._token_at: list[int] = np.concatenate(([0], token_ends))[self._word_ends].tolist()

    @property
    def limit(self) -> int:
        """Tokens that fit in the deep model's window, without special tokens."""
        return self._tokenizer.limit

    def line_tokens(self, text: str) -> Sequence[int]:
        """As `ModelTokenizer.line_tokens`."""
        if text is not self._text or self._tokenizer.word_pieces is None:
            return self._tokenizer.line_tokens(text)
        words = np.cumsum(self._words.costs(self._word_ids))
        counts = np.diff(np.concatenate(([0], words))[self._word_ends])
        marks = np.searchsorted(np.flatnonzero(_MARKS[_bytes(self._raw)]), self._line_ends)
        listed: list[int] = (counts + np.diff(marks, prepend=0)).tolist()
        for row, count in self._tokenizer.irregular_lines(text).items():
            listed[row] = count
        return listed

    def tokens(self, rows: Rows) -> NDArray[np.intp]:
        """The instant model's token ids in these lines, in the order of `rows`; shape (tokens,)."""
        at = self._token_at
        parts = [self._tokens[at[first] : at[last + 1]] for first, last in rows]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def analyze(self, chunks: Iterable[tuple[tuple[int, int] | str, Sequence[str]]]) -> AnalyzedFile:
        """As `analyze_file`; each chunk is a line range of this text or another text, with its names."""
        bodies, symbols, seen, seen_numbers = [], [], set[int](), set[str]()
        for rows_or_text, defined in chunks:
            if isinstance(rows_or_text, str):
                found: list[int] = self._words.ids(mask_separators(rows_or_text)[1].split()).tolist()
                numbers = pointed_numbers(rows_or_text)
            else:
                first, last = rows_or_text
                found = self._word_list[self._word_at[first] : self._word_at[last + 1]]
                numbers = self._numbers_in(first, last) if self._numbers else []
            seen.update(found)
            seen_numbers.update(numbers)
            bodies.append(self._words.terms_of(found) + " ".join(numbers))
            symbols.append(analyze(" ".join(defined)) if defined else "")
        vocabulary = self._words.terms_of(seen) + " ".join(seen_numbers)
        return AnalyzedFile(tuple(bodies), tuple(symbols), vocabulary)

    def _numbers_in(self, first: int, last: int) -> list[str]:
        """The numbers with points in a range of lines."""
        start = int(self._line_ends[first - 1]) if first else 0
        end = int(self._line_ends[last])
        low = bisect_left(self._numbers, (start,))
        return [number for _, number in self._numbers[low : bisect_left(self._numbers, (end,))]]


_MARKS = PUNCTUATION.copy()
"""Bytes that are always a token of their own; an underscore can be a part of a word."""
_MARKS[_UNDERSCORE] = False


def _bytes(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, dtype=np.uint8)


class _Vocabulary(dict[bytes, int]):
    """Word → word id, and by id the properties of the word."""

    def __init__(self, tokenizer: ModelTokenizer, static: StaticModel) -> None:
        super().__init__()
        self._pieces = tokenizer.word_pieces
        self._static = static
        self._writing = threading.Lock()
        self._terms: list[str] = []
        self._pending: list[tuple[int, Sequence[int]]] = []
        self._costs, self._lengths, self._starts, self._tokens = (_Column() for _ in range(4))

    def ids(self, words: list[bytes]) -> NDArray[np.intp]:
        """The id of each word, shape (words,); new words are added."""
        found = np.fromiter(map(self.__getitem__, words), np.intp, len(words))
        if self._pending:
            self._flush()
        return found

    def __missing__(self, raw: bytes) -> int:
        word = raw.decode("utf-8")
        known = self._cost(word), self._static.read(word)
        terms = analyze_word(word)
        with self._writing:
            if raw not in self:
                self._pending.append(known)
                self._terms.append(terms + " " if terms else "")
                self[raw] = len(self._terms) - 1
            return self[raw]

    def _cost(self, word: str) -> int:
        """The number of the model's tokens in an ASCII word with its underscores; 0 for other words.

        Lines with other words are counted as a whole.
        """
        if self._pieces is None or not word.isascii():
            return 0
        names = word.lower().split("_")
        return len(names) - 1 + sum(len(self._pieces[name] or ()) for name in names if name)

    def _flush(self) -> None:
        """Move the properties of new words into the columns."""
        with self._writing:
            new, self._pending = self._pending, []
            if new:
                costs, read = zip(*new, strict=True)
                lengths = np.fromiter(map(len, read), np.intp, len(read))
                self._costs.extend(np.array(costs, np.intp))
                self._lengths.extend(lengths)
                self._starts.extend(self._tokens.used + np.cumsum(lengths) - lengths)
                self._tokens.extend(np.fromiter(chain.from_iterable(read), np.intp))

    def costs(self, ids: NDArray[np.intp]) -> NDArray[np.intp]:
        """The number of the deep model's tokens in each word; shape (words,)."""
        return self._costs.values[ids]

    def tokens(self, ids: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The instant model's token ids in these words, shape (tokens,), and the end of each word in them."""
        lengths = self._lengths.values[ids]
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        shifts = np.repeat(self._starts.values[ids] - ends + lengths, lengths)
        return self._tokens.values[shifts + np.arange(total)], ends

    def terms_of(self, ids: Iterable[int]) -> str:
        """The lexical terms of these words, joined by spaces."""
        return "".join(map(self._terms.__getitem__, ids))


class _Column:
    """An append-only array. A reader of an older `values` keeps seeing the same elements."""

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
