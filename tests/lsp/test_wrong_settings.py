"""Names in the settings that nothing has: the rest works, and one sentence names the setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.wire_client import WireClient

CODE = "def total(items):\n    return sum(items)\n"


@pytest.mark.parametrize(
    ("settings", "setting", "name"),
    [
        ({"model": "no-such-model"}, "semlens.model", "no-such-model"),
        ({"tokenizers": ["o200k_base", "no_such"]}, "semlens.tokenizers", "no_such"),
        ({"tokenizers": ["o200k_base"], "hover": "full", "model": "/nowhere"}, "semlens.model", "/nowhere"),
    ],
)
def test_the_others_count_and_the_setting_is_named(
    client: WireClient, tmp_path: Path, settings: dict[str, Any], setting: str, name: str
) -> None:
    client.initialize(tmp_path)
    client.notify("workspace/didChangeConfiguration", {"settings": {"semlens": settings}})
    uri = (tmp_path / "cart.py").as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": CODE}
    client.notify("textDocument/didOpen", {"textDocument": document})
    at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}}
    said = client.request("textDocument/hover", at)["result"]["contents"]["value"]
    assert "o200k_base" in said and f"Correct the setting {setting}: " in said and name in said
    counts = client.request("semlens/count", {"textDocument": {"uri": uri}})["result"]["counts"]
    assert counts[1]["tokens"] > 0
    warned = client.wait_for(lambda message: message.get("method") == "window/showMessage")["params"]
    assert warned["message"].startswith(f"Correct the setting {setting}: ") and warned["type"] == 2
