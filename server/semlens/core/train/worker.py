"""The process of a training. Its parent asks it to train, and between its steps to hold, to go on or to stop.

    train    [the plan] → the outcome, with reports of how far it is
    hold     wait until `go on`, with everything in memory
    go on
    finish   learn no more, and take the best weights so far
    halt     write a checkpoint; the training ends as cancelled, and another process can go on with it

It ends at once when its parent does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any, Final

from semlens.core.train.plan import Now, Plan
from semlens.core.train.stages import run
from semlens.core.util.memory import collect_seldom
from semlens.errors import Cancelled, ModelError, SemlensError, shortage_of
from semlens.process.parent import Parent, Request, serve_parent
from semlens.process.pipes import Payload
from semlens.protocol.codec import decode, encode_all
from semlens.types import CancelToken

TRAIN, HOLD, GO_ON, FINISH, HALT = "train", "hold", "go on", "finish", "halt"

_REPORT_SECONDS: Final = 0.25
"""Between two reports."""


class Control(CancelToken):
    """What the parent wants of the training, asked between its steps."""

    __slots__ = ("_halt", "_parent", "finishing")

    def __init__(self, parent: Parent) -> None:
        super().__init__()
        self._parent = parent
        self._halt: Request | None = None
        self.finishing = False

    def check(self) -> None:
        """Do what the parent asks: waits while it holds. Raises `Cancelled` once it halts."""
        holding = False
        while True:
            request = self._parent.next() if holding else self._parent.next_if_any()
            if request is not None:
                holding = self._take(request, holding)
            if self._halt is not None:
                raise Cancelled
            if not holding and request is None:
                return

    def _take(self, request: Request, holding: bool) -> bool:
        """Note a request; whether to hold from now on."""
        if request.method == HALT:
            self._halt = request
            return False
        self.finishing = self.finishing or request.method == FINISH
        self._parent.answer(request)
        return request.method == HOLD or (holding and request.method != GO_ON and request.method != FINISH)

    def halted(self) -> None:
        """Answer the request to halt."""
        if self._halt is not None:
            self._parent.answer(self._halt)


def train(parent: Parent) -> None:
    """Train what the first request names. Raises OSError when the parent is gone."""
    asked = parent.next()
    control = Control(parent)
    told = 0.0

    def report(now: Now) -> None:
        nonlocal told
        if time.monotonic() - told >= _REPORT_SECONDS or now.done == now.total:
            told = time.monotonic()
            parent.report(asked, encode_all(now))

    try:
        plan = decode(Plan, _fields(asked), name=str)
        collect_seldom()
        outcome = run(plan, control, lambda: not control.finishing, report)
        parent.answer(asked, Payload(outcome))
    except SemlensError as error:
        parent.refuse(asked, error)
    except Exception as error:
        parent.refuse(asked, _sentence(error))
    control.halted()
    while True:  # Until the parent closes the pipe.
        parent.answer(parent.next())


def _fields(asked: Request) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = asked.payload.value
    return fields


def _sentence(error: Exception) -> SemlensError:
    """The error of a library as one sentence for the user."""
    import traceback

    sys.stderr.write(traceback.format_exc())
    shortage = shortage_of(error)
    if shortage is not None:
        return shortage
    first_line = (str(error).strip() or "no reason given").splitlines()[0]
    return ModelError(f"The model cannot be trained here ({type(error).__name__}: {first_line}).")


def main() -> None:
    serve_parent(train)


if __name__ == "__main__":
    main()
