"""The instant tier's model: a table of token vectors, so that a workspace is searchable in seconds.

A text's vector is the normalised sum of its tokens' vectors. There is no network to run: the table is
memory-mapped, and tokenising is most of the work. `training/distil_static_model.py` makes the first table
and `training/fit.py` trains it; the weight of a token is the length of its row.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from semlens.core.text.wordpiece import WordPieces
from semlens.core.text.words import CACHED_WORDS, raw_words, split_raw_word
from semlens.core.util.caches import ComputedCache
from semlens.errors import ModelError
from semlens.settings import DEFAULT_INSTANT_MODEL
from semlens.types import Fingerprint

FORMAT = 3
"""Version of the model's folder: goes up when its files or the arithmetic over them change."""

ROWS, SCALES, TOKENIZER, CARD = "rows.npy", "scales.npy", "tokenizer.json", "model.json"

SHIPPED = Path(__file__).parents[2] / "models" / "instant"

PART = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")
"""A part of a camelCase name, with the digits that end it: `HTTP2Server` is `HTTP2` and `Server`."""


class StaticModel:
    """A vector for each token of a vocabulary, and the tokenizer that finds the tokens.

    Safe for many threads. A text has the same vector, to the last bit, in any batch.
    """

    def __init__(
        self,
        rows: NDArray[np.int8],
        scales: NDArray[np.float32],
        tokenizer: Tokenizer,
        fingerprint: Fingerprint,
        pieces: WordPieces | None = None,
        folder: Path = SHIPPED,
    ) -> None:
        self.folder = folder
        self._rows = np.asarray(rows)  # indexing a memmap itself is slower
        self._scales = scales
        self._words = Words(tokenizer, scales > 0, pieces)
        self.fingerprint = fingerprint
        self.dim: int = rows.shape[1]

    @classmethod
    def load(cls, folder: Path = SHIPPED, pieces: WordPieces | None = None) -> StaticModel:
        """Load the model in `folder`, by default the shipped one.

        :param pieces: the word pieces of another model, to share them if the vocabulary is the same.
        :raises ModelError: the model cannot be read, or is of another format.
        """
        try:
            card = json.loads((folder / CARD).read_text("utf-8"))
            rows = np.load(folder / ROWS, mmap_mode="r", allow_pickle=False)
            scales = np.load(folder / SCALES, allow_pickle=False)
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            fingerprint = _fingerprint(folder)
        except Exception as error:  # tokenizers raises bare Exception
            raise ModelError(
                f"The instant model in {folder} cannot be read ({error}): {_remedy(folder)}."
            ) from error
        if card.get("format") != FORMAT or not _fits(rows, scales, tokenizer):
            raise ModelError(f"The instant model in {folder} does not fit this version: {_remedy(folder)}.")
        return cls(rows, scales, tokenizer, fingerprint, pieces, folder)

    @property
    def name(self) -> str:
        """What settings and people call it."""
        return DEFAULT_INSTANT_MODEL if self.folder == SHIPPED else self.folder.name

    def read(self, raw_word: str) -> tuple[int, ...]:
        """The ids of the tokens in one of `raw_words`, without caching them."""
        return self._words.read(raw_word)

    def embed(self, texts: Sequence[str | NDArray[np.intp]]) -> NDArray[np.float32]:
        """The unit vectors of texts, shape (len(texts), dim). A text without a known token gets zeros.

        :param texts: each a text, or the token ids that `read` finds in its raw words, shape (tokens,).
        """
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            tokens = self._words.tokens(text) if isinstance(text, str) else text
            if len(tokens):
                vectors[row] = self.total(tokens)
        norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        vectors /= np.where(norms > 0, norms, 1)[:, None]
        return vectors

    def total(self, tokens: NDArray[np.intp]) -> NDArray[np.float32]:
        """The sum of the vectors of some tokens, shape (dim,)."""
        # einsum and not @: a BLAS product may differ in its last bits with the number of threads.
        rows = self._rows.take(tokens, axis=0).astype(np.float32)
        total: NDArray[np.float32] = np.einsum("i,ij->j", self._scales.take(tokens), rows)
        return total


class Words(ComputedCache[str, tuple[int, ...]]):
    """The token ids of each word, cached: looking them up is far faster than tokenising again.

    A camelCase name is tokenised in parts and whole: on the benchmark's development half, untrained,
    NDCG@10 was 0.634 whole, 0.640 in parts, and 0.656 with both. Punctuation has no vector.
    """

    def __init__(
        self, tokenizer: Tokenizer, has_vector: NDArray[np.bool_], pieces: WordPieces | None = None
    ) -> None:
        super().__init__(CACHED_WORDS)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        own = WordPieces.of_tokenizer(tokenizer)
        self._pieces = own.share_with(pieces) if own is not None else None
        self._silent = frozenset(np.flatnonzero(~has_vector).tolist())

    def tokens(self, text: str) -> NDArray[np.intp]:
        """The ids of the tokens in a text, shape (tokens,)."""
        return np.fromiter(chain.from_iterable(map(self.__getitem__, raw_words(text))), np.intp)

    def compute(self, raw_word: str) -> tuple[int, ...]:
        return self.read(raw_word)

    def read(self, raw_word: str) -> tuple[int, ...]:
        """The ids of the tokens in one of `raw_words`."""
        found: list[int] = []
        for word in split_raw_word(raw_word):
            for name in filter(None, word.split("_")):
                parts = _parts(name)
                if len(parts) > 1:
                    found += chain.from_iterable(map(self._ids, parts))
                found += self._ids(name)
        if self._silent.isdisjoint(found):
            return tuple(found)
        return tuple(token for token in found if token not in self._silent)

    def _ids(self, name: str) -> Sequence[int]:
        """The ids of the tokens in a name or a part of one."""
        name = name.lower()
        ids = self._pieces[name] if self._pieces is not None else None
        return self._tokenizer.encode(name, add_special_tokens=False).ids if ids is None else ids


def _parts(name: str) -> list[str]:
    if not name.isascii() or (name.isalpha() and (name[1:].islower() or name.islower() or name.isupper())):
        return [name]
    return PART.findall(name)


def save(folder: Path, vectors: NDArray[np.float32], tokenizer: Tokenizer, card: dict[str, Any]) -> None:
    """Write a model: `vectors`, shape (tokens, dim), become int8 rows with a float32 scale each."""
    scales = np.abs(vectors).max(axis=1) / 127
    rows = np.round(vectors / np.where(scales > 0, scales, 1)[:, None]).astype(np.int8)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / ROWS, rows)
    np.save(folder / SCALES, scales.astype(np.float32))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    text = json.dumps({"format": FORMAT, **card}, indent=2, sort_keys=True)
    (folder / CARD).write_text(text + "\n", "utf-8", newline="\n")


def _fingerprint(folder: Path) -> Fingerprint:
    digest = hashlib.sha256(f"static {FORMAT}".encode())
    for name in (ROWS, SCALES, TOKENIZER):
        digest.update((folder / name).read_bytes())
    return Fingerprint("static-" + digest.hexdigest()[:32])


def _remedy(folder: Path) -> str:
    return "reinstall Semlens" if folder == SHIPPED else "choose another one, or train it again"


def _fits(rows: NDArray[Any], scales: NDArray[Any], tokenizer: Tokenizer) -> bool:
    return (
        rows.ndim == 2
        and rows.dtype == np.int8
        and scales.dtype == np.float32
        and scales.shape == rows.shape[:1]
        and rows.shape[0] >= tokenizer.get_vocab_size(with_added_tokens=True)
    )
