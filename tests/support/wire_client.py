"""A client that says exactly what a test tells it to, also what no real client would."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from support.forked import Program, start

SERVE = [sys.executable, "-I", "-m", "semlens", "serve"]


class WireClient:
    """One server process, spoken to in bytes. Everything that it says is parsed and kept."""

    def __init__(self, data_dir: Path, command: Sequence[str] = SERVE, scripted: bool = False) -> None:
        """
        :param scripted: whether it is a server whose engine is `support.scripted_server`'s
        """
        environment = {**os.environ, "SEMLENS_DATA_DIR": str(data_dir)}
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 closed in __exit__
        self.process: Program
        if scripted:
            self.process = start("scripted_server", environment=environment, stderr=self._stderr, piped=True)
        else:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                env=environment,
            )
        self.messages: list[dict[str, Any]] = []
        self.noise = b""
        """What stdout carried besides messages."""
        self._arrived: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._last_id = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> WireClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for stream in (self.process.stdin, self.process.stdout, self._stderr):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send_body(self, body: bytes) -> None:
        self.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def send(self, message: Mapping[str, Any]) -> None:
        self.send_body(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def start_request(self, method: str, params: Any = None) -> int:
        self._last_id += 1
        self.send({"id": self._last_id, "method": method, "params": params})
        return self._last_id

    def request(self, method: str, params: Any = None, timeout: float = 60.0) -> dict[str, Any]:
        """The whole answer, with its `result` or `error`."""
        return self.answer_to(self.start_request(method, params), timeout)

    def answer_to(self, msg_id: object, timeout: float = 60.0) -> dict[str, Any]:
        return self.wait_for(lambda message: "method" not in message and message.get("id") == msg_id, timeout)

    def wait_for(self, wanted: Any, timeout: float = 60.0) -> dict[str, Any]:
        """The first message, of all that ever came, that is `wanted`."""
        deadline = time.monotonic() + timeout
        seen = 0
        while True:
            for message in self.messages[seen:]:
                seen += 1
                if wanted(message):
                    return message
            try:
                arrived = self._arrived.get(timeout=max(deadline - time.monotonic(), 0.001))
            except queue.Empty:
                raise TimeoutError(f"not among {self.messages[-5:]}") from None
            if arrived is None:
                raise EOFError("the server ended")
            self.messages.append(arrived)

    def initialize(
        self, folder: Path | None = None, locale: str = "en", **capabilities: Any
    ) -> dict[str, Any]:
        folders = [{"uri": folder.as_uri(), "name": folder.name}] if folder else None
        answer = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "locale": locale,
                "rootUri": None,
                "capabilities": capabilities,
                "workspaceFolders": folders,
            },
        )
        self.notify("initialized", {})
        return answer

    def stop(self) -> int:
        """End the session as a client should; the exit code."""
        self.request("shutdown")
        self.send({"method": "exit"})
        return self.process.wait(timeout=60)

    def _read(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        while True:
            header = stdout.readline()
            if not header:
                break
            if not header.startswith(b"Content-Length: "):
                self.noise += header
                continue
            length = int(header.split(b":")[1])
            stdout.readline()
            body = stdout.read(length)
            if len(body) == length:
                self._arrived.put(json.loads(body))
        self._arrived.put(None)
