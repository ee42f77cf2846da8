"""Search through the wire: the right place in the right folder, in the text that the user sees."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.wire_client import WireClient

Workspace = Callable[[Mapping[str, str | bytes]], Path]

STATUS_CHANGED = "semlens/statusChanged"
CODE = "import os\n\n\ndef parse(text):\n    # FIND parse\n    return text.split()\n\n\nVALUE = 1\n"


def hits(client: WireClient, query: str, **params: Any) -> list[dict[str, Any]]:
    answer = client.request("semlens/search", {"query": query, **params})
    assert "result" in answer, answer
    found: list[dict[str, Any]] = answer["result"]["hits"]
    return found


def open_document(client: WireClient, uri: str, text: str) -> None:
    document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})


def edit(client: WireClient, uri: str, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
    positions = [{"line": line, "character": character} for line, character in (start, end)]
    change = {"range": {"start": positions[0], "end": positions[1]}, "text": text}
    client.notify(
        "textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]}
    )


def switch(client: WireClient, enabled: bool) -> None:
    client.notify("workspace/didChangeConfiguration", {"settings": {"semlens": {"enabled": enabled}}})


def lines_of(hit: dict[str, Any]) -> tuple[int, int]:
    return hit["range"]["start"]["line"], hit["range"]["end"]["line"]


def test_an_image_has_its_words_and_no_lines_also_while_it_is_open(
    client: WireClient, workspace: Workspace
) -> None:
    drawn = "<svg>\n<title>The way to the door</title>\n</svg>\n"
    folder = workspace({"map.svg": drawn})
    client.initialize(folder)
    for _ in range(2):
        (hit,) = hits(client, "image")
        assert (hit["language"], hit["preview"]) == ("image", "Image: map\nThe way to the door")
        assert (hit["line"], lines_of(hit), hit["summary"]) == (0, (0, 0), "The way to the door")
        assert not hit["stale"]
        open_document(client, (folder / "map.svg").as_uri(), f"<!-- edited -->\n{drawn}")


def test_why_a_hit_and_why_nothing_in_the_protocols_words(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"a.py": "pass\n"})
    client.initialize(folder)
    result = client.request("semlens/search", {"query": "explain", "explain": True})["result"]
    (hit,) = result["hits"]
    assert hit["explanation"] == {
        "summary": "Found by its words.",
        "tiers": [{"tier": "lexical", "strength": "best", "text": "By its words: the best match of all."}],
        "words": [{"word": "retry", "places": ["name", "body"]}],
        "gained": [{"signal": "path", "value": 0.5, "text": "Its file is called so."}],
        "lost": [],
    }
    shortfall = result["shortfall"]
    assert shortfall["leftOut"] == [{"reason": "is binary", "count": 2}]
    assert [one["uri"] for one in shortfall["outside"]] == [(folder / "a.py").as_uri()]
    assert (shortfall["advice"], shortfall["instead"]) == ("Ask for less.", "less")


def test_a_hit_in_the_protocols_words(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"pkg/a.py": CODE})
    client.initialize(folder)
    result = client.request("semlens/search", {"query": "def parse"})["result"]
    assert result["elapsedMs"] == 1.5
    assert result["coverage"] == {
        "files": 3,
        "chunks": 7,
        "lexical": 1.0,
        "instant": 1.0,
        "deep": 0.5,
        "shared": 0.0,
    }
    (hit,) = result["hits"]
    assert hit == {
        "uri": (folder / "pkg" / "a.py").as_uri(),
        "range": {"start": {"line": 3, "character": 0}, "end": {"line": 5, "character": 23}},
        "score": 0.5,
        "language": "python",
        "preview": "def parse(text):\n    # FIND parse\n    return text.split()",
        "stale": False,
        "reasons": [{"name": "lexical", "value": 0.25}],
        "symbol": {"name": "f", "kind": "function"},
        "line": 3,
        "summary": "def parse(text):",
        "copies": [],
    }


@pytest.mark.parametrize("name", ["plain", "a b", "100%", "c#d", "ü–日本", "q?x", "semi;colon", "a+b&c"])
def test_folder_names_survive_the_uri(client: WireClient, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / f"{name}.py").write_text("FIND me\n")
    client.initialize(folder)
    (hit,) = hits(client, "FIND")
    assert hit["uri"] == (folder / f"{name}.py").as_uri()


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_linked_folder_is_answered_as_the_user_opened_it(
    client: WireClient, workspace: Workspace, tmp_path: Path
) -> None:
    target = workspace({"a.py": CODE})
    link = tmp_path / "the link"
    link.symlink_to(target)
    client.initialize(link)
    (hit,) = hits(client, "FIND")
    assert hit["uri"] == (link / "a.py").as_uri()
    assert str(target) in hits(client, "what was asked")[0]["preview"]
    open_document(client, hit["uri"], "\n" + CODE)
    assert lines_of(hits(client, "FIND")[0]) == (5, 6)


def test_a_hit_follows_its_code_in_an_unsaved_document(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"a.py": CODE})
    uri = (folder / "a.py").as_uri()
    client.initialize(folder)
    open_document(client, uri.replace("a.py", "%61.py"), CODE)
    edit(client, uri, (0, 0), (0, 0), "# one\n# 😀\f two\n")
    (hit,) = hits(client, "def parse")
    assert lines_of(hit) == (5, 7) and not hit["stale"]

    edit(client, uri, (6, 4), (6, 16), "# changed")
    (hit,) = hits(client, "def parse")
    assert lines_of(hit) == (5, 7) and hit["stale"]
    assert hit["preview"] == "def parse(text):\n    # changed\n    return text.split()"

    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    (hit,) = hits(client, "def parse")
    assert lines_of(hit) == (3, 5) and not hit["stale"]


def test_a_hit_whose_code_was_deleted_stays_inside_the_document(
    client: WireClient, workspace: Workspace
) -> None:
    folder = workspace({"a.py": CODE})
    uri = (folder / "a.py").as_uri()
    client.initialize(folder)
    open_document(client, uri, "import os\n")
    (hit,) = hits(client, "def parse")
    assert hit["stale"] and hit["range"]["end"]["line"] <= 1


@pytest.mark.parametrize("line", [f"KEY = 'ghp_{'a1B2' * 9}'", f"DATA = '{'iVBORw0KGgo=' * 300}'"])
def test_what_the_index_holds_of_a_line_does_not_make_a_hit_stale(
    client: WireClient, workspace: Workspace, line: str
) -> None:
    code = CODE.replace("def parse(text):\n", f"def parse(text):\n    {line}\n")
    folder = workspace({"a.py": code})
    uri = (folder / "a.py").as_uri()
    client.initialize(folder)
    open_document(client, uri, f"# one more\n{code}")
    (hit,) = hits(client, "def parse")
    assert not hit["stale"] and line not in hit["preview"] and "return text.split()" in hit["preview"]


def test_windows_line_ends_do_not_make_a_hit_stale(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"a.py": CODE.replace("\n", "\r\n").encode()})
    uri = (folder / "a.py").as_uri()
    client.initialize(folder)
    open_document(client, uri, CODE.replace("\n", "\r\n"))
    (hit,) = hits(client, "def parse")
    assert lines_of(hit) == (3, 5) and not hit["stale"]


def test_similar_leaves_out_the_place_asked_about(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"a.py": CODE, "b.py": "x = 1\n\n" + CODE})
    uri = (folder / "a.py").as_uri()
    client.initialize(folder)
    cursor = {"line": 4, "character": 4}
    for start, end in [(cursor, cursor), ({"line": 3, "character": 0}, {"line": 6, "character": 0})]:
        asked = {"textDocument": {"uri": uri}, "range": {"start": start, "end": end}}
        answer = client.request("semlens/similar", asked)
        assert "result" in answer, answer
        found = answer["result"]["hits"]
        assert [hit["uri"] for hit in found] == [(folder / "b.py").as_uri()]
        source = answer["result"]["source"]
        assert (source["start"]["line"], source["end"]["line"]) == (3, 5)


def test_a_filter_is_completed_and_remarks_reach_the_editor(client: WireClient, workspace: Workspace) -> None:
    client.initialize(workspace({"pkg/a.py": CODE}))
    result = client.request("semlens/search", {"query": "def parse"})["result"]
    assert result["notices"] == [] and result["weak"] is False
    found = client.request("semlens/complete", {"query": "x lang:"})["result"]["completions"]
    assert found == [{"label": "lang:go", "detail": "2 files", "query": "x lang:go "}]


def test_search_does_not_wait_for_a_client_that_never_tells_its_settings(
    client: WireClient, workspace: Workspace
) -> None:
    client.initialize(workspace({"a.py": CODE}), workspace={"configuration": True})
    assert hits(client, "FIND")


def asked_for_settings(client: WireClient, times: int) -> list[dict[str, Any]]:
    """The first `times` questions for settings, each once."""
    found: dict[str, dict[str, Any]] = {}

    def enough(message: dict[str, Any]) -> bool:
        if message.get("method") == "workspace/configuration":
            found[message["id"]] = message
        return len(found) == times

    client.wait_for(enough)
    return list(found.values())


def test_settings_that_the_client_tells_late_count_from_then_on(
    client: WireClient, workspace: Workspace
) -> None:
    client.initialize(workspace({"a.py": CODE}), workspace={"configuration": True})
    (asked,) = asked_for_settings(client, 1)
    assert "'deep_tier': 'auto'" in hits(client, "what was asked")[0]["preview"]  # Nobody waited for it.
    client.send({"id": asked["id"], "result": [{"deepTier": "off"}, None, None] * 2})
    deadline = time.monotonic() + 60
    while "'deep_tier': 'off'" not in hits(client, "what was asked")[0]["preview"]:
        assert time.monotonic() < deadline


def test_a_client_that_does_not_answer_again_keeps_the_settings_that_it_told(
    client: WireClient, workspace: Workspace
) -> None:
    client.initialize(workspace({"a.py": CODE}), workspace={"configuration": True})
    (first,) = asked_for_settings(client, 1)
    client.send({"id": first["id"], "result": [{"deepTier": "off", "exclude": ["gen/**"]}, None, None] * 2})
    assert "'deep_tier': 'off'" in hits(client, "what was asked")[0]["preview"]
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    _, second = asked_for_settings(client, 2)
    preview = hits(client, "what was asked")[0]["preview"]
    assert "'deep_tier': 'off'" in preview and "'exclude': ['gen/**']" in preview
    client.send({"id": second["id"], "error": {"code": -32603, "message": "busy"}})
    assert "'deep_tier': 'off'" in hits(client, "what was asked")[0]["preview"]


def test_a_late_answer_to_an_older_question_does_not_count(client: WireClient, workspace: Workspace) -> None:
    client.initialize(workspace({"a.py": CODE}), workspace={"configuration": True})
    (first,) = asked_for_settings(client, 1)
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    _, second = asked_for_settings(client, 2)
    client.send({"id": second["id"], "result": [{"deepTier": "off"}, None, None] * 2})
    client.send({"id": first["id"], "result": [{"deepTier": "auto"}, None, None] * 2})
    assert "'deep_tier': 'off'" in hits(client, "what was asked")[0]["preview"]


def test_search_between_initialize_and_initialized_is_answered(
    client: WireClient, workspace: Workspace
) -> None:
    folder = workspace({"a.py": CODE})
    client.request("initialize", {"processId": None, "capabilities": {}, "rootUri": folder.as_uri()})
    assert hits(client, "FIND")


def test_settings_are_pulled_for_each_folder_and_a_bad_one_is_said_once(
    client: WireClient, workspace: Workspace
) -> None:
    folder = workspace({"a.py": CODE})
    client.initialize(folder, workspace={"configuration": True})
    asked = client.wait_for(lambda message: message.get("method") == "workspace/configuration")
    items = asked["params"]["items"]
    assert [item["section"] for item in items] == ["semlens", "files", "search"] * 2
    assert [item.get("scopeUri") for item in items] == [folder.as_uri()] * 3 + [None] * 3
    semlens = {"exclude": ["gen/**"], "maxFileSizeKb": "big", "deepTier": "off", "unknown": 1}
    files = {"exclude": {"**/.git": True, "**/x": {"when": "y"}}, "encoding": "cp866"}
    client.send({"id": asked["id"], "result": [semlens, files, {"exclude": {"**/out": True}}] * 2})
    preview = hits(client, "what was asked")[0]["preview"]
    assert "'exclude': ['gen/**']" in preview and "'deep_tier': 'off'" in preview
    assert "'max_file_size_kb': 1024" in preview
    assert "'files_exclude': {'**/.git': True}" in preview and "'search_exclude': {'**/out': True}" in preview
    assert "'files_encoding': 'cp866'" in preview
    message = client.wait_for(lambda message: message.get("method") == "window/showMessage")
    assert message["params"]["message"].startswith("semlens.maxFileSizeKb must be a number")


def test_switching_off_and_on_takes_effect(client: WireClient, workspace: Workspace) -> None:
    client.initialize(workspace({"a.py": CODE}))
    assert hits(client, "FIND")
    for enabled in (False, True):
        switch(client, enabled)
        answer = client.request("semlens/search", {"query": "FIND"})
        assert ("result" in answer) == enabled
        if not enabled:
            assert "semlens.enabled" in answer["error"]["message"]


def test_a_folder_that_is_switched_off_says_so_whatever_the_engine_says(
    client: WireClient, workspace: Workspace
) -> None:
    client.initialize(workspace({"a.py": CODE}))
    off = ("empty", "Switched off by the setting semlens.enabled.", 0)

    def told() -> list[tuple[str, str | None, int]]:
        return [_said(one["params"]) for one in client.messages if one.get("method") == STATUS_CHANGED]

    def asked() -> tuple[str, str | None, int]:
        (status,) = client.request("semlens/status", {})["result"]["folders"]
        return _said(status)

    assert hits(client, "FIND") and asked() == ("ready", None, 3) and off not in told()
    for _ in range(2):  # The second says nothing new.
        switch(client, enabled=False)
        assert asked() == off and told().count(off) == 1
    switch(client, enabled=True)
    assert hits(client, "FIND") and asked() == ("ready", None, 3)
    assert told()[-1] == ("ready", None, 3)
    switch(client, enabled=False)
    assert asked() == off and told()[-1] == off


def test_of_two_folders_the_one_that_is_switched_off_says_so(client: WireClient, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        (folder / "f.py").write_text(f"FIND {folder.name}\n")
    client.initialize(folders[0], workspace={"configuration": True})
    client.send({"id": asked_for_settings(client, 1)[0]["id"], "result": [{}, None, None] * 2})
    added = [{"uri": folders[1].as_uri(), "name": "two"}]
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": []}})
    settings = [{"enabled": False}, None, None, {}, None, None, {}, None, None]
    client.send({"id": asked_for_settings(client, 2)[1]["id"], "result": settings})
    hits(client, "announce")  # The engine has something to say of both.
    statuses = client.request("semlens/status", {})["result"]["folders"]
    assert [_said(one)[0] for one in statuses] == ["empty", "ready"]
    last = {
        one["params"]["uri"]: one["params"]["state"]
        for one in client.messages
        if one.get("method") == STATUS_CHANGED
    }
    assert last == {folders[0].as_uri(): "empty", folders[1].as_uri(): "indexing"}


def _said(status: dict[str, Any]) -> tuple[str, str | None, int]:
    return status["state"], status.get("message"), status["files"]


def test_folders_come_and_go(client: WireClient, tmp_path: Path) -> None:
    folders = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "f.py").write_text(f"FIND {name}\n")
        folders.append(folder)
    client.initialize(folders[0])

    def change(**event: list[Path]) -> None:
        told = {
            kind: [{"uri": folder.as_uri(), "name": folder.name} for folder in event.get(kind, [])]
            for kind in ("added", "removed")
        }
        client.notify("workspace/didChangeWorkspaceFolders", {"event": told})

    change(added=[folders[1]])
    assert [hit["preview"] for hit in hits(client, "FIND")] == ["FIND one", "FIND two"]
    only = hits(client, "FIND", folders=[folders[1].as_uri() + "/"])
    assert [hit["preview"] for hit in only] == ["FIND two"]
    change(removed=[folders[0]])
    assert [hit["preview"] for hit in hits(client, "FIND")] == ["FIND two"]
    error = client.request("semlens/search", {"query": "FIND", "folders": [folders[0].as_uri()]})["error"]
    assert "is not a folder of this workspace" in error["message"]


def test_a_virtual_workspace_says_why_it_is_not_served(client: WireClient) -> None:
    folders = [{"uri": "vscode-vfs://github/a/b", "name": "b"}]
    client.request("initialize", {"processId": None, "capabilities": {}, "workspaceFolders": folders})
    client.notify("initialized", {})
    assert "disk" in client.request("semlens/search", {"query": "x"})["error"]["message"]
    (status,) = client.request("semlens/status", {})["result"]["folders"]
    assert status["state"] == "error" and "disk" in status["message"]


def test_a_folder_that_the_engine_cannot_take_is_a_status(client: WireClient, tmp_path: Path) -> None:
    folder = tmp_path / "unattachable"
    folder.mkdir()
    client.initialize(folder)
    sentence = "The engine cannot take this folder."
    changed = client.wait_for(lambda message: message.get("method") == "semlens/statusChanged")
    assert changed["params"]["uri"] == folder.as_uri()
    assert (changed["params"]["state"], changed["params"]["message"]) == ("error", sentence)
    assert client.request("semlens/search", {"query": "x"})["error"]["message"] == sentence


def test_status_and_its_changes(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"a.py": CODE})
    client.initialize(folder)
    assert hits(client, "announce") == []
    states = [
        message["params"]["state"]
        for message in client.messages
        if message.get("method") == "semlens/statusChanged" and message["params"]["uri"] == folder.as_uri()
    ]
    assert states == ["ready", "indexing"]
    result = client.request("semlens/status", {})["result"]
    assert result["folders"][0]["uri"] == folder.as_uri()
    assert result["engine"] == {"pid": 1, "version": "1", "memoryBytes": 2}
    assert result["models"] == [{"tier": "deep", "name": "m", "state": "idle"}]


def test_why_and_file_events_and_open_files_reach_the_engine(
    client: WireClient, workspace: Workspace
) -> None:
    folder = workspace({"a.py": CODE})
    uri = (folder / "a.py").as_uri()
    client.initialize(folder)
    why = client.request("semlens/why", {"textDocument": {"uri": uri}})["result"]
    assert why == {"indexed": False, "reason": "is ignored", "rule": "*.log", "file": ".gitignore", "line": 3}
    outside = client.request("semlens/why", {"textDocument": {"uri": "file:///elsewhere/x.py"}})["result"]
    assert not outside["indexed"] and "folder" in outside["reason"]
    open_document(client, uri, CODE)
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri + "x", "type": 1}]})
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    told = [
        f"'method': '{method}', 'folder': {str(folder)!r}, 'paths': ['{path}']"
        for method, path in [("touch", "a.pyx"), ("touch", "a.py"), ("focus", "a.py")]
    ]
    deadline = time.monotonic() + 20
    while not all(one in (asked := hits(client, "what was asked")[0]["preview"]) for one in told):
        assert time.monotonic() < deadline, asked
        time.sleep(0.05)


def test_several_bad_settings_are_one_message_and_a_new_mistake_another(
    client: WireClient, workspace: Workspace
) -> None:
    client.initialize(workspace({"a.py": CODE}))
    for settings in ({"deepTier": "never", "watch": "no"}, {}, {"deepTier": "never", "watch": "no"}):
        client.notify("workspace/didChangeConfiguration", {"settings": {"semlens": settings}})
        assert hits(client, "FIND")
    said = [m["params"]["message"] for m in client.messages if m.get("method") == "window/showMessage"]
    assert len(said) == 2
    assert all("semlens.deepTier must be" in text and "semlens.watch must be" in text for text in said)


def test_a_model_that_is_not_there_is_said_until_the_setting_is_right_again(
    client: WireClient, workspace: Workspace
) -> None:
    client.initialize(workspace({"a.py": CODE}))
    assert hits(client, "FIND")
    for model, state in (("/no/such/model", "error"), ("semlens-code", "ready")):
        client.notify("workspace/didChangeConfiguration", {"settings": {"semlens": {"model": model}}})
        assert hits(client, "FIND"), "the model before answers"
        [told] = client.request("semlens/status")["result"]["folders"]
        announced = [m["params"] for m in client.messages if m.get("method") == "semlens/statusChanged"]
        for status in (told, announced[-1]):
            assert status["state"] == state
            assert ("semlens.model" in (status.get("message") or "")) == (state == "error")


def test_what_the_engine_told_meanwhile_outlasts_its_older_answer(client: WireClient, tmp_path: Path) -> None:
    folder = tmp_path / "overtaken"
    folder.mkdir()
    client.initialize(folder)
    assert hits(client, "FIND") == []
    told = [m["params"]["state"] for m in client.messages if m.get("method") == "semlens/statusChanged"]
    assert told == ["ready"]


def test_an_answer_without_the_model_that_is_being_loaded_says_so(
    client: WireClient, workspace: Workspace
) -> None:
    client.initialize(workspace({"a.py": CODE}))
    for wait in (False, True):
        answer = client.request("semlens/search", {"query": "loading", "wait": wait})
        assert answer["result"]["partial"] is not wait


@pytest.mark.parametrize("polite", [False, True])
def test_the_engine_is_told_now_and_then_that_one_types_where_it_is_to_give_way(
    client: WireClient, workspace: Workspace, polite: bool
) -> None:
    folder = workspace({"a.py": CODE})
    client.initialize(folder)
    client.notify("workspace/didChangeConfiguration", {"settings": {"deepTierWhileBusy": not polite}})
    assert hits(client, "FIND")
    uri = (folder / "a.py").as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": CODE}
    client.notify("textDocument/didOpen", {"textDocument": document})
    for version in (2, 3):
        change = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": CODE}]}
        client.notify("textDocument/didChange", change)
    asked = hits(client, "what was asked")[0]["preview"]
    assert asked.count("'method': 'attend'") == (1 if polite else 0)
