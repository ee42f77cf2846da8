"""Turns a text into the terms that the lexical index stores.

A text is split into words; each identifier becomes a term as a whole and one for each of its parts; a light
stemmer takes the endings of verbs and plurals off. Search analyzes its queries in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from semlens.core.text.numbers import plain_number, pointed_numbers
from semlens.core.text.words import CACHED_WORDS, UNSPACED, composed, raw_words, split_raw_word
from semlens.core.util.caches import ComputedCache


def code_terms(text: str, stem: bool = True) -> list[str]:
    """The lower-case terms of code or prose: each identifier, then its parts of two letters and more.

    >>> code_terms("getUserById(utf8_names)", stem=False)
    ['getuserbyid', 'get', 'user', 'by', 'id', 'utf8_names', 'utf', 'names']

    A number is a term without its separators and its type too, a number with points last of all terms.

    >>> code_terms("v1.20 = 30_000L")
    ['v1', '20', '30_000l', '30000', '30', '000', '1.20']
    """
    return analyze(text, stem).split()


def analyze(text: str, stem: bool = True) -> str:
    """`code_terms(text, stem)`, joined by spaces."""
    terms = (_STEMMING if stem else _WHOLE).terms_of(raw_words(text))
    return " ".join([terms, *pointed_numbers(text)]).strip()


def analyze_word(raw_word: str) -> str:
    """The stemmed terms of one of `raw_words`, joined by spaces; the result is not cached."""
    return _STEMMING.terms_of_word(raw_word)


@dataclass(frozen=True, slots=True)
class AnalyzedFile:
    """The terms of a file's chunks. Each string holds terms joined by spaces."""

    bodies: tuple[str, ...]
    """The terms of each chunk's text."""
    symbols: tuple[str, ...]
    """The terms of the names that each chunk defines."""
    vocabulary: str
    """The terms of the whole file; how often each occurs means nothing."""


def analyze_file(chunks: Iterable[tuple[str, Iterable[str]]], stem: bool = True) -> AnalyzedFile:
    """Analyze a file. `chunks` are its chunks in order, each a text and the names that it defines."""
    analyzer = _STEMMING if stem else _WHOLE
    bodies, symbols, seen = [], [], dict[str, None]()
    numbers: set[str] = set()
    for text, defined in chunks:
        found, pointed = raw_words(text), pointed_numbers(text)
        seen.update(dict.fromkeys(found))
        numbers.update(pointed)
        bodies.append(" ".join([analyzer.terms_of(found), *pointed]))
        symbols.append(analyzer.terms_of(raw_words(" ".join(defined))))
    return AnalyzedFile(tuple(bodies), tuple(symbols), " ".join([analyzer.terms_of(seen), *numbers]))


@lru_cache(maxsize=50_000)
def light_stem(word: str) -> str:
    """`word` without an English plural, -ing, -ed and final e, so that all forms of a verb have one stem.

    Lighter than Porter's stemmer: it keeps the suffixes that make another word (-er, -tion).
    """
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 2 and _VOWEL.search(root) and not word.endswith("eed"):
            doubled = root[-1] == root[-2] and root[-1] not in "lsz"
            word = root[:-1] if doubled else root
            break
    if len(word) > 3 and word.endswith("e") and not word.endswith("ee"):
        return word[:-1]
    return word


_VOWEL = re.compile("[aeiouy]")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_UNSPACED = re.compile(rf"[{UNSPACED}]{{2,}}")
_LONGEST = 64
"""Characters. Longer words are hashes, keys and data, which nobody searches for."""


class _Analyzer(ComputedCache[str, str]):
    """Raw word → its terms, joined by spaces. A cache, because code repeats its identifiers."""

    def __init__(self, stem: bool) -> None:
        super().__init__(CACHED_WORDS)
        self._stem = light_stem if stem else str

    def compute(self, raw_word: str) -> str:
        return self.terms_of_word(raw_word)

    def terms_of(self, words: Iterable[str]) -> str:
        """The terms of some of `raw_words`, joined by spaces."""
        return " ".join(filter(None, map(self.__getitem__, words)))

    def terms_of_word(self, raw_word: str) -> str:
        """The terms of one of `raw_words`, joined by spaces."""
        if len(raw_word) <= _LONGEST and raw_word.isascii() and raw_word.isalpha() and _is_one_part(raw_word):
            return self._stem(raw_word.lower())
        words = (word for word in split_raw_word(composed(raw_word)) if len(word) <= _LONGEST)
        return " ".join(filter(None, (term for word in words for term in self._terms(word))))

    def _terms(self, word: str) -> Iterator[str]:
        whole = word.strip("_").lower()
        parts = _PART.findall(word) if word.isascii() else [part for part in word.split("_") if part]
        if len(parts) < 2:
            yield self._stem(_bigrams(whole))
            return
        yield whole
        number = plain_number(whole)
        if number is not None and number != whole:
            yield number
        yield from (self._stem(_bigrams(part.lower())) for part in parts if len(part) > 1)


_STEMMING = _Analyzer(stem=True)
_WHOLE = _Analyzer(stem=False)


def _is_one_part(letters: str) -> bool:
    return letters[1:].islower() or letters.islower()


def _bigrams(word: str) -> str:
    """`word`; where a script puts no spaces between words, pairs of neighbours replace its characters."""
    if word.isascii():
        return word
    return _UNSPACED.sub(lambda run: " ".join(map("".join, pairwise(run[0]))), word)
