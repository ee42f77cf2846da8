"""Asks a process of low priority for positions, for as long as somebody waits for them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as NotYet
from pathlib import Path

from semlens.core.map.messages import LayOut, Place, unpack_positions
from semlens.core.map.types import Floats
from semlens.errors import SemlensError
from semlens.process.child import Child, ChildEnded
from semlens.process.spawn import start_child
from semlens.types import CancelToken

WORKER = "semlens.core.map.worker"

_LOOK_SECONDS = 0.1
"""How soon the process ends once nobody waits for it."""

Progress = Callable[[int, int], None]


def ask_positions(
    request: LayOut | Place,
    data_dir: Path,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
) -> Floats:
    """The positions that the process answers, shape (n, 2).

    :raises Cancelled: nobody waits any more
    :raises SemlensError: the process could not be started, or has died
    """
    try:
        child = Child(start_child(WORKER, data_dir=data_dir))
    except OSError as error:
        raise SemlensError(f"The map could not be made ({error.strerror or error}).") from error
    try:
        answer = child.ask(request.METHOD, request.pack(), lambda reached: progress(*reached))
        while True:
            cancel.check()
            try:
                found = unpack_positions(answer.result(_LOOK_SECONDS))
            except NotYet:
                continue
            cancel.check()
            return found
    except ChildEnded as error:
        raise SemlensError("The map could not be made: its process has ended. Try again.") from error
    finally:
        child.kill()
        child.close()
