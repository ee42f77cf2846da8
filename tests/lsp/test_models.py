"""Requests about models over the wire: whose folder is meant, and what becomes of the engine's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from support.wire_client import WireClient

Workspace = Callable[[Mapping[str, str | bytes]], Path]


def test_models_of_a_folder_and_what_is_measured_with_them(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"a.py": "pass\n"})
    client.initialize(folder)
    uri = folder.as_uri()
    networks = client.request("semlens/networks", {"folder": uri})["result"]
    assert networks["networks"][0]["name"] == str(folder)
    assert (networks["chunks"], networks["split"]) == (7, 1)
    speed = client.request("semlens/speed", {"folder": uri, "deep": True})["result"]
    assert speed == {"chunks": 2, "tokens": 30, "seconds": 0.5}
    found = client.request("semlens/wordInContext", {"folder": uri, "word": "b", "texts": ["a b", "b"]})
    assert found["result"] == {
        "pairs": [{"one": 0, "other": 1, "static": 1.0, "layers": [0.5, 0.25]}],
        "missing": [],
    }
    elsewhere = client.request("semlens/networks", {"folder": folder.parent.as_uri()})
    assert "error" in elsewhere


def test_models_are_listed_checked_and_removed(client: WireClient, workspace: Workspace) -> None:
    client.initialize(workspace({"a.py": "pass\n"}))
    (model,) = client.request("semlens/models", {})["result"]["models"]
    assert model["removableBytes"] == 30
    assert model["folders"][0] == {
        "folder": "/shop", "answers": True, "texts": 4, "embedded": 0.5, "diskBytes": 20
    }  # fmt: skip
    assert model["pace"] == 12.5
    assert model["measured"] == [
        {
            "folder": "/shop",
            "source": "history",
            "questions": 40,
            "chunks": 900,
            "mrr": {"mean": 0.5, "low": 0.25, "high": 0.75},
            "at": 86400.0,
        }
    ]
    params = {"fingerprint": model["fingerprint"]}
    assert client.request("semlens/verifyModel", params)["result"] == {"problem": "Changed."}
    assert client.request("semlens/removeModel", params)["result"] == {"freedBytes": 30}


def test_a_measurement_reports_and_shows_each_way_to_search_once(
    client: WireClient, workspace: Workspace
) -> None:
    folder = workspace({"a.py": "pass\n"})
    client.initialize(folder)
    params = {"folder": folder.as_uri(), "models": ["other"], "workDoneToken": "b"}
    result = client.request("semlens/bench", params)["result"]
    assert [(row["tiers"], row.get("model")) for row in result["rows"]] == [
        ("lexical", None), ("deep", "one"), ("deep", "other")
    ]  # fmt: skip
    assert result["rows"][1]["mrr"] == {"mean": 0.5, "low": 0.25, "high": 0.75}
    assert result["rows"][1]["seconds"] == 1.5 and "seconds" not in result["rows"][0]
    assert result["pairs"][0]["withinChance"] is True
    assert result["problems"] == ["other: It is slow."]
