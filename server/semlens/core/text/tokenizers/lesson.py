"""What a tokenizer just did with a text: how its strategy cuts, shown by the words of this very text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from semlens.core.text.printable import printable
from semlens.core.text.tokenizers.types import Piece, Strategy, Token
from semlens.core.text.tokenizers.view import CutText, as_text

_WORD: Final = re.compile(r"\w+")
_MOST_PIECES: Final = 5
"""An example has few pieces, so that they can be read at a glance."""
_LONGEST_EXAMPLE: Final = 32

_HOW: Final = {
    Strategy.BYTE_BPE: "Byte-level BPE joins the bytes that stood together most often in the texts it "
    "learned from",
    Strategy.BPE: "BPE joins the characters that stood together most often in the texts it learned from",
    Strategy.WORDPIECE: "WordPiece takes the longest piece that begins the word, then the longest that "
    "continues it, marked ##",
    Strategy.UNIGRAM: "Unigram knows how likely each piece is, and takes the likeliest of all ways to cut",
}


def lesson(cut: CutText) -> str:
    """How the tokenizer's strategy cut this text, in a few plain sentences."""
    if not cut.tokens:
        return "There is no text to cut here."
    words = _words(cut)
    strategy = cut.tokenizer.strategy
    if strategy is Strategy.WORD:
        return _whole_words(cut)
    if strategy is Strategy.CHARACTER:
        return _characters(cut, words)
    size = cut.tokenizer.vocabulary
    known = f"; {cut.tokenizer.name} has {size:,} pieces" if size else ""
    return " ".join(filter(None, [_example(cut, words), f"{_HOW[strategy]}{known}.", *_remarks(cut)]))


@dataclass(frozen=True, slots=True)
class _CutWord:
    text: str
    pieces: Sequence[Piece]
    alone: bool
    """Whether its pieces hold nothing else but space."""

    @property
    def tokens(self) -> int:
        return sum(len(piece.tokens) for piece in self.pieces)


def _words(cut: CutText) -> list[_CutWord]:
    """Each word with the pieces that hold a part of it."""
    starts = [piece.start for piece in cut.pieces]
    found: list[_CutWord] = []
    for word in _WORD.finditer(cut.text):
        first = bisect_right(starts, word.start()) - 1
        pieces = cut.pieces[first : bisect_left(starts, word.end(), first)]
        whole = cut.text[pieces[0].start : pieces[-1].end]
        found.append(_CutWord(word[0], pieces, whole.strip() == word[0]))
    return found


def _example(cut: CutText, words: Sequence[_CutWord]) -> str:
    """How the most telling word was cut, and how many words are one token."""
    single = sum(word.tokens == 1 for word in words)
    best = max((word for word in words if word.tokens > 1), key=_worth, default=None)
    if best is None:  # a word may have no token, too
        return f"{single:,} of {len(words):,} words here are one token each." if len(words) > 1 else ""
    parts = [as_text(_written(cut, token)).strip() for piece in best.pieces for token in piece.tokens]
    became = f"`{_short(best.text)}` became {best.tokens:,} tokens"
    if len(parts) <= _MOST_PIECES:
        became += f": {' · '.join(map(printable, parts))}"
    if len(words) == 1:
        return f"{became}."
    return f"{became}, and {single:,} of {len(words):,} words here are one token each."


def _worth(word: _CutWord) -> tuple[bool, bool, bool, int]:
    """An example is a name of few pieces that fits a line, the longest one."""
    return (
        word.tokens <= _MOST_PIECES and len(word.text) <= _LONGEST_EXAMPLE,
        word.text.isascii() and not word.text.isdigit(),
        word.alone,
        len(word.text),
    )


def _remarks(cut: CutText) -> list[str]:
    """What else is to be seen in this text: parts of characters, unknown words, dropped spaces."""
    said: list[str] = []
    shared = next((piece for piece in cut.pieces if len(piece.tokens) > 1 and piece.end > piece.start), None)
    if shared is not None:
        said.append(_about_shared(cut, shared))
    specials = cut.specials()
    if specials:
        first = cut.pieces[specials[0]]
        name = as_text(_written(cut, first.tokens[0]))
        shown = _short(printable(cut.part(first)).strip())
        said.append(
            f"`{shown}` is a special token."
            if name == shown
            else f"`{shown}` became {name}, as no piece holds it."
        )
    dropped = sum(piece.end - piece.start for piece in cut.pieces if not piece.tokens)
    if dropped:
        said.append(f"{dropped:,} of {len(cut.text):,} characters were dropped, such as spaces.")
    return said


def _about_shared(cut: CutText, piece: Piece) -> str:
    """Why some text became several tokens that share its place."""
    shown = cut.part(piece).strip() or cut.part(piece)
    became = f"`{_short(printable(shown))}` became {len(piece.tokens)} tokens"
    if any(isinstance(_written(cut, token), bytes) for token in piece.tokens):
        return f"{became}, each a part of its {len(shown.encode('utf-8', 'replace'))} bytes."
    return f"{became}, as it is replaced before the text is cut."


def _written(cut: CutText, token: Token) -> str | bytes:
    return "" if token.id is None else cut.tokenizer.written(token.id)


def _whole_words(cut: CutText) -> str:
    different = len({cut.text[token.start : token.end] for token in cut.tokens})
    return (
        f"Each word and each sign is one token: {len(cut.tokens):,} here, {different:,} of them different. "
        "A model would need an entry for each, and would not know a name that it has not learned."
    )


def _characters(cut: CutText, words: Sequence[_CutWord]) -> str:
    different = len(set(cut.text))
    longest = max((word.text for word in words), key=len, default="")
    said = f"Each of the {len(cut.tokens):,} characters is one token, {different:,} of them different."
    if len(longest) > 1:
        said += f" No name is unknown, but `{_short(longest)}` alone costs {len(longest):,} tokens."
    return said


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[: _LONGEST_EXAMPLE - 1]}…"
