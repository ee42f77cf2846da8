"""Byte-level BPE from a file, counted and cut by the library `tiktoken`.

A tiktoken file has a line a token: its bytes in base64, and its rank. A `tekken.json` has the same and more.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tokenizers import Regex, pre_tokenizers

from semlens.core.text.tokenizers.types import NO_SPECIAL_TOKENS, Strategy, Token, from_byte_lengths
from semlens.core.text.words import without_surrogates
from semlens.errors import ModelError

CL100K_PATTERN: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How cl100k_base parts a text before it merges bytes (tiktoken_ext/openai_public.py). A tiktoken file does
not say how its own model does, and most took this."""

_LONG_SPACE: Final = re.compile(r"\s{4000}")
"""tiktoken's regular expressions overflow the stack on some 500,000 spaces (tiktoken 0.14)."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a byte-level BPE is made of."""

    ranks: dict[bytes, int]
    """Token → its rank: pairs of the lowest rank are merged first."""
    pattern: str
    """Parts a text into the pieces within which bytes are merged."""
    first_id: int = 0
    """The id of rank 0: special tokens may come before."""


class TiktokenTokenizer:
    """A tokenizer with a vocabulary as tiktoken's, as a `Tokenizer`."""

    strategy = Strategy.BYTE_BPE
    special = NO_SPECIAL_TOKENS

    def __init__(
        self,
        vocabulary: Vocabulary,
        name: str,
        limit: int | None = None,
        normalize: Callable[[str], str] | None = None,
    ) -> None:
        """`normalize` is what the model does to a text before it cuts. Raises `ModelError`."""
        try:
            import tiktoken  # takes 0.1 s, and is needed by few
        except ImportError as error:
            raise ModelError("The package tiktoken is missing; install Semlens again.") from error
        self.name = name
        self.limit = limit
        self._normalize = normalize
        self._first_id = vocabulary.first_id
        self._pattern = vocabulary.pattern
        self.vocabulary = len(vocabulary.ranks)
        self._lengths = {rank: len(token) for token, rank in vocabulary.ranks.items()}
        try:
            self._encoding = tiktoken.Encoding(
                name, pat_str=vocabulary.pattern, mergeable_ranks=vocabulary.ranks, special_tokens={}
            )
        except Exception as error:  # the library raises bare exceptions
            raise ModelError(f"The tokenizer {name} is damaged; get its file again.") from error

    def count(self, text: str) -> int:
        return len(self._encode(self._normalized(text)))

    def cut(self, text: str) -> list[Token]:
        normalized = self._normalized(text)
        ids = self._encode(normalized)
        tokens = from_byte_lengths(normalized, ids, map(self._lengths.__getitem__, ids))
        if self._first_id:
            tokens = [replace(token, id=(token.id or 0) + self._first_id) for token in tokens]
        clean = without_surrogates(text)
        return tokens if normalized == clean else _replaced(clean, normalized, tokens, self._normalize)

    def written(self, id_: int) -> bytes:
        return self._encoding.decode_single_token_bytes(id_ - self._first_id)

    def _normalized(self, text: str) -> str:
        clean = without_surrogates(text)
        return self._normalize(clean) if self._normalize and not clean.isascii() else clean

    def _encode(self, text: str) -> list[int]:
        if not _LONG_SPACE.search(text):
            return self._encoding.encode_ordinary(text)
        # Oniguruma finds the same pieces without a stack.
        parted = pre_tokenizers.Split(Regex(self._pattern), "isolated").pre_tokenize_str(text)
        return [id_ for piece, _ in parted for id_ in self._encoding._encode_single_piece(piece)]


def _replaced(
    text: str, normalized: str, tokens: list[Token], normalize: Callable[[str], str] | None
) -> list[Token]:
    """`tokens` of `normalized` with places in `text`."""
    places = _places(text, normalized, normalize or str)
    return [Token(token.id, places[token.start][0], places[token.end - 1][1]) for token in tokens]


def _places(text: str, normalized: str, normalize: Callable[[str], str]) -> list[tuple[int, int]]:
    """The span in `text` of each character of `normalized`.

    What lies between two ASCII characters is normalized alone.
    """
    places: list[tuple[int, int]] = []
    start = 0
    for end in [*(at for at, character in enumerate(text) if character.isascii()), len(text)]:
        if end > start:
            # A combining mark joins the character before it, so an ASCII character goes with what follows.
            places.extend([(start, end)] * len(normalize(text[start:end])))
        start = end
    if len(places) != len(normalized):
        return [(0, len(text))] * len(normalized)
    return places


def read_tiktoken(file: Path, pattern: str = CL100K_PATTERN) -> Vocabulary:
    """The vocabulary in a tiktoken file. Raises `ModelError`."""
    try:
        rows = [line.split() for line in file.read_bytes().splitlines() if line]
        ranks = {b64decode(token, validate=True): int(rank) for token, rank in rows}
    except (OSError, ValueError, Base64Error) as error:
        raise ModelError(f"{file} is not a tiktoken file that can be read; get it again.") from error
    if not ranks:
        raise ModelError(f"{file} is empty; get it again.")
    return Vocabulary(ranks, pattern)


def read_tekken(file: Path) -> Vocabulary:
    """The vocabulary in a `tekken.json` of Mistral's. Raises `ModelError`."""
    try:
        description = json.loads(file.read_bytes())
        config = description["config"]
        special = int(config["default_num_special_tokens"])
        size = int(config["default_vocab_size"]) - special
        ranks = {b64decode(entry["token_bytes"]): int(entry["rank"]) for entry in description["vocab"][:size]}
        return Vocabulary(ranks, str(config["pattern"]), special)
    except (OSError, ValueError, KeyError, TypeError, Base64Error) as error:
        raise ModelError(f"{file} is not a tekken.json that can be read; get it again.") from error
