"""A `tokenizer.json`, counted and cut by the library `tokenizers` of Hugging Face."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

import tokenizers

from semlens.core.text.tokenizers.types import SpecialTokens, Strategy, Token
from semlens.core.text.words import without_surrogates
from semlens.errors import ModelError

_BYTE: Final = re.compile("<0x[0-9A-F]{2}>")
"""How a BPE on characters writes the bytes of a character that its vocabulary lacks."""


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
        self.special = special_of(self._tokenizer)

    @property
    def vocabulary(self) -> int:
        return self._tokenizer.get_vocab_size()

    def count(self, text: str) -> int:
        return len(self._encode(text))

    def cut(self, text: str) -> list[Token]:
        return tokens_of(self._encode(text))

    def written(self, id_: int) -> str | bytes:
        return written(self._tokenizer, id_, self.strategy)

    def _encode(self, text: str) -> tokenizers.Encoding:
        return self._tokenizer.encode(without_surrogates(text), add_special_tokens=False)


def plain_text(tokenizer: tokenizers.Tokenizer) -> None:
    """Have `tokenizer` cut every text whole, and read special tokens in it as text."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True


def tokens_of(encoding: tokenizers.Encoding) -> list[Token]:
    return [Token(id_, *span) for id_, span in zip(encoding.ids, encoding.offsets, strict=True)]


def special_of(tokenizer: tokenizers.Tokenizer) -> SpecialTokens:
    """What `tokenizer` puts around a text, and which ids of a text stand for none."""
    around = tokenizer.encode("a")
    inner = len(tokenizer.encode("a", add_special_tokens=False).ids)
    marks = around.special_tokens_mask
    first = next((at for at, mark in enumerate(marks) if not mark), len(marks))
    unknown = getattr(tokenizer.model, "unk_token", None)
    within = {tokenizer.token_to_id(unknown if isinstance(unknown, str) else "<unk>")}
    if not tokenizer.encode_special_tokens:
        within |= {id_ for id_, token in tokenizer.get_added_tokens_decoder().items() if token.special}
    return SpecialTokens(
        tuple(around.ids[:first]),
        tuple(around.ids[first + inner :]),
        frozenset(id_ for id_ in within if id_ is not None),
    )


def written(tokenizer: tokenizers.Tokenizer, id_: int, strategy: Strategy) -> str | bytes:
    """A token as the vocabulary has it; of a byte-level BPE its bytes, which the file writes as letters."""
    token = tokenizer.id_to_token(id_) or ""
    if strategy is Strategy.BYTE_BPE:
        letters = _byte_letters()
        if all(letter in letters for letter in token):
            return bytes(letters[letter] for letter in token)
    elif _BYTE.fullmatch(token):
        return bytes([int(token[3:-1], 16)])
    return token


@cache
def _byte_letters() -> dict[str, int]:
    """The letter that a byte-level BPE writes for each byte (GPT-2's `bytes_to_unicode`)."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(0x100 + n): byte for n, byte in enumerate(others)}


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
