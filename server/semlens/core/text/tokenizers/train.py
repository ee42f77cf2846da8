"""Learn a tokenizer from texts, with the trainers of the library `tokenizers`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from semlens.core.text.tokenizers.files import write_whole
from semlens.core.text.words import without_surrogates
from semlens.errors import UsageError

Kind = Literal["bpe", "wordpiece", "unigram"]
KINDS: Final[tuple[Kind, ...]] = ("bpe", "wordpiece", "unigram")

SMALLEST: Final = 300
"""The least vocabulary: 256 bytes and some merges."""

_UNKNOWN: Final = "[UNK]"


def train(texts: Iterable[str], kind: Kind, vocabulary: int) -> Tokenizer:
    """A tokenizer of `kind` with at most `vocabulary` tokens, learned from `texts`.

    The same texts give the same BPE; the others may differ where two choices are equally good. Byte-level BPE
    and Unigram lose no character; WordPiece lower-cases nothing, and drops spaces.
    Raises `UsageError` for a vocabulary that is too small, and for texts that are too few.
    """
    if vocabulary < SMALLEST:
        raise UsageError(f"A vocabulary has at least {SMALLEST} tokens.")
    tokenizer, trainer = _made(kind, vocabulary)
    try:
        tokenizer.train_from_iterator(map(without_surrogates, texts), trainer)
    except Exception as error:  # the library raises bare exceptions
        raise UsageError(
            f"There is too little text to learn {vocabulary:,} tokens from: ask for fewer."
        ) from error
    return tokenizer


def save(tokenizer: Tokenizer, file: Path) -> None:
    """Write `tokenizer` as a `tokenizer.json`. Raises `StorageError`."""
    write_whole(file, tokenizer.to_str().encode())


def _made(kind: Kind, vocabulary: int) -> tuple[Tokenizer, trainers.Trainer]:
    """An untrained tokenizer and its trainer."""
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    if kind == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token=_UNKNOWN, max_input_chars_per_word=100))
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        return tokenizer, trainers.WordPieceTrainer(
            vocab_size=vocabulary, special_tokens=[_UNKNOWN], show_progress=False
        )
    if kind == "unigram":
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer = normalizers.Sequence([])
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        return tokenizer, trainers.UnigramTrainer(
            vocab_size=vocabulary, initial_alphabet=alphabet, show_progress=False
        )
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer, trainers.BpeTrainer(
        vocab_size=vocabulary, initial_alphabet=alphabet, show_progress=False
    )
