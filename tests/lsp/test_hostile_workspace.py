"""A hostile workspace, through the real language server and engine: nothing runs, leaves or swells."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from semlens.engine.wire.endpoint import read
from support.hostile import TREASURE, Trap
from support.wire_client import SERVE, WireClient

pytestmark = [
    pytest.mark.slow,
    pytest.mark.model,
    pytest.mark.skipif(sys.platform == "win32", reason="POSIX files"),
]

MOST_EXTRA = 200 * 1024 * 1024
READY_SECONDS = 100.0
_ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')


class Observed:
    """Every process that works for `data_dir`, looked at all the time."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.most = 0
        """Bytes of memory of the engine and what it starts, but for the transformer's process."""
        self.addresses: set[str] = set()

    def __enter__(self) -> Observed:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            processes = list(engine_processes(self._data_dir))
            self.most = max(self.most, sum(map(own_memory, processes)))
            for process in processes:
                try:
                    connections = process.net_connections()
                except psutil.Error:
                    continue
                self.addresses.update(one.raddr.ip for one in connections if one.raddr)


def engine_processes(data_dir: Path) -> Iterator[psutil.Process]:
    endpoint = read(data_dir)
    if endpoint is not None:
        try:
            engine = psutil.Process(endpoint.pid)
            yield engine
            yield from engine.children(recursive=True)
        except psutil.Error:
            return


@contextmanager
def ended(client: WireClient) -> Iterator[None]:
    """A tracer that is killed leaves the server behind, whose output would be waited for."""
    try:
        yield
    finally:
        with suppress(psutil.Error):
            end(psutil.Process(client.process.pid).children(recursive=True))


def end(processes: Iterable[psutil.Process]) -> None:
    ending = list(processes)
    for process in ending:
        process.kill()
    psutil.wait_procs(ending, timeout=10)


def own_memory(process: psutil.Process) -> int:
    try:
        return 0 if "semlens.core.embed.worker" in process.cmdline() else int(process.memory_info().rss)
    except psutil.Error:
        return 0


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    trap = Trap(tmp_path / "workspace", tmp_path / "outside", tmp_path / "marks")
    trap.set()
    return trap


@pytest.fixture
def traced(tmp_path: Path, data_dir: Path) -> Iterator[list[str]]:
    """What precedes a command for its connections to be written down, those of all that it starts too."""
    log = tmp_path / "connections"
    tracer = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(log)]
    works = shutil.which("strace") and not subprocess.run([*tracer, "true"], capture_output=True).returncode
    yield tracer if works else []
    end(engine_processes(data_dir))
    if works:
        found = {address for pair in _ADDRESS.findall(log.read_text(errors="replace")) for address in pair}
        assert {"127.0.0.1"} <= found - {""} <= {"127.0.0.1", "::1"}


def ready(client: WireClient, folder: Path) -> dict[str, Any]:
    """The folder's status once every tier is full."""
    end = time.monotonic() + READY_SECONDS
    status: dict[str, Any] = {}
    while time.monotonic() < end:
        folders = client.request("semlens/status", {}, timeout=60)["result"]["folders"]
        status = next((one for one in folders if one["uri"] == folder.as_uri()), {})
        coverage = status.get("coverage") or {"deep": 0, "chunks": 0}
        if status.get("state") == "ready" and coverage["deep"] == 1 and coverage["chunks"]:
            return status
        time.sleep(0.2)
    raise AssertionError(status)


def everything_in(folder: Path) -> set[tuple[str, int, int]]:
    return {
        (path, status.st_mtime_ns, status.st_size)
        for path in (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
        for status in (os.lstat(path),)
    }


@pytest.mark.timeout(300)
def test_a_hostile_workspace_gets_nothing(
    data_dir: Path, tmp_path: Path, trap: Trap, traced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "plain.py").write_text("def plain():\n    return 1\n")
    before = everything_in(trap.root)
    monkeypatch.chdir(trap.root)
    monkeypatch.setenv("PYTHONPATH", f"{trap.root}{os.pathsep}.")
    monkeypatch.setenv("CHROMA_API_IMPL", "evil.Evil")
    monkeypatch.setenv("PATH", os.pathsep.join([str(trap.root / "bin"), ".", os.environ["PATH"]]))
    with Observed(data_dir) as seen, WireClient(data_dir, [*traced, *SERVE]) as client, ended(client):
        client.initialize(plain)
        ready(client, plain)
        base = seen.most
        added = [{"uri": trap.root.as_uri(), "name": "hostile"}]
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": []}})
        status = ready(client, trap.root)
        assert status["files"] > 10
        extra = seen.most - base
        hits = client.request("semlens/search", {"query": "weigh parcels"}, timeout=60)["result"]["hits"]
        assert trap.root.joinpath("parcels.py").as_uri() in {hit["uri"] for hit in hits}
        (hit, *_) = client.request("semlens/search", {"query": "crosses_the_line_end"}, timeout=60)["result"][
            "hits"
        ]
        assert hit["uri"] == trap.root.joinpath("new\nline.py").as_uri()
        stolen = client.request("semlens/search", {"query": TREASURE}, timeout=60)["result"]["hits"]
        assert not [hit for hit in stolen if TREASURE in hit["preview"]]
        settings = {"semlens": {"model": str(trap.root / "evil-model")}}
        client.notify("workspace/didChangeConfiguration", {"settings": settings})
        client.request("semlens/status", {}, timeout=60)
        time.sleep(2)
        client.request("shutdown")
        client.send({"method": "exit"})
        end(engine_processes(data_dir))
        client.process.wait(10)
    assert trap.sprung == []
    assert seen.addresses <= {"127.0.0.1", "::1"}
    assert everything_in(trap.root) == before
    assert extra < MOST_EXTRA, f"{extra / 1e6:.0f} MB"
    for file in data_dir.rglob("*"):
        assert not file.is_file() or TREASURE.encode() not in file.read_bytes(), file
