"""The command line in the test's own process."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Ended(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Ended]
"""Runs the command with these arguments."""
