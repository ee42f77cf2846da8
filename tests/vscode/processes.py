"""The processes of Semlens that use one data directory, so that a test touches no others.

`python processes.py DATA_DIR [PART]` prints the process ids of those whose command line contains PART.
"""

from __future__ import annotations

import sys
from pathlib import Path

import psutil


def using(data_dir: Path, part: str = "semlens") -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _uses(process, data_dir, part)]


def _uses(process: psutil.Process, data_dir: Path, part: str) -> bool:
    try:
        command = process.cmdline()
        is_python = "-m" in command and any(argument.startswith("semlens") for argument in command)
        uses = process.environ().get("SEMLENS_DATA_DIR") == str(data_dir)
        return is_python and uses and part in " ".join(command) and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


if __name__ == "__main__":
    for found in using(Path(sys.argv[1]), *sys.argv[2:]):
        print(found.pid)
