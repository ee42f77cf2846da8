"""Lines of files over the wire: those on disk or in the editor, with access tokens masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from support.wire_client import WireClient

Workspace = Callable[[Mapping[str, str | bytes]], Path]

TOKEN = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def asked(uri: str, *blocks: tuple[int, int]) -> dict[str, Any]:
    return {"uri": uri, "blocks": [{"first": first, "last": last} for first, last in blocks]}


def excerpts(client: WireClient, *files: dict[str, Any]) -> list[list[list[str]]]:
    answer = client.request("semlens/excerpts", {"files": list(files)})
    assert "result" in answer, answer
    assert [file["uri"] for file in answer["result"]["files"]] == [file["uri"] for file in files]
    return [file["blocks"] for file in answer["result"]["files"]]


def test_blocks_of_several_files_end_with_the_file(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"a.py": b"one\r\ntwo\r\nthree", "b.go": "x\ny\n"})
    client.initialize(folder)
    a, b = ((folder / name).as_uri() for name in ("a.py", "b.go"))
    found = excerpts(client, asked(b, (1, 9)), asked(a, (0, 0), (2, 2), (7, 9), (-3, 1)), asked(a))
    assert found == [[["y", ""]], [["one"], ["three"], [], ["one", "two"]], []]


def test_the_editors_text_counts_before_the_disks(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"a.py": "disk\n"})
    client.initialize(folder)
    uri = (folder / "a.py").as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": "typed\n"}
    client.notify("textDocument/didOpen", {"textDocument": document})
    assert excerpts(client, asked(uri, (0, 0))) == [[["typed"]]]


def test_an_access_token_is_masked_on_disk_and_in_the_editor(
    client: WireClient, workspace: Workspace
) -> None:
    folder = workspace({"a.py": f"token = '{TOKEN}'\n", "b.py": "pass\n"})
    client.initialize(folder)
    disk, typed = ((folder / name).as_uri() for name in ("a.py", "b.py"))
    document = {"uri": typed, "languageId": "python", "version": 1, "text": f"token = '{TOKEN}'\n"}
    client.notify("textDocument/didOpen", {"textDocument": document})
    for ((line,),) in excerpts(client, asked(disk, (0, 0)), asked(typed, (0, 0))):
        assert line.startswith("token = '")
        assert TOKEN not in line


def test_what_cannot_be_read_has_no_lines(client: WireClient, workspace: Workspace, tmp_path: Path) -> None:
    client.initialize(workspace({"a.py": "pass\n"}))
    outside = tmp_path / "outside.py"
    outside.write_text("secret\n", encoding="utf-8")
    gone, there = outside.with_name("gone.py").as_uri(), outside.as_uri()
    unreadable = (asked(uri, (0, 0)) for uri in (gone, there, "untitled:a"))
    assert excerpts(client, *unreadable) == [[], [], []]


def test_too_many_lines_are_one_sentence(client: WireClient, workspace: Workspace) -> None:
    folder = workspace({"a.py": "pass\n"})
    client.initialize(folder)
    params = {"files": [asked((folder / "a.py").as_uri(), (0, 99_999))]}
    assert "20,000 lines" in client.request("semlens/excerpts", params)["error"]["message"]
