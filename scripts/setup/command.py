"""What every command of `scripts` does around its work: errors become a sentence, and it ends quietly."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType

from setup.steps import SetupError, alone, explain, say

INTERRUPTED = 130
"""What a shell reports for a command that Ctrl+C ended."""


def guarded(work: Callable[[], int]) -> int:
    """The exit status of `work`; 1 with one sentence where it cannot be done."""
    # A closed terminal or a `kill` ends what was started here, as Ctrl+C does.
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
    """Do `parts` in order, while no other command sets this checkout up."""
    with alone():
        for part in parts:
            part()
