"""A SentencePiece `.model`, counted and cut by the library `sentencepiece` of Google."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any, Final

from semlens.core.text.tokenizers.types import NO_SPECIAL_TOKENS, SpecialTokens, Strategy, Token
from semlens.core.text.words import without_surrogates
from semlens.errors import ModelError

_LOOKED_AT: Final = 100
"""Pieces whose scores tell BPE from Unigram."""


class SentencePieceTokenizer:
    """A tokenizer read from a SentencePiece model, as a `Tokenizer`."""

    def __init__(self, file: Path, name: str, limit: int | None = None) -> None:
        """Raises `ModelError` if `file` cannot be read."""
        try:
            import sentencepiece  # needed by few
        except ImportError as error:
            raise ModelError("The package sentencepiece is missing; install Semlens again.") from error
        self.name = name
        self.limit = limit
        self._processor = sentencepiece.SentencePieceProcessor()
        try:
            self._processor.LoadFromSerializedProto(file.read_bytes())
            self.vocabulary = int(self._processor.GetPieceSize())
        except Exception as error:  # the library raises bare exceptions
            raise ModelError(
                f"{file} is not a SentencePiece model that can be read; get it again."
            ) from error
        self.strategy = _strategy(self._processor, self.vocabulary)
        unknown = self._processor.unk_id()
        # The file does not tell which of its special tokens the model puts around a text.
        self.special = SpecialTokens(within=frozenset({unknown})) if unknown >= 0 else NO_SPECIAL_TOKENS

    def count(self, text: str) -> int:
        return len(self._processor.EncodeAsIds(without_surrogates(text)))

    def cut(self, text: str) -> list[Token]:
        found = self._processor.EncodeAsOffsetMapping(without_surrogates(text))
        return [Token(id_, *span) for id_, span in zip(found["ids"], found["offsets"], strict=True)]

    def written(self, id_: int) -> str | bytes:
        piece = str(self._processor.IdToPiece(id_))
        return bytes([int(piece[3:-1], 16)]) if self._processor.IsByte(id_) else piece


def _strategy(processor: Any, size: int) -> Strategy:
    """BPE scores its pieces 0, -1, -2 … in the order of their merges; Unigram by log probability."""
    ordinary = (
        id_
        for id_ in range(size)
        if not (processor.IsControl(id_) or processor.IsByte(id_) or processor.IsUnknown(id_))
    )
    scores = (processor.GetScore(id_) for id_ in islice(ordinary, _LOOKED_AT))
    return Strategy.BPE if all(score == round(score) for score in scores) else Strategy.UNIGRAM
