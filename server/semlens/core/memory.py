"""Gives memory back to the system after a piece of work that took much of it for a while."""

from __future__ import annotations

import sys


def give_back() -> None:
    """Return what was freed; takes some milliseconds.

    The C library keeps freed blocks for later: 40 MB after 10,000 chunks (glibc 2.36). Other systems'
    libraries return them by themselves.
    """
    if sys.platform != "linux":
        return
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none, and keeps nothing.
    if trim is not None:
        trim(0)
