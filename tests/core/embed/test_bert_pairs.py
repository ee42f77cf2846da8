"""Semlens' own cross-encoder: the scores of transformers, for any pair of texts, within its time."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.core.embed.bert_graph import Unsupported
from semlens.core.embed.bert_pairs import TOKENS, BertPairs
from semlens.core.embed.weights import RERANK_SHIPPED, SHIPPED, load_weights

pytestmark = pytest.mark.model

QUESTION = "read a file"
TEXTS = [
    "retry.py\ndef backoff(attempt):\n    return min(60, 2 ** attempt)",
    "files.py\ndef read(path):\n    return open(path).read()",
    "",
    "x",
    "long.py\n" + "value = compute(value) + 1\n" * 200,
    "grüße.py\n# 読み込み 🙂\nnaïve = 'ß'",
]


@pytest.fixture(scope="module")
def exact() -> BertPairs:
    return BertPairs(RERANK_SHIPPED, 2, "f32")


def scores(model: BertPairs, question: str, texts: list[str], seconds: float = 60.0) -> list[float]:
    return [float(score[0, 0]) for _, score in model.score(question, texts, seconds)]


@pytest.fixture(scope="module")
def reference() -> object:
    """The same network in transformers, with its tokenizer."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    config = BertConfig.from_json_file(str(RERANK_SHIPPED / "config.json"))
    network = BertForSequenceClassification(config).eval()
    weights = {
        name if name.startswith("classifier") else f"bert.{name}": torch.from_numpy(value)
        for name, value in load_weights(RERANK_SHIPPED).items()
    }
    left = network.load_state_dict(weights, strict=False)
    assert not left.unexpected_keys and not [key for key in left.missing_keys if "position_ids" not in key]
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(SHIPPED / "tokenizer.json"))

    def score(question: str, texts: list[str]) -> list[float]:
        found = []
        for text in texts:
            cut = {"truncation": True, "max_length": TOKENS, "return_token_type_ids": True}
            pair = tokenizer([(question, text)], return_tensors="pt", **cut)
            with torch.no_grad():
                found.append(float(network(**pair).logits[0, 0]))
        return found

    return score


def test_the_scores_are_those_of_transformers(exact: BertPairs, reference: object) -> None:
    assert callable(reference)
    for question in (QUESTION, "a", "warum wartet es länger?", "如何重试失败的请求"):
        assert scores(exact, question, TEXTS) == pytest.approx(reference(question, TEXTS), abs=0.02)


@pytest.mark.parametrize("precision", ["bf16", "int8", None])
def test_every_precision_is_near_and_keeps_the_first(exact: BertPairs, precision: str | None) -> None:
    try:
        model = BertPairs(RERANK_SHIPPED, 1, precision)
    except Unsupported as error:  # pragma: no cover
        pytest.skip(str(error))
    found, right = scores(model, QUESTION, TEXTS), scores(exact, QUESTION, TEXTS)
    assert found == pytest.approx(right, abs=1.5)
    assert found.index(max(found)) == right.index(max(right)) == 1


def test_a_score_depends_on_its_pair_alone(exact: BertPairs) -> None:
    assert scores(exact, QUESTION, TEXTS) == [scores(exact, QUESTION, [text])[0] for text in TEXTS]


@pytest.mark.parametrize("question", ["", "so " * 2000, "如何" * 500, "\x00�"])
def test_any_question_has_scores(exact: BertPairs, question: str) -> None:
    assert len(scores(exact, question, TEXTS)) == len(TEXTS)


def test_it_stops_when_its_time_is_over(exact: BertPairs) -> None:
    assert len(scores(exact, QUESTION, TEXTS, seconds=0.0)) == 1


def test_a_network_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "roberta"}')
    with pytest.raises(Unsupported, match="model_type"):
        BertPairs(tmp_path, 1)
