"""Start the processes of Semlens so that a workspace cannot run code through them.

A process starts by the absolute path of this interpreter, in isolated mode (no PYTHONPATH, no user
site, no current folder on the import path), in the data folder (Chroma reads `.env` from the current
folder and imports the modules that it names), and with only the environment variables that it needs.
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
"""The niceness of work that must not slow down the editor."""

_KEPT = frozenset(
    "HOME USER LOGNAME LANG LANGUAGE TZ TMPDIR TEMP TMP "
    "USERPROFILE USERNAME HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES "
    "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE "
    "CUDA_VISIBLE_DEVICES OMP_NUM_THREADS".split()
)
_KEPT_PREFIXES = ("LC_", "XDG_", "SEMLENS_")
_CREDENTIALS = "SEMLENS_TEAM_"
"""A client tells the engine what these say; no process inherits a token."""
_KEPT_PATHS = frozenset({"PATH", "LD_LIBRARY_PATH"})
"""Lists of folders. A relative or empty entry means the current folder, and is dropped."""

_FIXED = {
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
}
"""So that no library sends or fetches anything."""

_FRUGAL = {"MALLOC_ARENA_MAX": "2"}
"""glibc keeps freed memory per thread: an engine that had saved many files held up to 190 MB in vain."""

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
    """The command line that runs `module` isolated, with this interpreter."""
    return [_interpreter(), "-I", "-X", "utf8", "-m", module, *arguments]


def environment(source: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of `source` that a process of Semlens may see, and those that it always gets."""
    kept: dict[str, str] = {}
    for name, value in source.items():
        upper = name.upper()
        if upper.startswith(_CREDENTIALS):
            continue
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
    """Start `module` with pipes on its stdin and stdout; it must end when its stdin does.

    Give the process to `Child` to talk to it.

    :param data_dir: the folder that it runs in.
    :param stderr: where its stderr goes; None for this process's stderr.
    :param low_priority: whether it makes way for the editor.
    :raises OSError: the process cannot be started.
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
    """Start `module` so that it outlives this process and its process tree. Blocks for some 30 ms.

    :param log: the file to which its output is appended.
    :return: its process id.
    :raises OSError, ValueError, subprocess.SubprocessError: the process cannot be started.
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
    """Lower it from outside and at once: the threads that the process starts later inherit it."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # It has ended already, which `Child` will notice.
            os.setpriority(os.PRIO_PROCESS, pid, LOW_PRIORITY)
