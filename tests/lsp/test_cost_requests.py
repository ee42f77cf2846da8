"""What a folder costs in tokens: the engine counts its index, and the answer is relative to the folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.wire_client import WireClient

FILES = {"app/main.py": "def main():\n", "app/deep/er.py": "VALUE = 1\n", "hang/a.py": "x = 1\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / "work" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "work" / path).write_text(text, encoding="utf-8")
    return tmp_path / "work"


def cost(client: WireClient, folder: Path, **params: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.request("semlens/cost", {"folder": folder.as_uri(), **params})
    return answer.get("result") or answer["error"]


def test_paths_are_relative_to_the_folder_asked_about(client: WireClient, folder: Path) -> None:
    client.initialize(folder)
    whole, below = cost(client, folder), cost(client, folder / "app", tokenizer="cl100k_base")
    assert [file["path"] for file in whole["files"]] == ["app/deep/er.py", "app/main.py", "hang/a.py"]
    assert whole["tokenizer"] == "o200k_base" and whole["tokens"] == sum(map(len, FILES.values()))
    assert (whole["skipped"], whole["complete"]) == (2, False)
    assert [file["path"] for file in below["files"]] == ["deep/er.py", "main.py"]
    assert below["tokenizer"] == "cl100k_base"
    strange = cost(client, folder.parent)
    assert "is in no folder of this workspace" in strange["message"]


def test_a_cancelled_count_ends_and_the_server_goes_on(client: WireClient, folder: Path) -> None:
    client.initialize(folder)
    asked = client.start_request("semlens/cost", {"folder": (folder / "hang").as_uri()})
    client.notify("$/cancelRequest", {"id": asked})
    assert client.answer_to(asked)["error"]["code"] == -32800
    assert cost(client, folder / "app")["tokens"] > 0
