"""A hub of models on loopback, as its own client asks it, with cut connections and wrong files at will."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NAME = "someone/small-model"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """One model and what was asked of it."""

    daemon_threads = True

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = dict(files)
        self.served: dict[str, bytes] = {}
        """What is sent in place of a file."""
        self.cuts: list[int] = []
        """After so many bytes the next answers with weights break off."""
        self.status = 200
        self.gated = False
        self.got: list[tuple[str, str]] = []
        """(file, Range) of each download."""
        self.tokens: set[str] = set()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error here."""


@contextmanager
def hub_server(files: Mapping[str, bytes]) -> Iterator[Hub]:
    """A running hub."""
    hub = Hub(files)
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()


def _sibling(path: str, content: bytes) -> dict[str, Any]:
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    row: dict[str, Any] = {"rfilename": path, "size": len(content), "blobId": blob}
    if path.endswith(".safetensors"):
        digest = hashlib.sha256(content).hexdigest()
        row["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 134}
    return row


class _Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        hub = self.server
        hub.tokens.add(self.headers.get("Authorization", ""))
        path = self.path.partition("?")[0]
        if hub.status != 200 or path not in self._known():
            self._refuse()
        elif path.startswith("/api/"):
            files = [_sibling(name, content) for name, content in hub.files.items()]
            said = {"id": NAME, "sha": COMMIT, "siblings": files, "tags": [], "private": False}
            self._send(json.dumps({**said, "cardData": {"license": "mit"}}).encode(), "", False)
        else:
            name = path.partition(f"/resolve/{COMMIT}/")[2]
            self._send(hub.served.get(name, hub.files[name]), name, name.endswith(".safetensors"))

    def _known(self) -> set[str]:
        api = f"/api/models/{NAME}/revision/main"
        return {api, *(f"/{NAME}/resolve/{COMMIT}/{name}" for name in self.server.files)}

    def _refuse(self) -> None:
        status = self.server.status if self.server.status != 200 else 404
        self.send_response(status)
        if status in (401, 404):
            self.send_header("X-Error-Code", "RepoNotFound")
        if self.server.gated:
            self.send_header("X-Error-Code", "GatedRepo")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, content: bytes, name: str, cuttable: bool) -> None:
        hub = self.server
        start = 0
        asked = self.headers.get("Range", "")
        if name:
            hub.got.append((name, asked))
        if asked:
            start = int(asked.removeprefix("bytes=").partition("-")[0])
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if cuttable and hub.cuts:
            self.wfile.write(content[start : start + hub.cuts.pop(0)])
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(content[start:])
