"""What the parts of the benchmark share: a server, a place for users, and tables."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.team_server import SECRET, TOKEN, TeamServer


@dataclass(frozen=True)
class Bench:
    """One server with nothing in it, and where users may be made."""

    place: Path
    server: TeamServer
    repository: Path
    hashes: int
    clients: int

    def user(self, name: str) -> Terminal:
        """A user without a team."""
        return Terminal(self.place / name, self.server)

    def clone(self, name: str) -> Path:
        """A copy of the repository."""
        return Path(shutil.copytree(self.repository, self.place / name))


@dataclass(frozen=True)
class Terminal:
    """A user with a data folder of their own, who types commands."""

    data_dir: Path
    server: TeamServer

    def run(self, *arguments: str | Path) -> Any:
        """The JSON that a command prints; its exit status is ignored."""
        environment = {
            **os.environ,
            "SEMLENS_DATA_DIR": str(self.data_dir),
            "SEMLENS_IDLE_MINUTES": "0.5",
            "SEMLENS_TEAM_TOKEN": TOKEN,
            "SEMLENS_TEAM_SECRET": SECRET,
        }
        command = [sys.executable, "-m", "semlens", *map(str, arguments), "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if not done.stdout:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)

    def join(self) -> Any:
        """Join the team."""
        return self.run("team", "join", self.server.proxy.url, "--ca", self.server.authority, "--yes")


def show(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown."""
    print(f"\n### {title}\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    print(flush=True)
