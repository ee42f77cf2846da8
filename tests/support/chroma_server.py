"""A real Chroma server on 127.0.0.1."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path


class ChromaServer:
    """`chroma run` over a folder. `stop` it at the end."""

    def __init__(self, folder: Path, wrapper: tuple[str, ...] = ()) -> None:
        """:param wrapper: a command that runs the server's"""
        self._folder = folder
        self._wrapper = wrapper
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        folder.mkdir(parents=True, exist_ok=True)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        main = "import sys; from chromadb.cli.cli import app; sys.exit(app())"
        arguments = ["run", "--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self.port)]
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self._wrapper, sys.executable, "-c", main, *arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "ANONYMIZED_TELEMETRY": "False"},
            )
        end = time.monotonic() + 60
        while True:
            assert self.process.poll() is None and time.monotonic() < end, self.said
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v2/heartbeat", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)

    @property
    def said(self) -> str:
        return (self._folder / "log").read_text("utf-8", "replace")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
