"""BERT's WordPiece for one lower-case ASCII word, four times as fast as a call of the tokenizer's library.

A large repository has some 100,000 different words. The chunker counts their subwords and the instant model
embeds them; two models with the same vocabulary share one cache.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tokenizers import Tokenizer

from semlens.core.text.words import CACHED_WORDS
from semlens.core.util.caches import ComputedCache

_WORD = re.compile("[a-z0-9]+")
_PREFIX = 3
"""Characters of a subword that tell which lengths to try: more make the search no faster."""
_SHORTEST = tuple(range(_PREFIX - 1, 0, -1))


class WordPieces(ComputedCache[str, "tuple[int, ...] | None"]):
    """Word → ids of its subwords by longest match first, as `BertTokenizer` splits it (Devlin et al. 2018).

    None for a text that is not a lower-case ASCII word. No special tokens. Safe for several threads.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        """`description` is a parsed `tokenizer.json` for which `is_uncased_bert` holds."""
        super().__init__(CACHED_WORDS)
        model = description["model"]
        prefix = model["continuing_subword_prefix"]
        vocabulary: dict[str, int] = model["vocab"]
        self._longest = model.get("max_input_chars_per_word", 100)
        self._unknown = (vocabulary[model["unk_token"]],)
        self._initial = {piece: number for piece, number in vocabulary.items() if _WORD.fullmatch(piece)}
        self._continuation = {
            piece[len(prefix) :]: number for piece, number in vocabulary.items() if piece.startswith(prefix)
        }
        self._smaller: WordPieces | None = None
        self._lengths = _lengths(self._initial), _lengths(self._continuation)

    @classmethod
    def of_tokenizer(cls, tokenizer: Tokenizer) -> WordPieces | None:
        """The subwords of `tokenizer`, or None if it is not BERT's uncased WordPiece."""
        description = json.loads(tokenizer.to_str())
        return cls(description) if is_uncased_bert(description) else None

    def share_with(self, other: WordPieces | None) -> WordPieces:
        """The object to use beside `other`: `other` itself if both split every word alike, else this one.

        If this vocabulary only adds initial subwords, this object asks `other` for all words without them.
        """
        if other is None or (self._longest, self._unknown, self._continuation) != (
            other._longest,
            other._unknown,
            other._continuation,
        ):
            return self
        if self._initial == other._initial:
            return other
        if other._initial.items() <= self._initial.items():
            self._smaller = other
        return self

    def compute(self, word: str) -> tuple[int, ...] | None:
        if not _WORD.fullmatch(word):
            return None
        end = len(word)
        if end > self._longest:
            return self._unknown
        if self._smaller is not None and self._starts_alike(word, self._smaller):
            return self._smaller[word]
        found: list[int] = []
        (lengths, later), pieces, start = self._lengths, self._initial, 0
        while start < end:
            for length in lengths.get(word[start : start + _PREFIX], _SHORTEST):
                number = pieces.get(word[start : start + length])
                if number is not None and start + length <= end:
                    break
            else:
                return self._unknown
            found.append(number)
            pieces, lengths, start = self._continuation, later, start + length
        return tuple(found)

    def _starts_alike(self, word: str, smaller: WordPieces) -> bool:
        """Whether `smaller` too knows the longest subword that begins `word`."""
        for length in self._lengths[0].get(word[:_PREFIX], _SHORTEST):
            if word[:length] in self._initial:
                return word[:length] in smaller._initial
        return True


def _lengths(pieces: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Prefix → lengths of the subwords that begin with it, longest first: far fewer than all lengths."""
    found: dict[str, set[int]] = {}
    for piece in pieces:
        found.setdefault(piece[:_PREFIX], set(_SHORTEST)).add(len(piece))
    return {prefix: tuple(sorted(lengths, reverse=True)) for prefix, lengths in found.items()}


def is_uncased_bert(description: Mapping[str, Any]) -> bool:
    """Whether a parsed `tokenizer.json` is BERT's uncased WordPiece: no subword of it spans a space."""
    normalizer = description.get("normalizer") or {}
    return (
        normalizer.get("type") == "BertNormalizer"
        and bool(normalizer.get("lowercase"))
        and bool(normalizer.get("clean_text"))
        and (description.get("pre_tokenizer") or {}).get("type") == "BertPreTokenizer"
        and (description.get("model") or {}).get("type") == "WordPiece"
    )
