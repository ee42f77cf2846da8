"""What a client's settings become: each wrong value is one sentence, and the default."""

from __future__ import annotations

from typing import Any

import pytest

from semlens.settings import Settings, parse


@pytest.mark.parametrize("key", ["rerankModel", "rerank_model"])
def test_an_empty_model_turns_reranking_off(key: str) -> None:
    assert parse({key: ""}) == (Settings(rerank_model=""), [])


@pytest.mark.parametrize("name", ["second_model", "image_model", "files_encoding"])
def test_what_is_empty_by_default_may_be_empty(name: str) -> None:
    assert parse({name: ""}) == (Settings(), [])


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"model": ""}, "semlens.model must be a text"),
        ({"instantModel": ""}, "semlens.instantModel must be a text"),
        ({"rerankModel": 1}, "semlens.rerankModel must be a text"),
        ({"rerankHits": 0}, "semlens.rerankHits must be a number above 0"),
        ({"rerankHits": 1.5}, "semlens.rerankHits must be a number above 0"),
        ({"deepTier": "sometimes"}, "semlens.deepTier must be one of"),
        ({"images": "yes"}, "semlens.images must be true or false"),
        ({"exclude": [1]}, "semlens.exclude must be a list of strings"),
        ([], "The semlens settings are not an object"),
    ],
)
def test_a_wrong_value_is_one_sentence_and_the_default(raw: Any, problem: str) -> None:
    settings, (said,) = parse(raw)
    assert settings == Settings()
    assert said.startswith(problem) and "default" in said and "\n" not in said


def test_nothing_and_unknown_keys_are_no_mistake() -> None:
    assert parse(None) == parse({}) == parse({"unheardOf": 5, "model": None}) == (Settings(), [])
