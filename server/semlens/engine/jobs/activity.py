"""Whether somebody needs this machine now: what nobody waits for can give way, where the user wishes that."""

from __future__ import annotations

import os
import time
from contextlib import suppress

import psutil

from semlens.engine.jobs.power import on_battery
from semlens.settings import Settings

ATTENTION_SECONDS = 3.0
"""After a question or a key in the editor, the user is at work for so long."""

BUSY_SHARE = 0.5
"""Of all cores: with more in the hands of other programs, the machine is busy."""

LOOK_SECONDS = 1.0
"""What other programs did is looked at over this time at least."""


class UserActivity:
    """Of the user and of other programs. Safe for many threads."""

    def __init__(self) -> None:
        self._noted = -ATTENTION_SECONDS
        self._looked = time.monotonic()
        self._before = _seconds()
        self._busy = False

    def note(self) -> None:
        """The user asks or types something."""
        self._noted = time.monotonic()

    @property
    def wanted(self) -> bool:
        """Whether the user is at work, or other programs are that are no background work themselves."""
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked, before, self._before = now, self._before, _seconds()
            self._busy = _share(before, self._before) > BUSY_SHARE
        return self._busy or now - self._noted < ATTENTION_SECONDS


def reason_to_wait(settings: Settings, attention: UserActivity) -> str | None:
    """What the deep tier waits for now, if it does."""
    if not settings.deep_tier_on_battery and on_battery():
        return "waiting for mains power"
    if not settings.deep_tier_while_busy and attention.wanted:
        return "waiting until the machine is quiet"
    return None


def _share(before: tuple[float, float], now: tuple[float, float]) -> float:
    busy, all_cores = (late - early for early, late in zip(before, now, strict=True))
    return busy / all_cores if all_cores > 0 else 0.0


def _seconds() -> tuple[float, float]:
    """What other programs have used of all cores, and what there was, since the machine was started."""
    times = psutil.cpu_times()
    fields = times._asdict()
    # Linux counts guests in the user's time, too.
    every = sum(value for name, value in fields.items() if not name.startswith("guest"))
    spare = sum(fields.get(name, 0.0) for name in ("idle", "iowait", "nice"))
    return every - spare - _own_seconds("nice" in fields), every


def _own_seconds(nice_is_apart: bool) -> float:
    """What this process and its children have used, as far as it counts among the busy seconds."""
    own = psutil.Process()
    total = 0.0
    for process in (own, *own.children(recursive=True)):
        with suppress(psutil.Error):
            if not (nice_is_apart and os.name == "posix" and process.nice() > 0):
                used = process.cpu_times()
                total += used.user + used.system
    return total
