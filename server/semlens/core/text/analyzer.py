"""What the lexical index makes of a text's words: identifiers whole and in parts, verbs without endings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from semlens.core.text.words import runs, words_of


def code_tokens(text: str, stem: bool = True) -> list[str]:
    """Lower-case words of code or prose: each identifier whole, then its parts
    of two letters and more if it has several.

    >>> code_tokens("getUserById(utf8_names)", stem=False)
    ['getuserbyid', 'get', 'user', 'by', 'id', 'utf8_names', 'utf', 'names']
    """
    return spell(text, stem).split()


def spell(text: str, stem: bool = True) -> str:
    """The words of `code_tokens`, with spaces between them."""
    return (_STEMMED if stem else _WHOLE).spell_out(runs(text))


def spell_run(run: str) -> str:
    """The words of one of `runs`, with spaces between them; nothing is remembered."""
    return _STEMMED.expanded(run)


@dataclass(frozen=True, slots=True)
class Spelt:
    """A file's chunks as words, with spaces between them."""

    bodies: tuple[str, ...]
    """What each chunk says."""
    symbols: tuple[str, ...]
    """What each chunk defines."""
    every: str
    """What the file says: each word once or a few times, as how often does not matter."""


def spell_file(chunks: Iterable[tuple[str, Iterable[str]]], stem: bool = True) -> Spelt:
    """A file's chunks, each a text and what it defines."""
    words = _STEMMED if stem else _WHOLE
    bodies, symbols, seen = [], [], dict[str, None]()
    for text, defined in chunks:
        found = runs(text)
        seen.update(dict.fromkeys(found))
        bodies.append(words.spell_out(found))
        symbols.append(words.spell_out(runs(" ".join(defined))))
    return Spelt(tuple(bodies), tuple(symbols), words.spell_out(seen))


@lru_cache(maxsize=50_000)
def light_stem(word: str) -> str:
    """`word` without an English plural, -ing, -ed and final e, the same for all forms of a verb.

    Lighter than Porter's stemmer: it never touches what makes a word another word (-er, -tion).
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
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_LONGEST = 64
"""Longer words are hashes, keys and data, which nobody looks for."""


class _Words(dict[str, str]):
    """What each word of a text becomes, remembered: code repeats its identifiers."""

    _MOST = 200_000

    def __init__(self, stem: bool) -> None:
        super().__init__()
        self._stem = light_stem if stem else str

    def __missing__(self, word: str) -> str:
        if len(self) >= self._MOST:
            self.clear()
        self[word] = expanded = self.expanded(word)
        return expanded

    def expanded(self, run: str) -> str:
        """The tokens of one of `runs`, with spaces between them."""
        if len(run) <= _LONGEST and run.isascii() and run.isalpha() and (run[1:].islower() or run.islower()):
            return self._stem(run.lower())  # It has one part.
        return " ".join(filter(None, self._tokens(run)))

    def spell_out(self, found: Iterable[str]) -> str:
        """The tokens of some of `runs`, with spaces between them."""
        return " ".join(filter(None, map(self.__getitem__, found)))

    def _tokens(self, word: str) -> Iterator[str]:
        """The tokens of one of `runs`."""
        for single in words_of(word):
            if len(single) <= _LONGEST:
                yield from self._expand(single)

    def _expand(self, word: str) -> Iterator[str]:
        whole = word.strip("_").lower()
        parts = _PART.findall(word) if word.isascii() else [part for part in word.split("_") if part]
        if len(parts) < 2:
            yield self._stem(_bigrams(whole))
            return
        yield whole
        yield from (self._stem(_bigrams(part.lower())) for part in parts if len(part) > 1)


_STEMMED = _Words(stem=True)
_WHOLE = _Words(stem=False)


def _bigrams(word: str) -> str:
    """`word` with pairs of characters in place of runs of a script that puts no spaces between words."""
    if word.isascii():
        return word
    return _UNSPACED.sub(lambda run: " ".join(map("".join, pairwise(run[0]))), word)
