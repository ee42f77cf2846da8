"""Words and characters as tokens: what came before subwords, to compare with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from semlens.core.text.tokenizers.types import NO_SPECIAL_TOKENS, SpecialTokens, Strategy, Token

_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class WordTokenizer:
    """Each word and each other visible character is a token, as a `Tokenizer`."""

    name: str = "word"
    limit: int | None = None
    strategy: Strategy = Strategy.WORD
    vocabulary: int | None = None
    special: SpecialTokens = NO_SPECIAL_TOKENS

    def count(self, text: str) -> int:
        return sum(1 for _ in _WORD.finditer(text))

    def cut(self, text: str) -> list[Token]:
        return [Token(None, *found.span()) for found in _WORD.finditer(text)]

    def written(self, id_: int) -> str:
        raise ValueError("words have no numbers")


@dataclass(frozen=True, slots=True)
class CharacterTokenizer:
    """Each code point is a token, as a `Tokenizer`. Its number is its code point."""

    name: str = "character"
    limit: int | None = None
    strategy: Strategy = Strategy.CHARACTER
    vocabulary: int | None = None
    special: SpecialTokens = NO_SPECIAL_TOKENS

    def count(self, text: str) -> int:
        return len(text)

    def cut(self, text: str) -> list[Token]:
        return [Token(ord(character), at, at + 1) for at, character in enumerate(text)]

    def written(self, id_: int) -> str:
        return chr(id_)
