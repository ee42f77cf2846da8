"""The engine's process as the operating system sees it: a busy process is told from a stuck one."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from semlens.engine.wire.endpoint import Endpoint

STOPPED_SECONDS = 0.4
"""A suspended process is given this long to be resumed."""

IDLE_SECONDS = 1.0
"""A process that neither answers nor uses the processor for so long is stuck."""

BUSY_SECONDS = 8.0
"""A process that works but does not answer for so long is in an endless loop."""

_LOOK_SECONDS = 0.1

_CLOCK_STEP = 5.0
"""Seconds by which a clock may be set back before a process looks younger than its endpoint file."""


class EngineProcess:
    """A process of the engine, which may be gone."""

    def __init__(self, pid: int) -> None:
        self._process: psutil.Process | None = None
        with suppress(psutil.Error):
            self._process = psutil.Process(pid)

    @classmethod
    def of(cls, endpoint: Endpoint, data_dir: Path) -> EngineProcess:
        """The process that published `endpoint`, and not a later process with the same id."""
        owner = cls(endpoint.pid)
        with suppress(psutil.Error):
            process = owner._process
            if process is not None and not (
                process.create_time() <= endpoint.started + _CLOCK_STEP and str(data_dir) in process.cmdline()
            ):
                owner._process = None
        return owner

    def kill(self) -> None:
        """End the process at once. The index survives a kill."""
        if self._process is not None:
            with suppress(psutil.Error):
                self._process.kill()

    @property
    def stopped(self) -> bool:
        """Whether the process is suspended and cannot answer."""
        return self._status() == str(psutil.STATUS_STOPPED)

    async def until_stuck(self, idle_seconds: float = IDLE_SECONDS) -> None:
        """Return once the process cannot answer: it is gone, suspended, idle or in an endless loop."""
        began, used, idle = time.monotonic(), self._cpu_seconds(), 0
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            silent, status = time.monotonic() - began, self._status()
            if status in {None, psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD} or silent > BUSY_SECONDS:
                return
            if status == psutil.STATUS_STOPPED and silent > STOPPED_SECONDS:
                return
            # Count looks and not seconds: a busy machine gives fewer of them.
            idle = 0 if self._wants_to_work() else idle + 1
            if idle * _LOOK_SECONDS >= idle_seconds * _crowding() and self._cpu_seconds() == used:
                return

    def _status(self) -> str | None:
        with suppress(psutil.Error):
            if self._process is not None and self._process.is_running():
                return str(self._process.status())
        return None

    def _wants_to_work(self) -> bool:
        """Whether any thread waits for the processor or the disk, as far as the system tells."""
        if self._process is None:
            return False
        if not sys.platform.startswith("linux"):
            return self._status() == psutil.STATUS_DISK_SLEEP
        with suppress(OSError, IndexError):
            for task in Path(f"/proc/{self._process.pid}/task").iterdir():
                # The name before the state may hold anything, also brackets (proc_pid_stat(5)).
                if (task / "stat").read_text("ascii", "replace").rpartition(")")[2].split()[0] in "RD":
                    return True
        return False

    def _cpu_seconds(self) -> float:
        with suppress(psutil.Error):
            if self._process is not None:
                times = self._process.cpu_times()
                return float(times.user + times.system)
        return 0.0


def _crowding() -> float:
    """How many threads want each core, at least 1: everything takes so many times as long."""
    return max(1.0, psutil.getloadavg()[0] / (psutil.cpu_count() or 1))
