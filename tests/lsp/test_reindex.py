"""Reindexing through the wire: progress by the client's token, both ways to cancel, and the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.wire_client import WireClient


def progress(client: WireClient, token: object) -> list[dict[str, Any]]:
    return [
        message["params"]["value"]
        for message in client.messages
        if message.get("method") == "$/progress" and message["params"]["token"] == token
    ]


def folder_called(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder


@pytest.mark.parametrize("token", ["token", 7])
def test_progress_and_report(client: WireClient, tmp_path: Path, token: object) -> None:
    client.initialize(folder_called(tmp_path, "quick"))
    report = client.request("semlens/reindex", {"workDoneToken": token})["result"]
    assert report == {
        "files": 3310, "chunks": 7, "added": 1, "changed": 2, "removed": 3, "skipped": 4, "embedded": 5,
        "reused": 6, "seconds": 0.5, "problems": [],
    }  # fmt: skip
    begin, *reports, end = progress(client, token)
    assert begin["kind"] == "begin" and begin["cancellable"]
    assert {"kind": "report", "message": "Indexing 1,204 of 3,310 files", "percentage": 36} in reports
    assert [report["percentage"] for report in reports] == sorted(report["percentage"] for report in reports)
    assert end == {"kind": "end", "message": "3,310 files, 7 chunks in 0.5 s"}


def test_without_a_token_there_is_no_progress(client: WireClient, tmp_path: Path) -> None:
    client.initialize(folder_called(tmp_path, "quick"))
    assert client.request("semlens/reindex", {})["result"]["files"] == 3310
    assert not any(message.get("method") == "$/progress" for message in client.messages)


@pytest.mark.parametrize("way", ["$/cancelRequest", "window/workDoneProgress/cancel"])
def test_cancel(client: WireClient, tmp_path: Path, way: str) -> None:
    client.initialize(folder_called(tmp_path, "slow"))
    msg_id = client.start_request("semlens/reindex", {"workDoneToken": "t"})
    client.wait_for(lambda message: "1,204" in str(message))
    client.notify(way, {"id": msg_id} if way == "$/cancelRequest" else {"token": "t"})
    assert client.answer_to(msg_id)["error"] == {"code": -32800, "message": "Cancelled."}
    assert progress(client, "t")[-1] == {"kind": "end", "message": "Cancelled."}


def test_several_folders_are_one_progress_and_one_report(client: WireClient, tmp_path: Path) -> None:
    folders = [folder_called(tmp_path, name) for name in ("one", "two")]
    client.request(
        "initialize",
        {
            "processId": None,
            "capabilities": {},
            "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name} for folder in folders],
        },
    )
    client.notify("initialized", {})
    report = client.request("semlens/reindex", {"workDoneToken": "t"})["result"]
    assert report["files"] == 6620
    messages = [value.get("message", "") for value in progress(client, "t")]
    assert "one: Indexing 1,204 of 3,310 files" in messages
    assert "two: Indexing 3,310 of 3,310 files" in messages


@pytest.mark.parametrize(
    ("names", "files", "problems"),
    [
        (("one", "gone", "two"), 6620, 1),
        (("gone first", "one"), 3310, 1),
        (("one", "gone", "unattachable"), 3310, 2),
    ],
)
def test_a_folder_that_cannot_be_indexed_keeps_no_other_from_it(
    client: WireClient, tmp_path: Path, names: tuple[str, ...], files: int, problems: int
) -> None:
    folders = [{"uri": folder_called(tmp_path, name).as_uri(), "name": name} for name in names]
    client.request("initialize", {"processId": None, "capabilities": {}, "workspaceFolders": folders})
    client.notify("initialized", {})
    report = client.request("semlens/reindex", {})["result"]
    assert report["files"] == files and len(report["problems"]) == problems
    assert any("gone" in one and "cannot be read" in one for one in report["problems"])


def test_if_no_folder_can_be_indexed_it_fails(client: WireClient, tmp_path: Path) -> None:
    client.initialize(folder_called(tmp_path, "gone"))
    assert "cannot be read" in client.request("semlens/reindex", {})["error"]["message"]
