"""BERT's WordPiece for one lower-case ASCII word: four times as fast as a call of the tokenizer's library.

A large repository has some 100,000 different words, which the chunker counts and the instant model embeds;
where their vocabularies agree, they share what they found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tokenizers import Tokenizer

_WORD = re.compile("[a-z0-9]+")
_BEGINNING = 3
"""Characters by which lengths of pieces are told apart: with more the search is no faster."""
_SHORTEST = tuple(range(_BEGINNING - 1, 0, -1))
_REMEMBERED = 200_000
"""Some 40 MB at most; a large repository has fewer."""


class WordPieces(dict[str, "tuple[int, ...] | None"]):
    """Longest match first, as in `BertTokenizer` (Devlin et al. 2018): a word's tokens, without special ones.

    None for any other text. Safe for several threads.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        """From what a `tokenizer.json` holds."""
        super().__init__()
        model = description["model"]
        prefix = model["continuing_subword_prefix"]
        vocabulary: dict[str, int] = model["vocab"]
        self._most = model.get("max_input_chars_per_word", 100)
        self._unknown = (vocabulary[model["unk_token"]],)
        self._first = {piece: number for piece, number in vocabulary.items() if _WORD.fullmatch(piece)}
        self._later = {
            piece[len(prefix) :]: number for piece, number in vocabulary.items() if piece.startswith(prefix)
        }
        self._smaller: WordPieces | None = None
        self._lengths = _lengths(self._first), _lengths(self._later)

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> WordPieces | None:
        """Those of a tokenizer, or None if it is not BERT's uncased one."""
        description = json.loads(tokenizer.to_str())
        return cls(description) if splits_at_words(description) else None

    def shared_with(self, other: WordPieces | None) -> WordPieces:
        """`other` if it finds the same in every word, else this.

        If this one only knows more beginnings of words, it asks `other` about all but those.
        """
        if other is None or (self._most, self._unknown, self._later) != (
            other._most,
            other._unknown,
            other._later,
        ):
            return self
        if self._first == other._first:
            return other
        if other._first.items() <= self._first.items():
            self._smaller = other
        return self

    def __missing__(self, word: str) -> tuple[int, ...] | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = found = self._split(word)
        return found

    def _split(self, word: str) -> tuple[int, ...] | None:
        if not _WORD.fullmatch(word):
            return None
        end = len(word)
        if end > self._most:
            return self._unknown
        if self._smaller is not None and self._begins_alike(word, self._smaller):
            return self._smaller[word]
        found: list[int] = []
        (lengths, later), pieces, start = self._lengths, self._first, 0
        while start < end:
            for length in lengths.get(word[start : start + _BEGINNING], _SHORTEST):
                number = pieces.get(word[start : start + length])
                if number is not None and start + length <= end:
                    break
            else:
                return self._unknown
            found.append(number)
            pieces, lengths, start = self._later, later, start + length
        return tuple(found)

    def _begins_alike(self, word: str, smaller: WordPieces) -> bool:
        """Whether the longest piece that begins `word` is known to `smaller` too."""
        for length in self._lengths[0].get(word[:_BEGINNING], _SHORTEST):
            if word[:length] in self._first:
                return word[:length] in smaller._first
        return True


def _lengths(pieces: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """By its beginning, how long a piece may be, longest first: far fewer to try than every length."""
    found: dict[str, set[int]] = {}
    for piece in pieces:
        found.setdefault(piece[:_BEGINNING], set(_SHORTEST)).add(len(piece))
    return {beginning: tuple(sorted(lengths, reverse=True)) for beginning, lengths in found.items()}


def splits_at_words(description: Mapping[str, Any]) -> bool:
    """Whether this `tokenizer.json` is BERT's uncased WordPiece, which never joins what a space parts."""
    normalizer = description.get("normalizer") or {}
    return (
        normalizer.get("type") == "BertNormalizer"
        and bool(normalizer.get("lowercase"))
        and bool(normalizer.get("clean_text"))
        and (description.get("pre_tokenizer") or {}).get("type") == "BertPreTokenizer"
        and (description.get("model") or {}).get("type") == "WordPiece"
    )
