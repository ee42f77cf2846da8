"""Small tokenizers in every format, made on the spot."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import sentencepiece
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

SAMPLE = [
    "def put(self, item):\n    return self.items[item]\n",
    "class Store:\n    pass\n",
    "naïve café, 漢字, 😀 and plain prose about a store of items\n",
] * 20


def tokenizer_json(file: Path, special: str = "<|endoftext|>") -> Path:
    """A byte-level BPE with a special token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=[special],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SAMPLE, trainer)
    tokenizer.enable_truncation(8)
    tokenizer.save(str(file))
    return file


def ranks() -> dict[bytes, int]:
    """All bytes, and some merges."""
    merged = [b"  ", b"    ", b"de", b"def", b"se", b"self", b"it", b"item", b"\xf0\x9f"]
    return {token: rank for rank, token in enumerate([*(bytes([b]) for b in range(256)), *merged])}


def tiktoken_file(file: Path) -> Path:
    lines = [f"{base64.b64encode(token).decode()} {rank}" for token, rank in ranks().items()]
    file.write_text("\n".join(lines) + "\n", encoding="ascii")
    return file


def tekken_file(file: Path, special: int = 10) -> Path:
    vocab = [
        {"rank": rank, "token_bytes": base64.b64encode(token).decode(), "token_str": None}
        for token, rank in ranks().items()
    ]
    config = {
        "pattern": r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s*[\r\n]+|\s+(?!\S)|\s+",
        "default_num_special_tokens": special,
        "default_vocab_size": special + len(vocab),
    }
    file.write_text(json.dumps({"config": config, "vocab": vocab}), encoding="utf-8")
    return file


def sentencepiece_model(file: Path, kind: str = "bpe") -> Path:
    """A SentencePiece model of the kind "bpe" or "unigram"."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SAMPLE),
        model_writer=model,
        vocab_size=380 if kind == "bpe" else 330,
        model_type=kind,
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    file.write_bytes(model.getvalue())
    return file
