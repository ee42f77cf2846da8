"""What a tokenizer is, and what it makes of a text. Imports no tokenizer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from typing import Protocol


class Strategy(str, Enum):
    """How a tokenizer cuts a text."""

    BYTE_BPE = "byte-level BPE"
    BPE = "BPE"
    WORDPIECE = "WordPiece"
    UNIGRAM = "Unigram"
    WORD = "word"
    CHARACTER = "character"


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a text.

    `start` and `end` are offsets in code points. Tokens that are parts of one character, or of what a
    tokenizer replaced before it cut, have that place in common. Characters of no token were dropped, such as
    the spaces of WordPiece.
    """

    id: int | None
    """Its number in the vocabulary; None where there is no vocabulary."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """The tokens of a model that stand for no text."""

    before: tuple[int, ...] = ()
    """The ids that the model puts before a text."""
    after: tuple[int, ...] = ()
    """The ids that the model puts behind a text."""
    within: frozenset[int] = frozenset()
    """The ids that may come out of a text: a special token that is recognised there, or the unknown token."""


NO_SPECIAL_TOKENS = SpecialTokens()


class Tokenizer(Protocol):
    """Counts and cuts the tokens that a model makes of a text. Safe to share between threads.

    Special tokens are neither added nor recognised: in a text, `<|endoftext|>` is text. A lone surrogate
    counts as "?".
    """

    @property
    def name(self) -> str:
        """Its name for users."""

    @property
    def strategy(self) -> Strategy: ...

    @property
    def vocabulary(self) -> int | None:
        """The number of different tokens; None where there is no vocabulary."""

    @property
    def limit(self) -> int | None:
        """The most tokens of one text that the model sees, special tokens left out; None for no limit."""

    def count(self, text: str) -> int:
        """The number of tokens of `text`. Raises `ModelError`."""

    def cut(self, text: str) -> list[Token]:
        """The tokens of `text` in order: `len(cut(text)) == count(text)`. Raises `ModelError`."""

    @property
    def special(self) -> SpecialTokens:
        """The model's special tokens, as far as its tokenizer's file tells. Raises `ModelError`."""

    def written(self, id_: int) -> str | bytes:
        """A token as the vocabulary has it: bytes of UTF-8, or text with the marks of its strategy."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text with the tokens that it became: one token, several parts of a character, or none."""

    start: int
    end: int
    tokens: tuple[Token, ...]


def pieces_of(text: str, tokens: Iterable[Token]) -> list[Piece]:
    """All of `text` in pieces, in order: their spans join to the text.

    A token without a span joins the next.
    """
    pieces: list[Piece] = []
    shared: list[Token] = []
    start = end = 0
    for token in tokens:
        first = max(token.start, start)
        if shared and first >= end > start:
            pieces.append(Piece(start, end, tuple(shared)))
            shared, start = [], end
        if not shared and first > start:
            pieces.append(Piece(start, first, ()))
            start = first
        shared.append(token)
        end = max(end, token.end, start)
    if shared:
        pieces.append(Piece(start, end, tuple(shared)))
    if end < len(text):
        pieces.append(Piece(end, len(text), ()))
    return pieces


def from_byte_lengths(text: str, ids: Sequence[int], lengths: Iterable[int]) -> list[Token]:
    """The tokens of a tokenizer that cuts UTF-8: `lengths` are the bytes of each of `ids`, in order.

    Raises ValueError if the tokens are not as long as the text.
    """
    ends = list(accumulate(lengths, initial=0))
    if text.isascii():
        size = len(text)
        places = ends
    else:
        starts = list(accumulate((_utf8_length(character) for character in text), initial=0))
        size = starts[-1]
        places = starts
    if ends[-1] != size:
        raise ValueError("the tokens do not join to the text")
    if places is ends:
        return [Token(ids[i], ends[i], ends[i + 1]) for i in range(len(ids))]
    return [
        Token(ids[i], bisect_right(places, ends[i]) - 1, bisect_right(places, ends[i + 1] - 1))
        for i in range(len(ids))
    ]


def _utf8_length(character: str) -> int:
    point = ord(character)
    return 1 if point < 0x80 else 2 if point < 0x800 else 3 if point < 0x10000 else 4
