"""Engines that only echo, one after the other on one data folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from semlens.engine.client.client import EngineClient

ECHO_ENGINE = Path(__file__).with_name("echo_engine.py")


@dataclass
class Engines:
    """Starts echo engines on one data folder, and remembers them."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def launch(self, data_dir: Path) -> int:
        command = [sys.executable, "-I", str(ECHO_ENGINE), str(data_dir)]
        environment = {**os.environ, **self.environment}
        with (data_dir / "stderr").open("ab") as log:
            self.started.append(
                subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            )
        return self.started[-1].pid

    def client(self, name: str = "test") -> EngineClient:
        return EngineClient(self.data_dir, name, self.launch)

    def alive(self) -> list[int]:
        return [engine.pid for engine in self.started if engine.poll() is None]

    @property
    def said(self) -> str:
        log = self.data_dir / "echo.log"
        return log.read_text() if log.exists() else ""
