"""VS Code as the screen tests have it: where it is, and how a suite is run in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).parent / "screenshots"
BUILT = REPOSITORY / "build" / "vscode-tests"
IDLE_MINUTES = 0.2
"""The engine's idle time, short, so that a test can wait for its end."""


@dataclass(frozen=True)
class Editor:
    """VS Code, served for one test."""

    browser: Path
    workspace: Path
    data_dir: Path
    port: int
    process: subprocess.Popen[bytes]

    def close(self) -> None:
        """Close VS Code: a closed page alone may come back, and keeps its extensions running."""
        self.process.terminate()
        self.process.wait(timeout=20)

    def run(self, suite: str, **facts: Any) -> None:
        """Run the screen tests of `suite`, which are told of `facts`."""
        command = ["--test", "--test-reporter", "spec", str(BUILT / f"{suite}.test.mjs")]
        done = subprocess.run([node_path(), *command], env=self._told(facts), cwd=REPOSITORY, check=False)
        assert done.returncode == 0, f"the screen tests in {suite}.test.ts failed, as said above"

    def measure(self, script: str, **facts: Any) -> dict[str, Any]:
        """The figures that `script`.measure.ts prints, which is told of `facts`."""
        command = [node_path(), str(BUILT / f"{script}.measure.mjs")]
        done = subprocess.run(
            command, env=self._told(facts), cwd=REPOSITORY, stdout=subprocess.PIPE, check=True
        )
        figures: dict[str, Any] = json.loads(done.stdout)
        return figures

    def _told(self, facts: dict[str, Any]) -> dict[str, str]:
        told = {
            "browser": str(self.browser),
            "url": f"http://127.0.0.1:{self.port}/?folder={self.workspace}",
            "workspace": str(self.workspace),
            "screenshots": str(SCREENSHOTS),
            "processes": [sys.executable, str(Path(__file__).parent / "processes.py"), str(self.data_dir)],
            **facts,
        }
        return {**os.environ, "SEMLENS_SCREEN": json.dumps(told)}


def node_path() -> str:
    found = shutil.which("node")
    assert found is not None  # the set-up has used it
    return found
