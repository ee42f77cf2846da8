"""Programs of the tests, each a process of its own, started without importing their libraries again.

An engine imports for a second, and a run of tests starts a hundred: so one process has imported for all of
them, and each is a copy of it. Where the system cannot copy a process, each starts as it would anywhere.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

CAN_COPY = sys.platform == "linux"  # On macOS, the system's own libraries do not bear it.
READ_AT_START = ("LD_", "PYTHON", "MALLOC_", "OPENBLAS_", "OMP_")
"""Beginnings of variables that a program must be started anew for."""
LONGEST_COMMAND = 8192
HERE = Path(__file__).parent


class Forked:
    """A program, as `subprocess.Popen` has it."""

    def __init__(
        self,
        name: str,
        *arguments: str,
        environment: Mapping[str, str],
        stderr: IO[bytes],
        piped: bool = False,
    ) -> None:
        """
        :param name: one of `fork_server.PROGRAMS`
        :param piped: whether `stdin` and `stdout` are pipes; else it reads nothing, and says all in `stderr`
        """
        self.returncode: int | None = None
        self.stdin: IO[bytes] | None = None
        self.stdout: IO[bytes] | None = None
        self._guard = threading.Lock()
        self._told, telling = os.pipe()
        request = json.dumps({"name": name, "arguments": arguments, "environment": dict(environment)})
        with contextlib.ExitStack() as given:
            given.callback(os.close, telling)
            if piped:
                (taken, stdin), (stdout, said) = os.pipe(), os.pipe()
                self.stdin, self.stdout = os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb")
                given.callback(os.close, taken)
                given.callback(os.close, said)
            else:
                taken, said = os.open(os.devnull, os.O_RDONLY), stderr.fileno()
                given.callback(os.close, taken)
            socket.send_fds(_server(), [request.encode()], [taken, said, stderr.fileno(), telling])
        self._lines = os.fdopen(self._told, "rb", buffering=0)
        self.pid = int(self._lines.readline())

    def poll(self) -> int | None:
        """The exit status; None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status. Raises `subprocess.TimeoutExpired`."""
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._guard:
            if self.returncode is None:
                left = None if deadline is None else max(0.0, deadline - time.monotonic())
                if not select.select([self._lines], [], [], left)[0]:
                    raise subprocess.TimeoutExpired("a copy", timeout or 0)
                self.returncode = int(self._lines.readline() or -signal.SIGKILL)
                self._lines.close()
            return self.returncode

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


Program = Forked | subprocess.Popen[bytes]


def start(
    name: str, *arguments: str, environment: Mapping[str, str], stderr: IO[bytes], piped: bool = False
) -> Program:
    """Start the script `name` of this folder; arguments as for `Forked`."""
    changed = {name for name, value in environment.items() if os.environ.get(name) != value}
    if CAN_COPY and not any(name.startswith(READ_AT_START) for name in changed):
        return Forked(name, *arguments, environment=environment, stderr=stderr, piped=piped)
    return subprocess.Popen(
        [sys.executable, "-I", str(HERE / f"{name}.py"), *arguments],
        env=dict(environment),
        stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
        stdout=subprocess.PIPE if piped else stderr,
        stderr=stderr,
    )


@functools.cache
def _server() -> socket.socket:
    """What asks the process that is copied. It ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", str(HERE / "fork_server.py"), str(theirs.fileno()), " " * LONGEST_COMMAND],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    atexit.register(_end, process, ours)
    return ours


def _end(process: subprocess.Popen[bytes], requests: socket.socket) -> None:
    requests.close()
    process.wait(timeout=60)
