"""Run a command with its output in the log, until it ends or the user stops it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from semlens_installer.report import Reporter, Stopped

_KEPT_LINES = 200
_MISLEADING = frozenset(
    "PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PIP_REQUIREMENT PIP_CONSTRAINT PIP_NO_DEPS PIP_DRY_RUN "
    "PIP_PYTHON PIP_REQUIRE_VIRTUALENV PIP_REPORT UV_PYTHON UV_PROJECT_ENVIRONMENT UV_CONSTRAINT UV_OVERRIDE "
    "VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONUSERBASE".split()
)
"""Variables that would make pip, uv or Python install elsewhere, or something else."""


@dataclass
class Stop:
    """Set when the end of stdin says that the extension has cancelled or is gone."""

    asked: threading.Event = field(default_factory=threading.Event)
    _running: subprocess.Popen[str] | None = None

    def watch(self, stream: IO[bytes]) -> None:
        """Notice the end of `stream` from now on."""

        def read() -> None:
            while stream.read(1):
                pass
            self.ask()

        threading.Thread(target=read, daemon=True).start()

    def ask(self) -> None:
        self.asked.set()
        if self._running is not None:
            kill(self._running)

    def check(self) -> None:
        if self.asked.is_set():
            raise Stopped

    def run(
        self,
        command: Sequence[str | Path],
        reporter: Reporter,
        on_line: Callable[[str], None] = lambda line: None,
        **environment: str,
    ) -> tuple[int, list[str]]:
        """The exit status of a command and its last lines. Raises Stopped, or OSError if it cannot be run."""
        self.check()
        reporter.note(f"$ {' '.join(str(part) for part in command)}")
        lines: list[str] = []
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={**plain(os.environ), **environment},
            start_new_session=os.name != "nt",
        )
        self._running = process
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                if not line.startswith("Progress "):
                    reporter.note(line)
                    lines = [*lines[1 - _KEPT_LINES :], line.rstrip()]
                on_line(line.rstrip())
        self._running = None
        self.check()
        return process.returncode, lines


def kill(process: subprocess.Popen[str]) -> None:
    """End a process and, where there are process groups, those that it started."""
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        pass  # it has ended


def plain(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables without those that mislead; proxies, certificates and package indexes stay."""
    return {name: value for name, value in variables.items() if name.upper() not in _MISLEADING}
