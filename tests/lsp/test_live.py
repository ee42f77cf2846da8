"""Counts beside the code, over the wire: while typing, of selections, of definitions, in each tokenizer."""

from __future__ import annotations

import re
from typing import Any

from support.wire_client import WireClient

URI = "file:///folder/live.py"
CODE = '''class Store:
    """Keeps things."""

    def get(self, key):
        return self._items[key]

    size = 3


def one_line(): return 1


def total(rows):
    return sum(rows)
'''


def words(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text))


def open_text(client: WireClient, text: str = CODE, uri: str = URI) -> None:
    document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})


def change(client: WireClient, line: int, start: int, end: int, text: str) -> None:
    at = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    changes = [{"range": at, "text": text}]
    versioned = {"uri": URI, "version": 2}
    client.notify("textDocument/didChange", {"textDocument": versioned, "contentChanges": changes})


def count(client: WireClient, **asked: Any) -> list[dict[str, Any]]:
    answer = client.request("semlens/count", {"tokenizers": ["word"], **asked})
    assert "result" in answer, answer
    counts: list[dict[str, Any]] = answer["result"]["counts"]
    return counts


def test_the_count_follows_what_is_typed(open_client: WireClient) -> None:
    open_text(open_client)
    document = {"uri": URI}
    assert count(open_client, textDocument=document)[1]["tokens"] == words(CODE)
    change(open_client, 6, 11, 12, "44 + 5")
    typed = CODE.replace("size = 3", "size = 44 + 5")
    assert count(open_client, textDocument=document)[1]["tokens"] == words(typed)
    assert count(open_client, textDocument=document, text="a b")[1]["tokens"] == 2
    o200k = count(open_client, textDocument=document, tokenizers=["o200k_base", "no_such"])
    assert [one["tokenizer"] for one in o200k] == ["all-MiniLM-L6-v2", "o200k_base", "no_such"]
    assert (o200k[1]["window"], o200k[1]["windowOf"]) == (128_000, "GPT-4o")
    assert "no_such" in o200k[2]["problem"]


def test_selections_are_counted_together(open_client: WireClient) -> None:
    uri = "file:///folder/selected.py"
    open_text(open_client, "one 😀 two\r\nthree four\rfive\n", uri)
    ranges = [
        {"start": {"line": 0, "character": 4}, "end": {"line": 1, "character": 5}},
        {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 4}},
    ]
    counts = count(open_client, textDocument={"uri": uri}, ranges=ranges, tokenizers=["character"])
    assert counts[1]["tokens"] == len("😀 two\nthree\nfive")


def test_there_is_no_count_of_nothing(open_client: WireClient) -> None:
    answer = open_client.request("semlens/count", {})
    assert "textDocument" in answer["error"]["message"]


def test_each_definition_with_a_body_is_counted(open_client: WireClient) -> None:
    uri = "file:///folder/definitions.py"
    open_text(open_client, CODE, uri)
    settings = {"semlens": {"tokenizers": ["word"]}}
    open_client.notify("workspace/didChangeConfiguration", {"settings": settings})
    open_client.request("semlens/status", {})
    found = open_client.request("semlens/definitions", {"textDocument": {"uri": uri}})["result"]
    open_client.notify("workspace/didChangeConfiguration", {"settings": {"semlens": {}}})
    lines = CODE.split("\n")
    assert found["tokenizer"] == "word"
    assert [(one["name"], one["line"], one["endLine"]) for one in found["definitions"]] == [
        ("Store", 0, 6),
        ("Store.get", 3, 4),
        ("total", 12, 13),
    ]
    for one in found["definitions"]:
        assert one["tokens"] == words("\n".join(lines[one["startLine"] : one["endLine"] + 1]))


def test_tokenizers_say_whether_they_are_here(open_client: WireClient) -> None:
    found = open_client.request("semlens/tokenizers", {})["result"]["tokenizers"]
    by_name = {one["name"]: one for one in found}
    assert by_name["o200k_base"]["here"] and not by_name["deepseek"]["here"]
    assert by_name["deepseek"]["megabytes"] > 0 and by_name["deepseek"]["licence"] == "MIT"


def test_a_hover_is_answered_while_a_long_text_is_counted(open_client: WireClient) -> None:
    text = "x = compute(1)\n" * 150_000
    long, short = "file:///folder/long.py", "file:///folder/short.py"
    open_text(open_client, text, long)
    open_text(open_client, CODE, short)
    tokenizers = ["word", "o200k_base", "cl100k_base"]
    counting = open_client.start_request(
        "semlens/count", {"textDocument": {"uri": long}, "tokenizers": tokenizers}
    )
    at = {"line": 3, "character": 9}
    hover = open_client.start_request("textDocument/hover", {"textDocument": {"uri": short}, "position": at})
    assert "get" in open_client.answer_to(hover)["result"]["contents"]["value"]
    arrived = [one.get("id") for one in open_client.messages if one.get("id") in (counting, hover)]
    assert arrived == [hover]
    assert open_client.answer_to(counting)["result"]["counts"][1]["tokens"] == words(text)
    cancelled = open_client.start_request(
        "semlens/count", {"textDocument": {"uri": short}, "tokenizers": ["cl100k_base"]}
    )
    open_client.notify("$/cancelRequest", {"id": cancelled})
    assert open_client.answer_to(cancelled)
