"""`fork_server.py SOCKET ROOM`: programs of tests are copies of this one, which has their libraries.

It ends when the test process does. `ROOM` is as long as the longest command line that a copy shows. A request
is a JSON object with four descriptors: the program's standard input, output and error, and a pipe that gets a
line with its process id, and one with its exit status.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import chromadb
import chromadb.api.rust  # noqa: F401

from semlens.core.served import encoder  # noqa: F401
from semlens.engine.daemon import service  # noqa: F401
from support import fast_engine, scripted_server

PROGRAMS: dict[str, Callable[[], int]] = {
    "fast_engine": fast_engine.main,
    "scripted_server": scripted_server.run,
}
"""Name → what runs it; its arguments are in `sys.argv`."""

HERE = Path(__file__).parent
LONGEST_REQUEST = 1 << 20


def serve(requests: socket.socket) -> Callable[[], int] | None:
    """Start programs until the test process ends; in each of them, return what it is to run."""
    waking, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    pipes: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(requests, selectors.EVENT_READ)
        selector.register(waking, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is waking:
                    os.read(waking, 1024)
                    _report_ended(pipes)
                    continue
                data, descriptors, _, _ = socket.recv_fds(requests, LONGEST_REQUEST, 4)
                if not data:
                    return None
                pid = os.fork()
                if not pid:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    for unneeded in (*pipes.values(), waking, wake, requests.detach()):
                        os.close(unneeded)
                    return _prepared(json.loads(data), descriptors)
                for end in descriptors[:3]:
                    os.close(end)
                pipes[pid] = descriptors[3]
                os.write(pipes[pid], b"%d\n" % pid)


def _report_ended(pipes: dict[int, int]) -> None:
    while pipes:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        pipe = pipes.pop(pid)
        with contextlib.suppress(BrokenPipeError):  # The test has ended.
            os.write(pipe, b"%d\n" % os.waitstatus_to_exitcode(status))
        os.close(pipe)


def _prepared(request: dict[str, object], descriptors: list[int]) -> Callable[[], int]:
    """Make this copy the program of `request`."""
    for standard, given in enumerate(descriptors[:3]):
        os.dup2(given, standard)
    for given in descriptors:
        os.close(given)
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]
    name = str(request["name"])
    sys.argv = [str(HERE / f"{name}.py"), *request["arguments"]]  # type: ignore[misc]
    _show_command([sys.executable, "-I", *sys.argv])
    return PROGRAMS[name]


def _show_command(command: list[str]) -> None:
    """Have the system say that this is `command`: a client of the engine looks before it kills one."""
    fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    start, end = int(fields[45]), int(fields[46])  # `arg_start` and `arg_end` of proc_pid_stat(5)
    shown = b"".join(os.fsencode(word) + b"\0" for word in command)
    if len(shown) >= end - start:
        raise ValueError(f"{command} is too long")
    ctypes.memmove(start, shown.ljust(end - start, b"\0"), end - start)


if __name__ == "__main__":
    gc.collect()
    gc.freeze()
    run = serve(socket.socket(fileno=int(sys.argv[1])))
    sys.exit(0 if run is None else run())
