"""Names in the settings that nothing has: the rest works, and one sentence names the setting."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from support.wire_client import WireClient

ATTEMPTS = 300
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
    sentence = f"Correct the setting {setting}: "
    said = hover_that_says(client, at, sentence)
    assert "o200k_base" in said and name in said
    counts = client.request("semlens/count", {"textDocument": {"uri": uri}})["result"]["counts"]
    assert counts[1]["tokens"] > 0
    warned = client.wait_for(
        lambda message: (
            message.get("method") == "window/showMessage"
            and message["params"]["message"].startswith(sentence)
        )
    )
    assert warned["params"]["type"] == 2


def hover_that_says(client: WireClient, at: dict[str, Any], sentence: str) -> str:
    """The first hover with a sentence: on a busy machine some come before the settings count."""
    for _ in range(ATTEMPTS):
        found = client.request("textDocument/hover", at)["result"]
        if found and sentence in found["contents"]["value"]:
            return str(found["contents"]["value"])
        time.sleep(0.2)
    raise AssertionError(f"no hover says {sentence}")
