"""Whether the user or other programs need this machine now: background jobs can wait, by a setting."""

from __future__ import annotations

import os
import time
from contextlib import suppress

import psutil

from semlens.engine.jobs.power import on_battery
from semlens.settings import Settings

ACTIVE_SECONDS = 3.0
"""The user counts as active for so long after a query or a key in the editor."""

BUSY_SHARE = 0.5
"""The machine is busy if other programs use more than this share of all cores."""

SAMPLE_SECONDS = 1.0
"""The use of the cores is measured over at least this time."""


class UserActivity:
    """The activity of the user and of other programs. Safe for many threads."""

    def __init__(self) -> None:
        self._last_input = -ACTIVE_SECONDS
        self._sampled_at = time.monotonic()
        self._sample = cpu_seconds()
        self._busy = False

    def note(self) -> None:
        """Record a query or a key."""
        self._last_input = time.monotonic()

    @property
    def machine_busy(self) -> bool:
        """Whether the user is active, or other programs are, apart from those with low priority."""
        now = time.monotonic()
        if now - self._sampled_at >= SAMPLE_SECONDS:
            self._sampled_at, before, self._sample = now, self._sample, cpu_seconds()
            self._busy = _share(before, self._sample) > BUSY_SHARE
        return self._busy or now - self._last_input < ACTIVE_SECONDS


def reason_to_wait(settings: Settings, activity: UserActivity) -> str | None:
    """Why background work has to wait now, as a phrase for the user; None if it may run."""
    if not settings.deep_tier_on_battery and on_battery():
        return "waiting for mains power"
    if not settings.deep_tier_while_busy and activity.machine_busy:
        return "waiting until the machine is quiet"
    return None


def cpu_seconds() -> tuple[float, float]:
    """The seconds that other programs used, and the seconds of all cores, since the machine was started."""
    times = psutil.cpu_times()
    fields = times._asdict()
    # Linux counts guests in the user's time, too.
    total = sum(value for name, value in fields.items() if not name.startswith("guest"))
    spare = sum(fields.get(name, 0.0) for name in ("idle", "iowait", "nice"))
    return total - spare - _own_seconds("nice" in fields), total


def _share(before: tuple[float, float], now: tuple[float, float]) -> float:
    """The share of all cores that other programs used between two samples, from 0 to 1."""
    busy, all_cores = (late - early for early, late in zip(before, now, strict=True))
    return busy / all_cores if all_cores > 0 else 0.0


def _own_seconds(nice_is_separate: bool) -> float:
    """The busy seconds of this process and its children.

    :param nice_is_separate: whether the system counts low-priority processes apart from busy seconds
    """
    own = psutil.Process()
    total = 0.0
    for process in (own, *own.children(recursive=True)):
        with suppress(psutil.Error):
            if not (nice_is_separate and os.name == "posix" and process.nice() > 0):
                used = process.cpu_times()
                total += used.user + used.system
    return total
