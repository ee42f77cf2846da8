"""What the system allows this process."""

from __future__ import annotations

import sys
from contextlib import suppress

OPEN_FILES = 8192
"""Enough for many open indexes. macOS allows 256 to a program that does not ask for more."""


def allow_open_files() -> None:
    """Raise the soft limit of open files, as far as the hard one allows."""
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError, ValueError):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
