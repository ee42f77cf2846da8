"""End the server in time when its input or its client's process ends, even if something hangs."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections.abc import Callable

GRACE = 1.2
"""Seconds for a clean end, after which the process ends by force. The end must take less than 2 seconds."""

_POLL_SECONDS = 0.5


def end_within(seconds: float, code: int) -> None:
    """End this process with exit code `code` after `seconds`, even if the event loop hangs."""
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.daemon = True
    timer.start()


def watch_process(pid: int, ended: Callable[[], None]) -> bool:
    """Call `ended` on a thread when the process `pid` ends.

    Returns False if there is no such process: an editor in a container or on another machine has its own
    process ids.
    """
    if pid <= 1:
        return False
    wait = _waiter(pid)
    if wait is None:
        return False

    def run() -> None:
        wait()
        ended()

    threading.Thread(target=run, name="client watch", daemon=True).start()
    return True


def _waiter(pid: int) -> Callable[[], None] | None:
    """A function that blocks until `pid` has ended; None if there is no such process."""
    if sys.platform == "win32":
        return _windows_waiter(pid)
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass
    except (OSError, OverflowError):
        return None
    if sys.platform == "linux" and hasattr(os, "pidfd_open"):
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:
            return lambda: _poll(pid)
        return lambda: _wait_readable(descriptor)
    return lambda: _poll(pid)


def _wait_readable(descriptor: int) -> None:
    select.select([descriptor], [], [])
    os.close(descriptor)


def _poll(pid: int) -> None:
    while True:
        time.sleep(_POLL_SECONDS)
        try:
            os.kill(pid, 0)
        except PermissionError:
            continue
        except OSError:
            return


def _windows_waiter(pid: int) -> Callable[[], None] | None:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    kernel.WaitForSingleObject.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
    synchronize, infinite = 0x00100000, 0xFFFFFFFF
    handle = kernel.OpenProcess(synchronize, False, pid & 0xFFFFFFFF)
    if not handle:
        return None

    def wait() -> None:
        kernel.WaitForSingleObject(handle, infinite)

    return wait
