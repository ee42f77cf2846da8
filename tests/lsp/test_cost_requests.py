"""What a folder costs in tokens: the sum over the files that belong to the index, shown as it grows."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer
from support.wire_client import WireClient

FILES = {
    "app/main.py": "def main():\n    print('hello')\n",
    "app/deep/er.py": "VALUE = 1\n",
    "docs/read me.md": "# Title\n\nSome prose.\n",
    ".gitignore": "ignored.py\n",
}
LEFT_OUT = {"app/ignored.py": "x = 2\n", "app/.env": "TOKEN=1\n", "app/image.png": "\0\0"}
MANY = 4_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in {**FILES, **LEFT_OUT}.items():
        (tmp_path / "work" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "work" / path).write_text(text, encoding="utf-8")
    return tmp_path / "work"


def billed(path: str) -> int:
    return BytePairTokenizer("o200k_base").count(FILES[path])


def test_the_workspace_costs_what_its_files_cost(client: WireClient, folder: Path) -> None:
    client.initialize(folder)
    result = client.request("semlens/cost", {"folder": folder.as_uri()})["result"]
    assert {file["path"]: file["tokens"] for file in result["files"]} == {
        path: billed(path) for path in FILES
    }
    assert result["tokens"] == sum(map(billed, FILES))
    assert result["tokenizer"] == "o200k_base"
    assert result["skipped"] == len(LEFT_OUT)


def test_paths_are_relative_to_the_folder_asked_about(client: WireClient, folder: Path) -> None:
    client.initialize(folder)
    result = client.request("semlens/cost", {"folder": (folder / "app").as_uri()})["result"]
    assert [file["path"] for file in result["files"]] == ["deep/er.py", "main.py"]


def test_an_ignored_folder_has_no_files_and_a_strange_one_is_refused(
    client: WireClient, folder: Path
) -> None:
    client.initialize(folder)
    (folder / "node_modules" / "pad").mkdir(parents=True)
    (folder / "node_modules" / "pad" / "index.js").write_text("module.exports = 1\n")
    inside = client.request("semlens/cost", {"folder": (folder / "node_modules").as_uri()})["result"]
    assert (inside["files"], inside["tokens"], inside["skipped"]) == ([], 0, 1)
    strange = client.request("semlens/cost", {"folder": folder.parent.as_uri()})
    assert "is in no folder of this workspace" in strange["error"]["message"]


def test_a_cancelled_count_ends_and_the_server_goes_on(client: WireClient, folder: Path) -> None:
    for number in range(MANY):
        (folder / f"file_{number}.py").write_text(f"NUMBER = {number}\n")
    client.initialize(folder)
    asked = client.start_request("semlens/cost", {"folder": folder.as_uri(), "workDoneToken": "count"})
    client.wait_for(lambda message: message.get("params", {}).get("value", {}).get("kind") == "report")
    client.notify("$/cancelRequest", {"id": asked})
    assert client.answer_to(asked)["error"]["code"] == -32800
    while len(psutil.Process(client.process.pid).children()) > 1:  # One stays, which counts texts.
        time.sleep(0.05)
    again = client.request("semlens/cost", {"folder": (folder / "docs").as_uri()})["result"]
    assert again["tokens"] == billed("docs/read me.md")
