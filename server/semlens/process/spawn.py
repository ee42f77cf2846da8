"""How every process of Semlens is started, so that a workspace cannot run code through it.

A process starts by the absolute path of this interpreter, in isolated mode (no PYTHONPATH, no user
site, no current folder on the import path), in the data folder (Chroma reads `.env` from the current
folder and imports what it names), and with the environment filtered to what is known to be needed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

LOW_PRIORITY = 10
"""The niceness of work that must leave the editor room."""

_KEPT = frozenset(
    "HOME USER LOGNAME LANG LANGUAGE TZ TMPDIR TEMP TMP "
    "USERPROFILE USERNAME HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES "
    "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE "
    "CUDA_VISIBLE_DEVICES OMP_NUM_THREADS".split()
)
_KEPT_PREFIXES = ("LC_", "XDG_", "SEMLENS_")
_KEPT_PATHS = frozenset({"PATH", "LD_LIBRARY_PATH"})
"""Lists of folders: a relative or empty entry would be looked up in the current folder."""

_FIXED = {
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
}
"""Nothing is sent or fetched, whatever a library's default is."""

_FRUGAL = {"MALLOC_ARENA_MAX": "2"}
"""glibc keeps what was freed by thread: an engine that had saved many files held up to 190 MB for nothing."""

# The launcher ends at once, so the process it starts has no living parent: editors end a language
# server with its whole process tree, and the engine serves other windows too.
_LAUNCHER = """
import subprocess, sys
windows = sys.platform == "win32"
log = open(sys.argv[1], "ab", buffering=0)
started = subprocess.Popen(
    sys.argv[2:], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
    start_new_session=not windows,
    # DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP
    creationflags=0x00000208 if windows else 0,
)
print(started.pid)
"""


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs `module` isolated, with this very interpreter."""
    return [_interpreter(), "-I", "-X", "utf8", "-m", module, *arguments]


def environment(source: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of `source` that a process of Semlens may see, and the ones it always gets."""
    kept: dict[str, str] = {}
    for name, value in source.items():
        upper = name.upper()
        if upper in _KEPT or upper.startswith(_KEPT_PREFIXES):
            kept[name] = value
        elif upper in _KEPT_PATHS:
            kept[name] = os.pathsep.join(entry for entry in value.split(os.pathsep) if os.path.isabs(entry))
    return {**kept, **_FIXED, **_FRUGAL}


def start_child(
    module: str,
    *arguments: str,
    data_dir: Path,
    stderr: IO[bytes] | int | None = None,
    low_priority: bool = True,
) -> subprocess.Popen[bytes]:
    """Start `module` with pipes on its stdin and stdout; it is to end when its stdin does.

    `stderr=None` shares this process's stderr. Raises OSError.
    """
    child = subprocess.Popen(
        command(module, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        cwd=data_dir,
        env=environment(),
        creationflags=_creation_flags(low_priority),
    )
    if low_priority:
        _lower_priority(child.pid)
    return child


def start_detached(module: str, *arguments: str, data_dir: Path, log: Path) -> int:
    """Start `module` so that it outlives this process and its process tree; its output goes to `log`.

    Returns its process id. Blocks until it is started, some 30 ms. Raises OSError, ValueError and
    subprocess.SubprocessError.
    """
    launcher = [_interpreter(), "-I", "-S", "-c", _LAUNCHER, str(log)]
    launched = subprocess.run(
        [*launcher, *command(module, *arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=data_dir,
        env=environment(),
        creationflags=_creation_flags(low_priority=False),
        start_new_session=sys.platform != "win32",
        timeout=10,
        check=True,
    )
    return int(launched.stdout)


def _interpreter() -> str:
    # Not resolved: a virtual environment is recognised by the unresolved path.
    return os.path.abspath(sys.executable)


def _creation_flags(low_priority: bool) -> int:
    if sys.platform == "win32":
        lower = subprocess.BELOW_NORMAL_PRIORITY_CLASS if low_priority else 0
        return subprocess.CREATE_NO_WINDOW | lower
    return 0


def _lower_priority(pid: int) -> None:
    """From outside and at once: the threads that the process starts later inherit it."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # it has already ended, which its reader will notice
            os.setpriority(os.PRIO_PROCESS, pid, LOW_PRIORITY)
