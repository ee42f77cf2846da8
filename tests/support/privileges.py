"""Run a process with the rights of a plain user, also where the tests run as root."""

from __future__ import annotations

import os
import shutil
import sys

_RIGHTS = ("dac_override", "dac_read_search", "fowner", "chown")


def without_privileges() -> list[str]:
    """The beginning of a command that may read and write only its user's own files."""
    if sys.platform == "win32" or os.geteuid():
        return []
    setpriv = shutil.which("setpriv")
    return [setpriv, "--bounding-set", ",".join(f"-{right}" for right in _RIGHTS)] if setpriv else []


def can_give_away() -> bool:
    """Whether this process may give files to another user, and start one that may not read them."""
    return sys.platform != "win32" and not os.geteuid() and bool(without_privileges())
