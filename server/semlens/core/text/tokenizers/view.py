"""A text as a tokenizer cuts it, to look at: its pieces, their tokens, and where two tokenizers differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from semlens.core.text.tokenizers.types import Piece, Token, Tokenizer, pieces_of

LONGEST: Final = 400_000
"""Characters of a text that are shown: some 100,000 tokens."""


@dataclass(frozen=True, slots=True)
class CutText:
    """A text with the pieces that a tokenizer makes of it."""

    text: str
    tokenizer: Tokenizer
    tokens: Sequence[Token]
    pieces: Sequence[Piece]
    """They join to the text."""

    @classmethod
    def by(cls, tokenizer: Tokenizer, text: str) -> CutText:
        """Cut `text`. Raises `ModelError`."""
        tokens = tokenizer.cut(text)
        return cls(text, tokenizer, tokens, pieces_of(text, tokens))

    def part(self, piece: Piece) -> str:
        """The text of a piece."""
        return self.text[piece.start : piece.end]

    def specials(self) -> list[int]:
        """The places in `pieces` of those that became a special token, such as the unknown one."""
        within = self.tokenizer.special.within
        if not within:
            return []
        return [
            at for at, piece in enumerate(self.pieces) if any(token.id in within for token in piece.tokens)
        ]

    def names(self) -> dict[int, str | bytes]:
        """Id → the token as the vocabulary has it, for those that differ from their text or share it."""
        found: dict[int, str | bytes] = {}
        for piece in self.pieces:
            for token in piece.tokens:
                if token.id is None or token.id in found:
                    continue
                written = self.tokenizer.written(token.id)
                if len(piece.tokens) > 1 or as_text(written) != self.part(piece):
                    found[token.id] = written
        return found


def as_text(written: str | bytes) -> str:
    """A token to read: its text, or the bytes of one that is a part of a character."""
    if isinstance(written, str):
        return written
    return written.hex(" ").upper() if is_partial(written) else written.decode("utf-8")


def is_partial(written: str | bytes) -> bool:
    """Whether a token is bytes that are no whole characters."""
    if isinstance(written, str):
        return False
    try:
        written.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def differing(one: CutText, other: CutText) -> list[int]:
    """The places in `one.pieces` of those that `other` cuts in another way. Space does not count."""
    others = {bounds for piece in other.pieces if (bounds := _visible(other, piece)) is not None}
    return [
        at
        for at, piece in enumerate(one.pieces)
        if (bounds := _visible(one, piece)) is not None and bounds not in others
    ]


def _visible(cut: CutText, piece: Piece) -> tuple[int, int, int] | None:
    """Where the visible text of a piece begins and ends, and its tokens; None for space."""
    text = cut.part(piece)
    stripped = text.strip()
    if not stripped:
        return None
    start = piece.start + len(text) - len(text.lstrip())
    return start, start + len(stripped), len(piece.tokens)
