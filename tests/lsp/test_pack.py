"""What an agent of the editor gets: the engine's packed answer, for the folders that are open."""

from __future__ import annotations

from pathlib import Path

from support.wire_client import WireClient


def test_a_packed_answer_keeps_to_the_budget_that_is_given(client: WireClient, tmp_path: Path) -> None:
    client.initialize(tmp_path)
    answer = client.request("semlens/pack", {"query": "retry", "maxTokens": 700, "whole": True})
    assert answer["result"] == {"text": "retry in 700 tokens", "tokens": 5, "shown": 2, "rest": 3}


def test_an_empty_question_is_refused_with_a_sentence(client: WireClient, tmp_path: Path) -> None:
    client.initialize(tmp_path)
    assert "empty" in client.request("semlens/pack", {"query": "  "})["error"]["message"]
