"""Ten thousand mutated messages: the server lives, and answers each request that has an id exactly once."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.wire_client import WireClient

MESSAGES = 10_000
BATCH = 500
"""Messages between two questions whether the server still answers."""

URI = "file:///folder/file.py"
ODD_VALUES: list[Any] = [
    None, True, -1, 0, 2**31, 2**63, 10**40, 1.5, 1e308, "", "x", "\0", "\ud800", "😀" * 50, [], {}, [[]],
    {"id": 1}, [None] * 20, "file:///%ff", "untitled:x", "http://[", "../..", "9" * 400,
]  # fmt: skip
POSITION = {"line": 1, "character": 2}
RANGE = {"start": POSITION, "end": POSITION}
SEEDS: list[dict[str, Any]] = [
    {
        "method": "semlens/search",
        "params": {"query": "q", "limit": 3, "folders": ["file:///f"], "kind": "auto"},
    },
    {"method": "semlens/similar", "params": {"textDocument": {"uri": URI}, "range": RANGE}},
    {"method": "semlens/reindex", "params": {"full": True, "workDoneToken": "t"}},
    {"method": "semlens/status", "params": {}},
    {"method": "semlens/tokens", "params": {"text": "def f(): pass"}},
    {"method": "semlens/tokens", "params": {"textDocument": {"uri": URI}, "range": RANGE}},
    {"method": "semlens/why", "params": {"textDocument": {"uri": URI}}},
    {"method": "semlens/pause", "params": {"paused": False}},
    {"method": "textDocument/hover", "params": {"textDocument": {"uri": URI}, "position": POSITION}},
    {"method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
    {"method": "workspace/executeCommand", "params": {"command": "x", "arguments": [1]}},
    {"method": "no/such/method", "params": [1, 2]},
]
NOTIFICATIONS: list[dict[str, Any]] = [
    {
        "method": "textDocument/didOpen",
        "params": {
            "textDocument": {"uri": URI, "languageId": "python", "version": 1, "text": "def f():\n  1\n"}
        },
    },
    {
        "method": "textDocument/didChange",
        "params": {
            "textDocument": {"uri": URI, "version": 2},
            "contentChanges": [{"range": RANGE, "text": "é\f\r\n"}],
        },
    },
    {"method": "textDocument/didClose", "params": {"textDocument": {"uri": URI}}},
    {"method": "workspace/didChangeConfiguration", "params": {"settings": {"semlens": {"enabled": 3}}}},
    {"method": "workspace/didChangeWatchedFiles", "params": {"changes": [{"uri": URI, "type": 1}]}},
    {"method": "$/cancelRequest", "params": {"id": 1}},
    {"method": "window/workDoneProgress/cancel", "params": {"token": "t"}},
    {"method": "$/setTrace", "params": {"value": "off"}},
    {"id": "nobody asked", "result": {"a": 1}},
]


def mutated(random_: random.Random, value: Any, depth: int = 0) -> Any:
    """`value` with some parts replaced, removed, renamed or added."""
    if random_.random() < 0.12:
        return random_.choice(ODD_VALUES)
    if isinstance(value, dict):
        kept = {
            key: mutated(random_, item, depth + 1) for key, item in value.items() if random_.random() > 0.06
        }
        if random_.random() < 0.1:
            kept[random_.choice(["id", "method", "params", "jsonrpc", "uri", "x"])] = random_.choice(
                ODD_VALUES
            )
        return kept
    if isinstance(value, list):
        return [mutated(random_, item, depth + 1) for item in value] * random_.choice([1, 1, 1, 0, 2])
    return value


def damaged(random_: random.Random, body: bytes) -> bytes:
    """`body` cut, doubled or with some bytes changed."""
    at = random_.randrange(len(body) + 1)
    return random_.choice(
        [
            body[:at],
            body[:at] + body,
            body[:at] + bytes([random_.randrange(256)]) + body[at + 1 :],
            body + b"}",
        ]
    )


def expected_id(body: bytes) -> tuple[bool, Any]:
    """Whether a body is a request that has an id, and the id that its answer must have."""
    try:
        message = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return True, None
    if not isinstance(message, dict):
        return True, None
    if "id" not in message or ("method" not in message and ("result" in message or "error" in message)):
        return False, None
    msg_id = message["id"]
    valid = isinstance(msg_id, int | str | float) and not isinstance(msg_id, bool)
    return True, msg_id if valid else None


def _refuse(name: str) -> None:
    raise ValueError(name)


def next_body(random_: random.Random, number: int) -> bytes:
    request = random_.random() < 0.7
    seed = random_.choice(SEEDS if request else NOTIFICATIONS)
    message = {"jsonrpc": "2.0", **({"id": number} if request else {}), **seed}
    changed = mutated(random_, message) if random_.random() < 0.9 else message
    body = json.dumps(changed).encode()
    body = damaged(random_, body) if random_.random() < 0.15 else body
    ends_the_server = b'"exit"' in body or b'"shutdown"' in body
    return b"{}" if ends_the_server else body


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [3])
def test_each_request_with_an_id_is_answered_once(
    client: WireClient, workspace: Callable[[Mapping[str, str | bytes]], Path], seed: int
) -> None:
    random_ = random.Random(seed)
    client.initialize(workspace({"a.py": "def f():\n    pass\n"}))
    expected: Counter[str] = Counter()
    for first in range(0, MESSAGES, BATCH):
        for number in range(first, first + BATCH):
            body = next_body(random_, 1_000_000 + number)
            answered, msg_id = expected_id(body)
            expected[json.dumps(msg_id)] += answered
            client.send_body(body)
        client.send({"id": f"batch {first}", "method": "semlens/status", "params": {}})
        expected[json.dumps(f"batch {first}")] += 1
        client.answer_to(f"batch {first}", timeout=60)
    client.send({"id": "last", "method": "shutdown"})
    client.answer_to("last", timeout=60)
    expected['"last"'] += 1
    client.send({"method": "exit"})
    with pytest.raises(EOFError):
        client.wait_for(lambda message: False)
    answers = [message for message in client.messages if "method" not in message]
    found = Counter(json.dumps(answer["id"]) for answer in answers) - Counter(["1"])
    assert found == +expected
    assert all("\n" not in answer["error"]["message"] for answer in answers if "error" in answer)
    assert client.process.wait(timeout=60) == 0
