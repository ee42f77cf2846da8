"""A tokenizer learned from texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.core.text.tokenizers.json_file import JsonTokenizer
from semlens.core.text.tokenizers.train import KINDS, Kind, save, train
from semlens.core.text.tokenizers.types import pieces_of
from semlens.errors import UsageError
from support.tokenizer_files import SAMPLE


@pytest.mark.parametrize("kind", KINDS)
def test_it_cuts_what_it_learned_from_in_few_tokens(tmp_path: Path, kind: Kind) -> None:
    save(train(SAMPLE, kind, 400), tmp_path / "mine.json")
    mine = JsonTokenizer(tmp_path / "mine.json", "mine")
    assert mine.vocabulary <= 400
    for text in (SAMPLE[0], SAMPLE[2], "unseen ✓ Wörter\x00"):
        pieces = pieces_of(text, mine.cut(text))
        assert "".join(text[piece.start : piece.end] for piece in pieces) == text
    assert mine.count(SAMPLE[0]) < len(SAMPLE[0]) / (1.2 if kind == "unigram" else 3)


def test_the_same_texts_give_the_same_tokenizer() -> None:
    assert train(SAMPLE, "bpe", 400).to_str() == train(SAMPLE, "bpe", 400).to_str()


def test_too_small_a_vocabulary_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 300"):
        train(SAMPLE, "bpe", 10)
