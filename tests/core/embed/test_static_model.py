"""The instant tier's model: fast, deterministic, and refused when it is damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from semlens.core.embed.static_model import CARD, ROWS, SCALES, SHIPPED, TOKENIZER, StaticModel, Words
from semlens.errors import ModelError

BYTES_ALLOWED = 16_000_000
REFERENCE = Tokenizer.from_file(str(SHIPPED / TOKENIZER))
KNOWN = np.load(SHIPPED / SCALES) > 0
WORDS = Words(REFERENCE, KNOWN)


@pytest.fixture(scope="module")
def model() -> StaticModel:
    return StaticModel.load()


def test_ships_within_its_size() -> None:
    files = {path.name: path.stat().st_size for path in SHIPPED.iterdir()}
    assert {ROWS, SCALES, TOKENIZER, CARD} <= files.keys()
    assert sum(files.values()) <= BYTES_ALLOWED


def test_equal_meaning_is_nearer_than_another(model: StaticModel) -> None:
    question, right, wrong = model.embed(
        ["open a database connection", "def connect_to_db(url): ...", "def draw_triangle(canvas): ..."]
    )
    assert question @ right > question @ wrong


def test_vectors_are_units_and_a_text_without_tokens_is_zero(model: StaticModel) -> None:
    vectors = model.embed(["return x", "", " {}\n\t", "\ud800"])
    assert vectors.shape == (4, model.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)
    assert not vectors[1].any() and not vectors[2].any()
    assert np.isfinite(vectors).all()


def test_no_texts_give_no_rows(model: StaticModel) -> None:
    assert model.embed([]).shape == (0, model.dim)


def test_a_long_text_is_not_cut(model: StaticModel) -> None:
    start = "value = 1\n" * 2000
    end = start + "open the database connection\n" * 2000
    cut, whole = model.embed([start, end])
    assert not np.allclose(cut, whole, atol=0.05)


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_a_vector_does_not_depend_on_its_batch(texts: list[str]) -> None:
    model = StaticModel.load()
    together = model.embed(texts)
    alone = np.concatenate([model.embed([text]) for text in texts])
    assert (together == alone).all()


def test_fingerprint_is_of_the_content(tmp_path: Path, model: StaticModel) -> None:
    copy = _copy(tmp_path)
    assert StaticModel.load(copy).fingerprint == model.fingerprint
    scales = np.load(copy / SCALES)
    np.save(copy / SCALES, scales * 2)
    assert StaticModel.load(copy).fingerprint != model.fingerprint


@pytest.mark.parametrize("name", [ROWS, SCALES, TOKENIZER, CARD])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    copy = _copy(tmp_path)
    (copy / name).write_bytes((copy / name).read_bytes()[:1000] if name != CARD else b'{"format": 0}')
    with pytest.raises(ModelError, match="choose another one, or train it again"):
        StaticModel.load(copy)


def test_a_damaged_model_of_the_package_wants_it_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = _copy(tmp_path)
    (copy / ROWS).write_bytes(b"")
    monkeypatch.setattr("semlens.core.embed.static_model.SHIPPED", copy)
    with pytest.raises(ModelError, match="reinstall Semlens"):
        StaticModel.load(copy)


def test_a_table_for_another_vocabulary_is_refused(tmp_path: Path) -> None:
    copy = _copy(tmp_path)
    np.save(copy / ROWS, np.load(copy / ROWS)[:100])
    np.save(copy / SCALES, np.load(copy / SCALES)[:100])
    with pytest.raises(ModelError, match="choose another one, or train it again"):
        StaticModel.load(copy)


def _copy(folder: Path) -> Path:
    for path in SHIPPED.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


LOWER = st.text(st.sampled_from("abz _-.\n\t(#'é中[]\xa0\ud800"), max_size=40)


@settings(max_examples=300, deadline=None)
@given(LOWER | st.sampled_from(["snake_case_name", "[cls] x", "a" * 101, "naïve café", "__init__"]))
def test_lower_case_words_give_the_tokenizers_own_ids(text: str) -> None:
    assert WORDS.tokens(text).tolist() == _encoded(text)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("getUserName", "get user name"),
        ("HTTP2Server", "http2 server"),
        ("parseJSON", "parse json"),
        ("utf8_decode", "utf8 decode"),
    ],
)
def test_a_name_is_read_in_parts_and_as_one(name: str, parts: str) -> None:
    whole = [] if "_" in name else _encoded(name)
    assert WORDS.tokens(name).tolist() == _encoded(parts) + whole


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_tokens_with_vectors_only(text: str) -> None:
    assert all(KNOWN[token] for token in WORDS.tokens(text))


def _encoded(text: str) -> list[int]:
    encodable = text.encode("utf-8", "replace").decode()
    ids = REFERENCE.encode(encodable, add_special_tokens=False).ids
    return [token for token in ids if KNOWN[token]]
