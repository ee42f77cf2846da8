"""The engine is killed under a server: a status and a wait, never a dead extension or a wrong answer."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.wire_client import WireClient


@pytest.fixture
def engine_pid(data_dir: Path) -> Iterator[Callable[[], int]]:
    """Tells the engine's process id; the engine is ended with the test."""

    def pid() -> int:
        found: int = json.loads((data_dir / "engine.json").read_text())["pid"]
        return found

    yield pid
    if (data_dir / "engine.json").exists() and psutil.pid_exists(pid()):
        os.kill(pid(), signal.SIGTERM)


def has_state(state: str) -> Callable[[dict[str, Any]], bool]:
    def is_it(message: dict[str, Any]) -> bool:
        return message.get("method") == "semlens/statusChanged" and message["params"]["state"] == state

    return is_it


def test_a_killed_engine_is_a_status_and_comes_back(
    engine_pid: Callable[[], int],
    served: WireClient,
    workspace: Callable[[Mapping[str, str | bytes]], Path],
) -> None:
    served.initialize(workspace({"a.py": "def sum_of_squares(numbers):\n    return 4\n"}))
    served.wait_for(has_state("ready"), timeout=60)
    served.messages.clear()
    killed = engine_pid()
    psutil.Process(killed).kill()
    served.wait_for(has_state("rebuilding"))
    answer = served.request("semlens/search", {"query": "squares"}, timeout=30)
    assert "result" in answer, answer
    served.wait_for(has_state("ready"), timeout=60)
    assert engine_pid() != killed
    assert [
        hit["symbol"]["name"]
        for hit in served.request("semlens/search", {"query": "squares"})["result"]["hits"]
    ]


def test_the_server_ends_in_time_in_the_middle_of_indexing(
    engine_pid: Callable[[], int], served: WireClient, repository: Path
) -> None:
    served.initialize(repository / "server")
    served.start_request("semlens/reindex", {"full": True, "workDoneToken": "t"})
    served.wait_for(lambda message: "Indexing" in str(message.get("params")), timeout=60)
    assert served.process.stdin is not None
    served.process.stdin.close()
    served.process.wait(timeout=60)
    assert engine_pid() > 0
