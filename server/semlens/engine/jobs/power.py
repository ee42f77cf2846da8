"""Whether this machine runs on battery power."""

from __future__ import annotations

import psutil


def on_battery() -> bool:
    """Whether the machine runs on battery power; False if it has no battery, or the state is unknown."""
    ask = getattr(psutil, "sensors_battery", None)  # Not every system has it.
    try:
        battery = ask() if ask is not None else None
    except (OSError, RuntimeError):
        return False
    return battery is not None and battery.power_plugged is False
