"""Run a command of `scripts`: an error becomes one sentence, and Ctrl+C ends it without a traceback."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType

from setup.steps import SetupError, alone, explain, say

INTERRUPTED = 130
"""The exit status of a command that Ctrl+C ended."""


def guarded(work: Callable[[], int]) -> int:
    """Call `work` and return its exit status; 1, with one sentence on stderr, if it raises."""
    # A closed terminal or a `kill` ends the started processes, as Ctrl+C does.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    try:
        return work()
    except SetupError as error:
        say(str(error))
    except OSError as error:
        say(explain(error))
    except KeyboardInterrupt:
        say("\nStopped. The same command goes on from here.")
        return INTERRUPTED
    return 1


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def set_up(*parts: Callable[[], object]) -> None:
    """Call `parts` in order. Waits while another command sets this checkout up."""
    with alone():
        for part in parts:
            part()
