"""Byte-pair encodings of OpenAI's models, by the package bpe-openai."""

from __future__ import annotations

import gzip
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import Final, Protocol

from semlens.core.text.tokenizers.types import (
    NO_SPECIAL_TOKENS,
    SpecialTokens,
    Strategy,
    Token,
    from_byte_lengths,
)
from semlens.core.text.words import without_surrogates
from semlens.errors import ModelError

_MISSING: Final = "The package bpe-openai is missing; install Semlens again."


@dataclass(frozen=True, slots=True)
class BytePairTokenizer:
    """One encoding of bpe-openai, as a `Tokenizer`. It is loaded by its first count."""

    name: str
    """bpe-openai's name for the encoding, which is OpenAI's too."""
    limit: int | None = None
    """None: an encoding serves models with windows of different lengths."""
    strategy: Strategy = Strategy.BYTE_BPE
    special: SpecialTokens = NO_SPECIAL_TOKENS

    @property
    def vocabulary(self) -> int:
        return len(_lengths(self.name))

    def count(self, text: str) -> int:
        """The number of tokens of `text`, exact. Special tokens in it are counted as plain text.

        Raises `ModelError` if bpe-openai is missing.
        """
        return _encoding(self.name).count(without_surrogates(text))

    def cut(self, text: str) -> list[Token]:
        """The tokens of `text`. Raises `ModelError` if bpe-openai is missing."""
        clean = without_surrogates(text)
        ids = _encoding(self.name).encode(clean)
        lengths = _lengths(self.name)
        return from_byte_lengths(clean, ids, map(lengths.__getitem__, ids))

    def written(self, id_: int) -> bytes:
        return _vocabulary(self.name)[id_]


class _Encoding(Protocol):
    def count(self, text: str) -> int: ...
    def encode(self, text: str) -> list[int]: ...


@cache
def _encoding(name: str) -> _Encoding:
    # The package's public `encode` refuses a text of 1,000,000 characters, and builds the list of
    # tokens only to be counted; the binding below it counts any length. It is loaded without its
    # package, whose import takes 0.7 s and 56 MB for tables that counting does not need (bpe-openai 0.1.4).
    binding = PathFinder.find_spec("bpe_openai._bindings", [str(_package())])
    if binding is None or binding.loader is None:
        raise ModelError(_MISSING)
    module = module_from_spec(binding)
    binding.loader.exec_module(module)
    encoding: _Encoding = module.tokenizer_for_encoding(name)
    return encoding


@cache
def _lengths(name: str) -> dict[int, int]:
    """Id → the number of bytes of its token."""
    return {rank: len(token) for rank, token in _read_vocabulary(name)}


@cache
def _vocabulary(name: str) -> dict[int, bytes]:
    """Id → the bytes of its token: 20 MB, which counting does without."""
    return dict(_read_vocabulary(name))


def _read_vocabulary(name: str) -> Iterator[tuple[int, bytes]]:
    """Each id of the package's vocabulary with its token."""
    file = _package() / "data" / f"{name}.tiktoken.gz"
    try:
        lines = gzip.decompress(file.read_bytes()).split(b"\n")
    except OSError as error:
        raise ModelError(_MISSING) from error
    rows = (line.split() for line in lines if line)
    return ((int(rank), b64decode(token)) for token, rank in rows)


@cache
def _package() -> Path:
    found = PathFinder.find_spec("bpe_openai")
    if found is None or not found.submodule_search_locations:
        raise ModelError(_MISSING)
    return Path(found.submodule_search_locations[0])
