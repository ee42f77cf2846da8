"""Whatever a client sends: one answer to each request, one sentence in each error, and an end in time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.wire_client import WireClient

Workspace = Callable[[Mapping[str, str | bytes]], Path]


def test_initialize_is_answered_and_nothing_heavy_is_imported(served: WireClient) -> None:
    result = served.initialize()["result"]
    assert result["capabilities"]["hoverProvider"]
    assert result["capabilities"]["workspace"]["workspaceFolders"]["changeNotifications"]
    mapped = {Path(file.path).name for file in psutil.Process(served.process.pid).memory_maps()}
    assert not any("torch" in name or "chroma" in name for name in mapped)


def test_a_request_before_initialize_is_refused(client: WireClient) -> None:
    assert client.request("semlens/search", {"query": "x"})["error"]["code"] == -32002


def test_a_second_initialize_is_refused(client: WireClient) -> None:
    client.initialize()
    assert client.request("initialize", {"capabilities": {}})["error"]["code"] == -32600


def test_requests_after_shutdown_are_refused_and_exit_is_clean(client: WireClient) -> None:
    client.initialize()
    assert client.request("shutdown")["result"] is None
    assert client.request("semlens/status", {})["error"]["code"] == -32600
    client.send({"method": "exit"})
    assert client.process.wait(timeout=60) == 0


def test_exit_without_shutdown_is_an_error(client: WireClient) -> None:
    client.initialize()
    client.send({"method": "exit"})
    assert client.process.wait(timeout=60) == 1


@pytest.mark.parametrize(
    ("method", "params", "code", "part"),
    [
        ("no/such", None, -32601, "no/such"),
        ("$/mystery", {}, -32601, "$/mystery"),
        ("textDocument/didOpen", {}, -32601, "didOpen"),
        ("semlens/search", {}, -32602, "`query` is missing"),
        ("semlens/search", {"query": 5}, -32602, "`query` must be a text"),
        ("semlens/search", {"query": "x", "limit": "9"}, -32602, "`limit` must be a whole number"),
        ("semlens/search", {"query": "x", "limit": True}, -32602, "`limit` must be a whole number"),
        ("semlens/search", {"query": "x", "include": "*.py"}, -32602, "`include` must be a list"),
        ("semlens/search", {"query": "x", "kind": "poem"}, -32602, "`kind` must be one of"),
        ("semlens/search", "text", -32602, "must be an object"),
        ("semlens/search", {"query": "x"}, -32602, "No folder is open"),
        ("semlens/search", {"query": "  "}, -32602, "empty"),
        ("semlens/tokens", {}, -32602, "textDocument"),
        ("semlens/tokens", {"textDocument": {"uri": "file:///nowhere"}}, -32602, "not open"),
        ("textDocument/hover", {"position": 3}, -32602, "textDocument/hover"),
        ("textDocument/hover", None, -32602, "textDocument/hover"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    open_client: WireClient, method: str, params: Any, code: int, part: str
) -> None:
    error = open_client.request(method, params)["error"]
    assert error["code"] == code
    assert part in error["message"]
    assert "\n" not in error["message"] and "data" not in error


def test_a_failed_handler_is_one_sentence_without_a_traceback(
    client: WireClient, workspace: Workspace
) -> None:
    client.initialize(workspace({"a.py": ""}))
    error = client.request("semlens/search", {"query": "crash"})["error"]
    assert error["code"] == -32603
    assert "\n" not in error["message"] and "File" not in error["message"] and "data" not in error


@pytest.mark.parametrize(
    "body",
    [b"{", b"nonsense", b"\xff\xfe\xff", b"[" * 100_000, b'{"id": NaN}', b"", b"1" * 10_000],
)
def test_what_is_not_json_gets_one_error_and_the_server_goes_on(open_client: WireClient, body: bytes) -> None:
    open_client.messages.clear()
    open_client.send_body(body)
    error = open_client.wait_for(lambda message: "error" in message)
    assert error["id"] is None and error["error"]["code"] in (-32700, -32600)
    assert "result" in open_client.request("semlens/tokens", {"text": "x"})


@pytest.mark.parametrize(
    "message",
    [
        {"id": 7007},
        {"id": 7007, "method": 5},
        {"id": 7007, "method": "shutdown", "jsonrpc": "1.0"},
        {"id": 7.5, "method": "shutdown"},
        {"id": None, "method": "shutdown"},
        {"id": [7007], "method": "shutdown"},
        {"id": True, "method": "shutdown"},
    ],
)
def test_a_broken_request_gets_one_error(open_client: WireClient, message: dict[str, Any]) -> None:
    open_client.messages.clear()
    open_client.send(message)
    error = open_client.wait_for(lambda answer: "error" in answer)
    assert error["error"]["code"] == -32600
    assert error["id"] == (message["id"] if message["id"] in (7007, 7.5) else None)
    assert "result" in open_client.request("semlens/tokens", {"text": "x"})


def test_an_id_in_use_is_refused_and_both_are_answered(client: WireClient, workspace: Workspace) -> None:
    client.initialize(workspace({"a.py": "x"}))
    request = {"id": "twice", "method": "semlens/search", "params": {"query": "hang"}}
    client.send(request)
    client.send(request)
    client.notify("$/cancelRequest", {"id": "twice"})
    client.request("semlens/status", {})
    answers = [message for message in client.messages if message.get("id") == "twice"]
    assert [answer["error"]["code"] for answer in answers] == [-32600, -32800]


def test_header_case_and_line_ends_do_not_matter_and_garbage_is_skipped(open_client: WireClient) -> None:
    open_client.messages.clear()
    body = json.dumps({"jsonrpc": "2.0", "id": "odd", "method": "semlens/tokens", "params": {"text": "x"}})
    header = f"garbage\r\n\r\nContent-Type: x\ncontent-length:{len(body)}\n\n"
    open_client.send_bytes((header + body).encode())
    assert "result" in open_client.answer_to("odd")


def test_a_cancelled_search_is_answered_though_the_engine_hangs(
    client: WireClient, workspace: Workspace
) -> None:
    client.initialize(workspace({"a.py": "x"}))
    client.request("semlens/status", {})
    msg_id = client.start_request("semlens/search", {"query": "hang"})
    client.notify("$/cancelRequest", {"id": msg_id})
    assert client.answer_to(msg_id)["error"]["code"] == -32800


@pytest.mark.parametrize("query", ["hang", "block", "hang on close"])
def test_end_of_input_ends_the_process_whatever_hangs(
    client: WireClient, workspace: Workspace, query: str
) -> None:
    client.initialize(workspace({"a.py": "x"}))
    client.request("semlens/status", {})
    client.start_request("semlens/search", {"query": query})
    client.start_request("semlens/status", {})
    time.sleep(0.3)
    assert client.process.stdin is not None
    client.process.stdin.close()
    client.process.wait(timeout=60)


def test_the_clients_death_ends_the_server(data_dir: Path, tmp_path: Path) -> None:
    """The editor's process dies, while something else holds the pipe open."""
    editor = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with WireClient(data_dir, scripted=True) as client:
        client.request("initialize", {"processId": editor.pid, "capabilities": {}})
        editor.kill()
        editor.wait()
        client.process.wait(timeout=30)


@pytest.mark.parametrize("pid", [0, -1, 1, 2**22 + 1, 2**31 - 1, None])
def test_a_process_id_that_is_no_process_here_does_not_end_the_server(client: WireClient, pid: int) -> None:
    client.request("initialize", {"processId": pid, "capabilities": {}})
    time.sleep(0.2)
    assert "result" in client.request("semlens/tokens", {"text": "x"})
