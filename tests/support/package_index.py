"""Tiny wheels, and a package index on loopback that can misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PIP_LOCK = Path(__file__).parents[2] / "lock" / "pip.txt"


def make_wheel(folder: Path, name: str, version: str, files: Mapping[str, bytes]) -> Path:
    """Write a wheel with `files`; returns its path."""
    info = f"{name}-{version}.dist-info"
    contents = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in contents.items())
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in contents.items():
            archive.writestr(path, data)
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return wheel


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def lock_of(*wheels: Path) -> str:
    """A lock with the hashes of `wheels`."""
    lines = []
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        lines.append(f"{name}=={version} \\\n    --hash=sha256:{sha256(wheel)}\n")
    return "".join(lines)


@dataclass
class Index:
    """What the index serves, and how it misbehaves."""

    wheels: dict[str, bytes] = field(default_factory=dict)
    """File name → contents."""
    cut: bool = False
    """Close the connection in the middle of a wheel."""
    altered: bool = False
    """Serve other bytes than the page of the index says."""
    stalled: threading.Event | None = None
    """Hold back the second half of every wheel until this is set."""
    asked: list[str] = field(default_factory=list)
    """The paths of the requests."""
    reached: threading.Event = field(default_factory=threading.Event)
    """Set when half of a wheel has been sent."""
    address: str = ""

    def add(self, *wheels: Path) -> None:
        self.wheels.update({wheel.name: wheel.read_bytes() for wheel in wheels})

    def behave(self, how: str) -> None:
        """Be "altered", "cut" or "stalled" from now on, or "well"."""
        if self.stalled is not None:
            self.stalled.set()
        self.altered, self.cut = how == "altered", how == "cut"
        self.stalled = threading.Event() if how == "stalled" else None

    def variables(self) -> dict[str, str]:
        """The environment variables that lead pip here."""
        return {
            "PIP_INDEX_URL": f"{self.address}/simple",
            "PIP_CONFIG_FILE": "/dev/null",
            "NO_PROXY": "127.0.0.1",
        }


@contextmanager
def serve() -> Iterator[Index]:
    """A package index on a free port of loopback."""
    index = Index()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            index.asked.append(self.path)
            name = self.path.rstrip("/").rpartition("/")[2]
            if self.path.startswith("/behave/"):
                index.behave(name)
                self._send(200, b"", "text/plain")
            elif name in index.wheels:
                self._wheel(index.wheels[name])
            else:
                self._page(name)

        def _page(self, package: str) -> None:
            files = {
                name: data
                for name, data in index.wheels.items()
                if name.split("-")[0].replace("_", "-") == package.replace("_", "-")
            }
            links = "".join(
                f'<a href="/files/{name}#sha256={hashlib.sha256(data).hexdigest()}">{name}</a>'
                for name, data in files.items()
            )
            self._send(200 if files else 404, f"<html><body>{links}</body></html>".encode(), "text/html")

        def _wheel(self, data: bytes) -> None:
            data = data[:-1] + bytes([data[-1] ^ 1]) if index.altered else data
            self.send_response(200)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            half = len(data) // 2
            self.wfile.write(data[:half])
            self.wfile.flush()
            index.reached.set()
            if index.cut:
                self.close_connection = True
                return
            if index.stalled is not None:
                index.stalled.wait(60)
            self.wfile.write(data[half:])

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    index.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()


def write_parts(
    folder: Path, pip: Path, wheel: Path, base: list[Path], full: list[Path], size: int = 1
) -> Path:
    """The parts of an extension, made of tiny wheels; `wheel` stands for Semlens."""
    folder.mkdir(parents=True)
    for file in (pip, wheel):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "base.txt").write_text(lock_of(*base), "utf-8")
    (folder / "full.txt").write_text(lock_of(*full), "utf-8")
    (folder / "torch-cpu.txt").write_text("", "utf-8")
    manifest = {
        "version": wheel.name.split("-")[1],
        "key": hashlib.sha256(lock_of(wheel, *base).encode()).hexdigest(),
        "wheel": wheel.name,
        "wheel_sha256": sha256(wheel),
        "pip": pip.name,
        "imports": [file.name.split("-")[0] for file in base],
        "sizes": {"any": {"base": size, "full": size}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
