"""A tokenizer by its name or its file, in every format, and what is wrong in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sentencepiece
import tiktoken
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tokenizers import Tokenizer as JsonReference

from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.core.text.tokenizers.tiktoken_file import CL100K_PATTERN
from semlens.core.text.tokenizers.types import Strategy, Tokenizer, pieces_of
from semlens.errors import ModelError, UsageError
from support import tokenizer_files as files

ODDITIES = [
    "",
    "def put(self, item):\n    return self.items[item]\n",
    "naïve café\tÅngström\r\n漢字かな",
    "a\x00b\x0cc\x07d\ufeff\u200be\u2028f\u0301",
    "😀👩‍👩‍👧 != <=> ...",
    "<|endoftext|> </s> [CLS] <unk>",
    "  two\n\n\n    spaces \t",
    "ﬁ ㎏ ½ e\u0301\u0301",
    "a \ud800 b",
    "x" * 3_000,
    "( " + " " * 9_000 + "x\n" + " " * 5_000,
]


def test_the_kind_of_a_file_is_told_by_its_content(every: list[Tokenizer]) -> None:
    assert [one.strategy for one in every] == [
        *([Strategy.BYTE_BPE] * 2),
        Strategy.WORD,
        Strategy.CHARACTER,
        *([Strategy.BYTE_BPE] * 3),
        Strategy.BPE,
        Strategy.UNIGRAM,
    ]
    assert [one.vocabulary for one in every[:4]] == [199_998, 100_256, None, None]


@pytest.mark.parametrize("text", ODDITIES)
def test_the_pieces_join_to_the_text(every: list[Tokenizer], text: str) -> None:
    for tokenizer in every:
        _check_cut(tokenizer, text)


@hypothesis_settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.text(max_size=80), st.text("ab_ .\n\té漢😀\u0301<|>", max_size=80)))
def test_any_text_is_cut_whole(every: list[Tokenizer], text: str) -> None:
    for tokenizer in every:
        _check_cut(tokenizer, text)


def _check_cut(tokenizer: Tokenizer, text: str) -> None:
    tokens = tokenizer.cut(text)
    assert len(tokens) == tokenizer.count(text), tokenizer.name
    pieces = pieces_of(text, tokens)
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text, tokenizer.name
    assert [token for piece in pieces for token in piece.tokens] == tokens
    assert all(piece.start < piece.end for piece in pieces) or not text


@pytest.mark.parametrize("text", [text for text in ODDITIES if text.isascii() or "\ud800" not in text])
def test_ids_equal_those_of_the_libraries(folder: Path, every: list[Tokenizer], text: str) -> None:
    json_reference = JsonReference.from_file(str(folder / "tokenizer.json"))
    json_reference.no_truncation()
    json_reference.encode_special_tokens = True
    piece_reference = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    rank_reference = tiktoken.Encoding(
        "reference", pat_str=CL100K_PATTERN, mergeable_ranks=files.ranks(), special_tokens={}
    )
    references: list[Callable[[str], list[int]]] = [
        lambda text: json_reference.encode(text, add_special_tokens=False).ids,
        rank_reference.encode_ordinary,
        piece_reference.EncodeAsIds,
    ]
    for tokenizer, reference in zip((every[4], every[5], every[7]), references, strict=True):
        assert [token.id for token in tokenizer.cut(text)] == reference(text)


def test_a_special_token_in_a_text_is_text(every: list[Tokenizer]) -> None:
    for tokenizer in every:
        assert tokenizer.count("<|endoftext|>") > 1


def test_tekkens_special_tokens_come_first(every: list[Tokenizer]) -> None:
    assert every[6].cut("a")[0].id == ord("a") + 10


def test_a_megabyte_of_spaces_is_counted(every: list[Tokenizer]) -> None:
    for tokenizer in every:
        assert tokenizer.count(" " * 1_000_000) >= 0


def test_a_models_folder_names_its_tokenizer(tmp_path: Path) -> None:
    files.sentencepiece_model(tmp_path / "spiece.model")
    library = TokenizerLibrary(tmp_path / "none")
    assert library.named(str(tmp_path)).strategy is Strategy.BPE
    files.tokenizer_json(tmp_path / "tokenizer.json")
    assert TokenizerLibrary(tmp_path / "none").named(str(tmp_path)).strategy is Strategy.BYTE_BPE


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("tokenizer.json", b"{", "get it again"),
        ("tokenizer.json", b'{"model": {"type": "New"}}', "get it again"),
        ("tekken.json", b'{"config": {"default_vocab_size": 3}}', "get it again"),
        ("any.tiktoken", b"YQ== 0\n?? 1\n", "get it again"),
        ("spiece.model", b"\x00\x01nonsense", "get it again"),
        ("spiece.model", b"", "get it again"),
    ],
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=problem) as caught:
        TokenizerLibrary(tmp_path).named(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_what_is_not_there_says_how_to_get_it(tmp_path: Path) -> None:
    library = TokenizerLibrary(tmp_path / "none")
    with pytest.raises(ModelError, match=r"semlens tokenizers get deepseek.*1\.9 MB"):
        library.named("deepseek")
    with pytest.raises(ModelError, match="semlens tokenizers get hf:org/name"):
        library.named("hf:org/name")
    with pytest.raises(UsageError, match="write hf:ORG/NAME"):
        library.named("hf:a/b/c")
    with pytest.raises(UsageError, match="Choose one of o200k_base"):
        library.named("no_such")
    with pytest.raises(ModelError, match="cannot be read"):
        library.named(str(tmp_path / "missing.model"))
    with pytest.raises(ModelError, match="has no tokenizer"):
        library.named(str(tmp_path))


def test_a_hub_repository_is_read_from_the_local_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = tmp_path / "models--org--name" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (tmp_path / "models--org--name" / "refs").mkdir()
    (tmp_path / "models--org--name" / "refs" / "main").write_text("abc", encoding="ascii")
    files.tokenizer_json(snapshot / "tokenizer.json")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.file_download.HF_HUB_CACHE", str(tmp_path), raising=False)
    assert TokenizerLibrary(tmp_path / "none").named("hf:org/name").vocabulary == 328


def test_the_list_says_what_is_here(tmp_path: Path) -> None:
    library = TokenizerLibrary(tmp_path)
    assert {one.name for one in library.listed() if one.here} == {
        "o200k_base",
        "cl100k_base",
        "word",
        "character",
    }
    files.tokenizer_json(tmp_path / "mine.json")
    files.sentencepiece_model(tmp_path / "mistral.v3")
    assert {"mine", "mistral"} <= {one.name for one in library.listed() if one.here}
    assert library.named("mine").vocabulary == 328
    assert library.named("mistral").strategy is Strategy.BPE


@pytest.mark.parametrize("name", ["o200k_base", "deepseek", "../up", "a/b", "", "C:x"])
def test_an_own_tokenizer_has_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        TokenizerLibrary(tmp_path).path_for_own(name)
