"""The tokens of a document over the wire: what is cut, where it is, and how it follows edits."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from support.wire_client import WireClient

TEXT = "import os\r\n\r\ndef first(a):\r\n\treturn '😀' + a\r\n\r\ndef second():\r\n    pass\r\n"
URI = "untitled:tokens.py"


def open_document(client: WireClient, text: str = TEXT) -> None:
    document = {"uri": URI, "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})


def ask(client: WireClient, **params: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.request("semlens/showTokens", params)
    assert "error" not in answer, answer
    result: dict[str, Any] = answer["result"]
    return result


def shown(result: dict[str, Any], view: int = 0) -> list[str]:
    """The pieces of a view, cut out of the text by their UTF-16 places."""
    units = result["text"].encode("utf-16-le")
    starts = [*result["views"][view]["starts"], len(units) // 2]
    return [units[2 * a : 2 * b].decode("utf-16-le") for a, b in pairwise(starts)]


def place(line: int, character: int) -> dict[str, Any]:
    position = {"line": line, "character": character}
    return {"start": position, "end": position}


def test_a_document_is_cut_with_its_own_line_ends(open_client: WireClient) -> None:
    open_document(open_client)
    result = ask(open_client, textDocument={"uri": URI})
    assert result["text"] == TEXT == "".join(shown(result))
    assert "range" not in result or result["range"] is None
    (view,) = result["views"]
    assert (view["tokenizer"], view["strategy"], view["vocabulary"]) == (
        "o200k_base",
        "byte-level BPE",
        199_998,
    )
    names = [choice["name"] for choice in result["choices"]]
    assert names[0] == "all-MiniLM-L6-v2"
    assert {"o200k_base", "word", "character", "deepseek"} <= set(names)


def test_a_cursor_means_the_definition_there_and_else_the_document(open_client: WireClient) -> None:
    open_document(open_client)
    inside = ask(open_client, textDocument={"uri": URI}, range=place(3, 2))
    assert inside["text"] == "def first(a):\r\n\treturn '😀' + a"
    assert inside["range"] == {"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 16}}
    outside = ask(open_client, textDocument={"uri": URI}, range=place(0, 2))
    assert outside["text"] == TEXT


def test_a_selection_is_in_utf16_units_and_follows_edits(open_client: WireClient) -> None:
    open_document(open_client)
    after_emoji = {"start": {"line": 3, "character": 9}, "end": {"line": 3, "character": 11}}
    assert ask(open_client, textDocument={"uri": URI}, range=after_emoji)["text"] == "😀"
    change = {"range": {**place(3, 9), "end": {"line": 3, "character": 11}}, "text": "getUserName"}
    open_client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]},
    )
    selected = {"start": {"line": 3, "character": 9}, "end": {"line": 3, "character": 20}}
    result = ask(open_client, textDocument={"uri": URI}, range=selected)
    assert shown(result) == ["get", "User", "Name"]


def test_two_tokenizers_show_where_they_differ(open_client: WireClient) -> None:
    result = ask(open_client, text="getUserName 漢", tokenizers=["character", "all-MiniLM-L6-v2", "word"])
    assert [view["tokenizer"] for view in result["views"]] == ["character", "all-MiniLM-L6-v2"]
    assert shown(result, 1) == ["get", "User", "Name", " ", "漢"]
    assert result["views"][1]["differs"] == [0, 1, 2]
    assert result["views"][1]["counts"] == [1, 1, 1, 0, 1]


def test_a_long_text_is_cut_short_and_says_so(open_client: WireClient) -> None:
    result = ask(open_client, text="word " * 90_000)
    assert result["longer"]
    assert len(result["text"]) == 400_000


def test_neither_document_nor_text_is_refused(open_client: WireClient) -> None:
    answer = open_client.request("semlens/showTokens", {})
    assert answer["error"]["message"] == "Give either `textDocument` or `text`."
