"""BERT's WordPiece for one lower-case ASCII word: four times as fast as a call of the tokenizer's library.

A large repository has some 100,000 different words, which the chunker counts and the instant model embeds;
where both have one vocabulary, they share what they found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tokenizers import Tokenizer

_WORD = re.compile("[a-z0-9]+")
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
        self._longest = max(map(len, vocabulary), default=0)

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> WordPieces | None:
        """Those of a tokenizer, or None if it is not BERT's uncased one."""
        description = json.loads(tokenizer.to_str())
        return cls(description) if splits_at_words(description) else None

    def shared_with(self, other: WordPieces | None) -> WordPieces:
        """`other` if it finds the same in every word, else this."""
        same = other is not None and (self._most, self._unknown, self._first, self._later) == (
            other._most,
            other._unknown,
            other._first,
            other._later,
        )
        return other if other is not None and same else self

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
        found: list[int] = []
        pieces, start, longest = self._first, 0, self._longest
        while start < end:
            for stop in range(min(end, start + longest), start, -1):
                number = pieces.get(word[start:stop])
                if number is not None:
                    break
            else:
                return self._unknown
            found.append(number)
            pieces, start = self._later, stop
        return tuple(found)


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
