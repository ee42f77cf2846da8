"""Memory that is given back to the system, and garbage that is looked for less often."""

from __future__ import annotations

import gc
import sys

_NEW_OBJECTS = 10_000
"""Python looks among so many new objects for cycles that nothing refers to; by itself, among 700."""


def collect_seldom() -> None:
    """Look for garbage seldom, and not among what is there by now: for a process that has just started.

    Indexing makes many objects and hardly any cycles; looking for them took 3 % of its time.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


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
