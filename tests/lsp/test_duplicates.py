"""Near copies over the wire: the engine's places as the editor's, with the line that names each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.wire_client import WireClient

Workspace = Callable[[Mapping[str, str | bytes]], Path]

CODE = "import os\r\n@twins\r\ndef twin():\r\n    return '😀'\r\n"


def duplicates(client: WireClient, **params: Any) -> dict[str, Any]:
    answer = client.request("semlens/duplicates", params)
    assert "result" in answer, answer
    result: dict[str, Any] = answer["result"]
    return result


def test_a_group_in_the_editors_places(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"copy.py": CODE.encode(), "copy_short.py": "a\nb\n"})
    client.initialize(folder)
    result = duplicates(client)
    assert (result["total"], result["repeatedLines"], result["coverage"]) == (5, 40, 1.0)
    assert result["files"] == 3
    (group,) = result["groups"]
    assert (group["similarity"], group["repeatedLines"]) == (0.75, 6)
    whole, short, gone = group["copies"]
    assert whole == {
        "uri": (folder / "copy.py").as_uri(),
        "range": {"start": {"line": 1, "character": 0}, "end": {"line": 3, "character": 15}},
        "name": "Shop.twin",
        "kind": "function",
        "line": 2,  # not the decorator's
        "text": "def twin():",
        "whole": True,
    }
    assert (short["line"], short["text"]) == (1, "b")  # the file is shorter by now
    assert (gone["uri"], gone["text"]) == ((folder / "gone.py").as_uri(), "")


def test_the_text_in_the_editor_counts(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"copy.py": CODE.encode()})
    client.initialize(folder)
    uri = (folder / "copy.py").as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": "\n\n\ndef twin(typed):\n"}
    client.notify("textDocument/didOpen", {"textDocument": document})
    copy = duplicates(client)["groups"][0]["copies"][0]
    assert (copy["line"], copy["text"]) == (3, "def twin(typed):")


def test_a_wrong_limit_and_no_folder(client: WireClient) -> None:
    client.initialize()
    assert "No folder is open" in client.request("semlens/duplicates", {})["error"]["message"]
    assert "limit" in client.request("semlens/duplicates", {"limit": 0})["error"]["message"]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("\n// twin of another.\nfunc twin(a int) int {\n", 2),
        ("\n/** Calls twin. */\nexport function twin() {\n", 2),
        ("\n# twin\n  def twin\n", 2),
        ("\nfn twin() {}\n", 1),
        ("\nlet other = 1\n", 1),
    ],
)
def test_the_line_that_defines_it_rather_than_a_comment(
    client: WireClient, workspace: Workspace, code: str, line: int
) -> None:
    client.initialize(workspace({"copy.py": code}))
    assert duplicates(client)["groups"][0]["copies"][0]["line"] == line
