"""The indexer's process with a grammar that crashes: a text that holds `CRASH` ends whoever parses it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from semlens.core.index import prepare, worker

CRASH = "this text crashes its grammar"


def make_crash() -> None:
    """From now on this process has that grammar."""
    parse = prepare.chunk_with_rows

    def crash(text: str, *rest: Any) -> Any:
        if CRASH in text:
            os.kill(os.getpid(), signal.SIGSEGV)
        return parse(text, *rest)

    patched: Any = prepare
    patched.chunk_with_rows = crash


def start_crashing(module: str, *, data_dir: Path, low_priority: bool) -> subprocess.Popen[bytes]:
    """In place of `processes.start_child`: this file rather than `module`."""
    command = [sys.executable, "-I", __file__]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=data_dir)


if __name__ == "__main__":
    make_crash()
    worker.main()
