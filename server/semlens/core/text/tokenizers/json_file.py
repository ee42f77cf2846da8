"""A `tokenizer.json`, counted and cut by the library `tokenizers` of Hugging Face."""

from __future__ import annotations

from pathlib import Path

import tokenizers

from semlens.core.text.tokenizers.types import Strategy, Token
from semlens.core.text.words import without_surrogates
from semlens.errors import ModelError


class JsonTokenizer:
    """A tokenizer read from a `tokenizer.json`, as a `Tokenizer`.

    Equal to `transformers`' fast tokenizer with `add_special_tokens=False, split_special_tokens=True`.
    """

    def __init__(self, file: Path, name: str, limit: int | None = None) -> None:
        """Raises `ModelError` if `file` cannot be read."""
        self.name = name
        self.limit = limit
        try:
            self._tokenizer = tokenizers.Tokenizer.from_str(file.read_text(encoding="utf-8"))
        except Exception as error:  # the library raises bare exceptions
            raise ModelError(f"{file} is not a tokenizer.json that can be read; get it again.") from error
        plain_text(self._tokenizer)
        self.strategy = strategy_of(self._tokenizer)

    @property
    def vocabulary(self) -> int:
        return self._tokenizer.get_vocab_size()

    def count(self, text: str) -> int:
        return len(self._encode(text))

    def cut(self, text: str) -> list[Token]:
        return tokens_of(self._encode(text))

    def _encode(self, text: str) -> tokenizers.Encoding:
        return self._tokenizer.encode(without_surrogates(text), add_special_tokens=False)


def plain_text(tokenizer: tokenizers.Tokenizer) -> None:
    """Have `tokenizer` cut every text whole, and read special tokens in it as text."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True


def tokens_of(encoding: tokenizers.Encoding) -> list[Token]:
    return [Token(id_, *span) for id_, span in zip(encoding.ids, encoding.offsets, strict=True)]


def strategy_of(tokenizer: tokenizers.Tokenizer) -> Strategy:
    """Raises `ModelError` for a kind of tokenizer that is not known."""
    kind = type(tokenizer.model).__name__
    if kind == "BPE":
        bytewise = "ByteLevel" in f"{tokenizer.pre_tokenizer} {tokenizer.normalizer}"
        return Strategy.BYTE_BPE if bytewise else Strategy.BPE
    known = {"WordPiece": Strategy.WORDPIECE, "Unigram": Strategy.UNIGRAM, "WordLevel": Strategy.WORD}
    if kind not in known:
        raise ModelError(f"A tokenizer of the kind {kind} is not supported.")
    return known[kind]
