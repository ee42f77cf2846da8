"""Code for a prompt, through the wire: found, packed by the counting child, and as it is in the editor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer
from support.wire_client import WireClient

CART = """import os

def total(items):
    # FIND the sum
    return sum(items) + tax(items)

def other():
    return os.sep
"""
TAX = "def tax(items):\n    return 1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in {"cart.py": CART, "tax.py": TAX}.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def ask(client: WireClient, **params: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.request("semlens/context", params)
    return answer.get("result") or answer["error"]


def test_a_question_is_answered_by_whole_definitions_within_the_budget(
    client: WireClient, folder: Path
) -> None:
    client.initialize(folder)
    found = ask(client, query="FIND", maxTokens=200)
    assert found["text"].startswith("### cart.py:3-5 · function total\n\n```python\ndef total(items):\n")
    assert found["tokens"] == BytePairTokenizer("o200k_base").count(found["text"]) <= 200
    assert found["tokenizer"] == "o200k_base" and "cl100k_base" in found["tokenizers"]
    (piece,) = found["pieces"]
    assert piece["place"]["startLine"] == 2 and piece["place"]["endLine"] == 4
    assert piece["shown"] == "whole"

    places = [{**piece["place"], "chosen": False}]
    again = ask(client, places=places, maxTokens=200, tokenizer="cl100k_base")
    assert (again["text"], again["tokens"], again["pieces"][0]["shown"]) == ("", 0, "none")
    assert again["pieces"][0]["tokens"] == BytePairTokenizer("cl100k_base").count(found["text"] + "\n")
    assert ask(client, places=[piece["place"]], maxTokens=200)["text"] == found["text"]


def test_the_code_at_the_cursor_comes_first_as_it_is_in_the_editor(client: WireClient, folder: Path) -> None:
    client.initialize(folder)
    uri = (folder / "cart.py").as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": "# edited\n" + CART}
    client.notify("textDocument/didOpen", {"textDocument": document})
    cursor = {"line": 8, "character": 8}
    at = {"textDocument": {"uri": uri}, "range": {"start": cursor, "end": cursor}}
    found = ask(client, query="FIND", maxTokens=400, **at)
    assert found["text"].startswith(
        "### cart.py:8-9 · function other\n\n```python\nimport os\n\ndef other():"
    )
    assert "### cart.py:4-6 · function total" in found["text"]
    assert [piece["place"]["first"] for piece in found["pieces"]] == [True, False]
    selected = {"start": {"line": 5, "character": 4}, "end": {"line": 5, "character": 10}}
    lines = ask(client, maxTokens=400, textDocument={"uri": uri}, range=selected)
    assert lines["text"].startswith("### cart.py:6\n\n```python\n    return sum(items) + tax(items)\n```")


def test_of_a_folder_the_smallest_files_fit_first(client: WireClient, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "large.py").write_text("x = 1\n" * 300, encoding="utf-8")
    client.initialize(folder)
    found = ask(client, folder=folder.as_uri(), maxTokens=200)
    assert [Path(one["place"]["uri"]).name for one in found["pieces"]] == ["tax.py", "cart.py", "large.py"]
    assert [one["place"]["chosen"] for one in found["pieces"]] == [True, True, False]
    assert [one["shown"] for one in found["pieces"]] == ["whole", "whole", "none"]
    assert found["tokens"] <= 200
    below = ask(client, folder=(folder / "sub").as_uri(), query="FIND", maxTokens=200)
    assert "what was asked" not in below and below["pieces"] != []


def test_of_a_folder_source_comes_before_smaller_files(client: WireClient, folder: Path) -> None:
    (folder / "tests" / "tests").mkdir(parents=True)
    (folder / "tests" / "tests" / "test_small.py").write_text("y = 2\n", encoding="utf-8")
    (folder / "tests" / "large.py").write_text("x = 1\n" * 30, encoding="utf-8")
    client.initialize(folder)
    found = ask(client, folder=(folder / "tests").as_uri(), maxTokens=1_000)
    names = [Path(one["place"]["uri"]).name for one in found["pieces"]]
    assert names == ["large.py", "test_small.py"]


def test_what_cannot_be_packed_is_a_sentence(client: WireClient, folder: Path) -> None:
    client.initialize(folder)
    assert "empty" in ask(client, query=" ")["message"]
    assert "at least one token" in ask(client, query="FIND", maxTokens=0)["message"]
    assert "no tokenizer called" in ask(client, query="FIND", tokenizer="strange")["message"]
    strange = {"uri": "file:///elsewhere/a.py", "startLine": 0, "endLine": 1}
    assert "no file of this workspace" in ask(client, places=[strange])["message"]
    gone = {"uri": (folder / "gone.py").as_uri(), "startLine": 0, "endLine": 1}
    assert ask(client, places=[gone])["pieces"] == []
