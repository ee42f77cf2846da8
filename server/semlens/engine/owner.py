"""The engine's process as the operating system sees it, to tell a busy one from a stuck one."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path

import psutil

from semlens.engine.endpoint import Endpoint

STOPPED_SECONDS = 0.4
"""A suspended process is given this long to be resumed."""

IDLE_SECONDS = 1.0
"""A process that neither answers nor uses the processor for so long waits for something for ever."""

BUSY_SECONDS = 8.0
"""A process that works but does not answer for so long is in an endless loop."""

_CLOCK_STEP = 5.0
"""Seconds that a clock may be set back before a process looks younger than what it wrote."""


class Owner:
    """A process of the engine; nothing if that process is gone."""

    def __init__(self, pid: int) -> None:
        self._process: psutil.Process | None = None
        with suppress(psutil.Error):
            self._process = psutil.Process(pid)

    @classmethod
    def of(cls, endpoint: Endpoint, data_dir: Path) -> Owner:
        """The process that published `endpoint`, and no other one that has its id by now."""
        owner = cls(endpoint.pid)
        with suppress(psutil.Error):
            process = owner._process
            if process is not None and not (
                process.create_time() <= endpoint.started + _CLOCK_STEP and str(data_dir) in process.cmdline()
            ):
                owner._process = None
        return owner

    def kill(self) -> None:
        """End it at once. Its index survives that by design."""
        if self._process is not None:
            with suppress(psutil.Error):
                self._process.kill()

    @property
    def stopped(self) -> bool:
        """Whether it is suspended, so that it cannot answer at all."""
        return self._status() == str(psutil.STATUS_STOPPED)

    async def until_stuck(self, idle_seconds: float = IDLE_SECONDS) -> None:
        """Return when waiting for an answer has no point; the process is gone, suspended, idle or looping."""
        began, used = time.monotonic(), self._cpu_seconds()
        while True:
            await asyncio.sleep(0.1)
            silent, status = time.monotonic() - began, self._status()
            if status in {None, psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD} or silent > BUSY_SECONDS:
                return
            if status == psutil.STATUS_STOPPED and silent > STOPPED_SECONDS:
                return
            waits_for_disk = status == psutil.STATUS_DISK_SLEEP
            if silent > idle_seconds and not waits_for_disk and self._cpu_seconds() == used:
                return

    def _status(self) -> str | None:
        with suppress(psutil.Error):
            if self._process is not None and self._process.is_running():
                return str(self._process.status())
        return None

    def _cpu_seconds(self) -> float:
        with suppress(psutil.Error):
            if self._process is not None:
                times = self._process.cpu_times()
                return float(times.user + times.system)
        return 0.0
