"""A minimal client of the language server: one `semlens serve`, one request at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


class LanguageClient:
    """A language server on `data_dir`, initialized with `folder` as its workspace."""

    def __init__(self, data_dir: Path, folder: Path, settings: dict[str, Any]) -> None:
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-m", "semlens", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "SEMLENS_DATA_DIR": str(data_dir)},
        )
        self._last_id = 0
        self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": None,
                "capabilities": {},
                "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
                "initializationOptions": settings,
            },
        )
        self.seconds = time.perf_counter() - started
        """From the start of the process to the answer to `initialize`."""
        self.notify("initialized", {})

    def __enter__(self) -> LanguageClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def request(self, method: str, params: Any) -> Any:
        """The result of a request. Raises `SystemExit` if the server answers with an error, or ends."""
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._last_id and "method" not in message:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']['message']}")
                return message["result"]

    def timed(self, method: str, params: Any) -> float:
        """Seconds until a request is answered."""
        started = time.perf_counter()
        self.request(method, params)
        return time.perf_counter() - started

    def open(self, file: Path) -> dict[str, str]:
        """Open a Python file as an editor does; returns its text document identifier."""
        document = {"uri": file.as_uri()}
        opened = {"languageId": "python", "version": 1, "text": file.read_text("utf-8", "replace")}
        self.notify("textDocument/didOpen", {"textDocument": {**document, **opened}})
        return document

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            if not line:
                raise SystemExit("The language server ended.")
            length = int(line.split(b":")[1]) if line.lower().startswith(b"content-length") else length
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message
