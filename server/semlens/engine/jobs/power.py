"""Whether this machine runs on its battery."""

from __future__ import annotations

import psutil


def on_battery() -> bool:
    """False where there is no battery, or none that is known of."""
    ask = getattr(psutil, "sensors_battery", None)  # Not every system has it.
    try:
        battery = ask() if ask is not None else None
    except (OSError, RuntimeError):
        return False
    return battery is not None and battery.power_plugged is False
