"""`semlens models join` and `get`: asked first, in words that say what is sent and how much comes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from huggingface_hub import constants

from semlens.core.embed.deep_model import DeepModel
from semlens.core.served.model import parse_place
from semlens.core.served.sentences import what_is_sent
from support.command_line import Run
from support.hub_server import NAME, hub_server
from support.live import Live, write
from support.model_server import model_server


def test_a_server_is_joined_used_looked_at_and_left(run: Run, live: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", {"a.py": "def first():\n    return 1\n"})
    live.start()
    with model_server() as server:
        refused = run("models", "join", server.url)
        assert refused.status == 2 and "say --yes to agree" in refused.err
        assert f"to the program at {server.url[7:]} on this machine" in refused.out
        assert server.requests == []
        joined = run("models", "join", server.url, "--yes", "--query-prompt", "Q: ")
        assert joined.status == 0 and 'window 512 tokens, "Q: " before each question' in joined.out
        assert f"set semlens.model to {server.setting}" in joined.out
        assert run("index", folder).status == 0
        nowhere = run("models", "use", server.setting, folder / "nowhere", "--yes")
        assert nowhere.status == 1 and "nowhere is not a folder." in nowhere.err
        used = run("models", "use", server.setting, folder)
        assert used.status == 0 and re.search(r"About .+ and .+ for 1 chunk here\.", used.out)
        assert not any("def first" in text for text in server.texts), "the folder did not use it yet"
        assert run("index", folder).status == 0
        assert any("def first" in text for text in server.texts)
        listed = json.loads(run("models", "list", "--json").out)["models"]
        mine = next(model for model in listed if model["name"] == "test-embed")
        assert mine["setting"] == server.setting and mine["folders"][0]["embedded"] == 1
        assert f"test-embed at {server.url[7:]}" in run("models", "servers").out
        server.does.weights = "second"
        changed = run("models", "servers")
        assert changed.status == 1 and "another model as test-embed" in changed.out
        assert run("models", "verify").status == 0
        assert "Nothing is sent to" in run("models", "leave", server.url).out
        again = run("models", "leave", server.url)
        assert again.status == 0 and "You have not joined" in again.out
        assert "You have joined no server" in run("models", "servers").out


def test_what_would_be_sent_elsewhere_is_said_in_full() -> None:
    said = "\n".join(what_is_sent(parse_place("https://models.example.com/v1#m")))
    assert "To models.example.com, and to no other host" in said
    for sent in ("the text of each piece of code", "the text of each question", "no paths"):
        assert sent in said


def test_a_model_is_downloaded_after_its_size_and_licence_were_said(
    run: Run, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = DeepModel.find().folder
    files = {path.relative_to(own).as_posix(): path.read_bytes() for path in own.rglob("*.json")}
    with hub_server({**files, "model.safetensors": b"weights" * 1000}) as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(live.data_dir / "cache"))
        refused = run("models", "get", NAME)
        assert refused.status == 2 and "licence mit" in refused.err and "say --yes" in refused.err
        assert server.got == []
        got = run("models", "get", f"hf:{NAME}", "--yes", "--json")
        assert got.status == 0, got.err
        told = json.loads(got.out)
        assert (Path(told["folder"]) / "model.safetensors").is_file() and told["model"] == NAME
        sent = len(server.got)
        again = run("models", "get", NAME)
        assert again.status == 0 and f"set semlens.model to {NAME}" in again.out and len(server.got) == sent
        assert run("models", "get", "someone/else", "--yes").status == 1
        for wrong in ("nope", "nope/", "", "a/b/c", "../b"):
            ended = run("models", "get", wrong, "--yes")
            assert ended.status == 2 and "must be like ORG/NAME" in ended.err
