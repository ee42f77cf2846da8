"""An embedding server on loopback, in OpenAI's dialect and in that of text-embeddings-inference, with faults.

Its vectors depend on the text and on the model alone, so that a text finds itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from numpy.typing import NDArray

NAME = "test-embed"


@dataclass
class Behaviour:
    """What the server does; a test changes it at any time."""

    weights: str = "first"
    """Another text is another model behind the same name."""
    dim: int = 48
    noise: float = 0.0
    """Added to each coordinate of a unit vector, as another machine would."""
    dialect: str = "openai"
    names: tuple[str, ...] = (NAME,)
    token: str = ""
    as_base64: bool = False
    shuffled: bool = False
    """Whether the rows come in another order than the texts."""
    delay: float = 0.0
    statuses: list[tuple[int, str, str]] = field(default_factory=list)
    """(status, Retry-After, text) of the next answers to requests for vectors."""
    cut: int = 0
    """So many next answers break off in the middle."""
    broken: str = ""
    """`nan`, `zero`, `ragged`, `few`, `text`: vectors that cannot be right."""
    most_texts: int = 10_000
    most_characters: int = 10_000_000
    """A longer text is refused, with 413."""


class Model(ThreadingHTTPServer):
    """The server and what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.does = Behaviour()
        self.texts: list[str] = []
        """What was embedded, prompts included."""
        self.sizes: list[int] = []
        """Texts of each request for vectors."""
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def setting(self) -> str:
        return f"{self.url}#{NAME}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error here."""

    def vector(self, text: str) -> NDArray[np.float64]:
        seed = hashlib.sha256(f"{self.does.weights}/{text}".encode()).digest()
        vector = np.random.default_rng(int.from_bytes(seed[:8], "big")).standard_normal(self.does.dim)
        vector /= np.linalg.norm(vector)
        return vector + self.does.noise * np.random.default_rng().standard_normal(self.does.dim)


@contextmanager
def model_server() -> Iterator[Model]:
    """A running server."""
    server = Model()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Model
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        does = self.server.does
        self.server.requests.append((self.path, dict(self.headers), b""))
        if self._refused():
            return
        if self.path == "/info" and does.dialect == "tei":
            self._answer(
                {"model_id": NAME, "max_input_length": 256, "max_client_batch_size": does.most_texts}
            )
        elif self.path == "/v1/models" and does.dialect == "openai":
            self._answer({"object": "list", "data": [{"id": name} for name in does.names]})
        else:
            self._status(404, "", "not found")

    def do_POST(self) -> None:
        does = self.server.does
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        time.sleep(does.delay)
        if self._refused():
            return
        if does.statuses:
            self._status(*does.statuses.pop(0))
            return
        asked = json.loads(body)
        expected, key = ("/v1/embeddings", "input") if does.dialect == "openai" else ("/embed", "inputs")
        if self.path != expected or (does.dialect == "openai" and asked["model"] not in does.names):
            self._status(404, "", "model not found")
            return
        texts = asked[key]
        self.server.sizes.append(len(texts))
        if len(texts) > does.most_texts or max(map(len, texts)) > does.most_characters:
            self._status(413, "", "the input is too long")
            return
        self.server.texts += texts
        rows = self._rows(texts)
        self._answer(rows if does.dialect == "tei" else self._openai(rows))

    def _rows(self, texts: Sequence[str]) -> list[Any]:
        rows: list[Any] = [self.server.vector(text).tolist() for text in texts]
        match self.server.does.broken:
            case "nan":
                rows[-1][0] = None
            case "infinite":
                rows[-1][0] = 1e999
            case "zero":
                rows[-1] = [0.0] * len(rows[-1])
            case "ragged":
                rows[-1] = rows[-1][:-1] if len(rows) > 1 else []
            case "few":
                rows = rows[:-1]
            case "text":
                rows[-1] = ["a"] * len(rows[-1])
        return rows

    def _openai(self, rows: list[Any]) -> dict[str, Any]:
        does = self.server.does
        coded = [
            base64.b64encode(np.asarray(row, "<f4").tobytes()).decode() if does.as_base64 else row
            for row in rows
        ]
        data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(coded)]
        return {
            "object": "list",
            "data": data[::-1] if does.shuffled else data,
            "usage": {"prompt_tokens": 1},
        }

    def _refused(self) -> bool:
        token = self.server.does.token
        if token and self.headers.get("Authorization") != f"Bearer {token}":
            self._status(401, "", "no")
            return True
        return False

    def _status(self, status: int, retry_after: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.does.cut:
            self.server.does.cut -= 1
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(body)
