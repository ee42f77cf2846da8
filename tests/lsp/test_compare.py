"""Two pieces of code compared over the wire: which code is meant, and its words in the editor's places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from support.wire_client import WireClient

Workspace = Callable[[Mapping[str, str | bytes]], Path]
CODE = "import os\r\n\r\ndef first(a):\r\n    return '😀' + a\r\n\r\n\r\nVALUE = 1\r\n"


def part(uri: str, start: tuple[int, int], end: tuple[int, int], **more: Any) -> dict[str, Any]:
    places = [{"line": line, "character": character} for line, character in (start, end)]
    return {"textDocument": {"uri": uri}, "range": {"start": places[0], "end": places[1]}, **more}


def test_selections_and_the_definition_at_the_cursor(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"a.py": CODE.encode()})
    client.initialize(folder)
    uri = (folder / "a.py").as_uri()
    cursor, emoji = part(uri, (3, 4), (3, 4)), part(uri, (3, 12), (3, 17))
    answer = client.request("semlens/compare", {"one": cursor, "other": emoji})
    assert "result" in answer, answer
    result = answer["result"]
    assert (result["model"], result["cosine"], result["percentile"]) == ("instant", 0.5, 0.75)
    assert result["one"]["text"].replace("\r\n", "\n") == "def first(a):\n    return '😀' + a"
    assert result["one"]["range"] == {
        "start": {"line": 2, "character": 0},
        "end": {"line": 3, "character": 19},
    }
    assert result["other"]["text"] == "😀' +"
    # The scripted engine finds a word behind the first character, which is two UTF-16 units here.
    assert result["other"]["words"] == [{"start": 2, "end": 3, "share": 0.25}]
    assert result["other"]["seen"] == len("😀' +") + 1


def test_a_text_of_its_own_and_the_deep_tier(client: WireClient, workspace: Workspace) -> None:
    client.initialize(workspace({"a.py": CODE.encode()}))
    pieces = [part("output:log", (0, 0), (0, 3), text=text) for text in ("one", "two")]
    result = client.request("semlens/compare", {"one": pieces[0], "other": pieces[1], "deep": True})["result"]
    assert result["model"] == "deep"
    assert [result["one"]["text"], result["other"]["text"]] == ["one", "two"]


def test_without_a_folder_there_is_nothing_to_compare_beside(open_client: WireClient) -> None:
    piece = part("untitled:a", (0, 0), (0, 1), text="a")
    answer = open_client.request("semlens/compare", {"one": piece, "other": piece})
    assert "folder" in answer["error"]["message"]
