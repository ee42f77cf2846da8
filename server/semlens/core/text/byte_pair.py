"""Byte-pair encodings of OpenAI's models, counted by the package bpe-openai."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Protocol

from semlens.core.text.words import without_surrogates
from semlens.errors import ModelError


@dataclass(frozen=True, slots=True)
class BytePairTokenizer:
    """One encoding of bpe-openai, as a `core.text.tokens.Tokenizer`. It is loaded by its first count."""

    name: str
    """bpe-openai's name for the encoding, which is OpenAI's too."""
    limit: int | None = None
    """None: an encoding serves models with windows of different lengths."""

    def count(self, text: str) -> int:
        """The number of tokens of `text`, exact. Special tokens in it are counted as plain text.

        Raises `ModelError` if bpe-openai is missing.
        """
        return _encoding(self.name).count(without_surrogates(text))


class _Encoding(Protocol):
    def count(self, text: str) -> int: ...


@cache
def _encoding(name: str) -> _Encoding:
    # The package's public `encode` refuses a text of 1,000,000 characters, and builds the list of
    # tokens only to be counted; the binding below it counts any length. It is loaded without its
    # package, whose import takes 0.7 s and 56 MB for tables that counting does not need (bpe-openai 0.1.4).
    package = PathFinder.find_spec("bpe_openai")
    binding = package and PathFinder.find_spec("bpe_openai._bindings", package.submodule_search_locations)
    if binding is None or binding.loader is None:
        raise ModelError("The package bpe-openai is missing; install Semlens again.")
    module = module_from_spec(binding)
    binding.loader.exec_module(module)
    encoding: _Encoding = module.tokenizer_for_encoding(name)
    return encoding
