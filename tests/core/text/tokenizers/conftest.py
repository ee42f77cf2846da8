"""Tokenizers in every format, made once for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.core.text.tokenizers.types import Tokenizer
from support import tokenizer_files as files


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tokenizers")


@pytest.fixture(scope="package")
def library(folder: Path) -> TokenizerLibrary:
    return TokenizerLibrary(folder / "none")


@pytest.fixture(scope="package")
def every(folder: Path, library: TokenizerLibrary) -> list[Tokenizer]:
    """OpenAI's two, words, characters, and one of each kind of file."""
    paths = [
        files.tokenizer_json(folder / "tokenizer.json"),
        files.tiktoken_file(folder / "any.tiktoken"),
        files.tekken_file(folder / "tekken.json"),
        files.sentencepiece_model(folder / "spiece.model"),
        files.sentencepiece_model(folder / "unigram.model", "unigram"),
    ]
    names = ["o200k_base", "cl100k_base", "word", "character", *map(str, paths)]
    return [library.named(name) for name in names]
