"""The process of a training as the engine sees it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from semlens.core.train.plan import Now, Outcome, Plan
from semlens.core.train.worker import FINISH, GO_ON, HALT, HOLD, TRAIN
from semlens.errors import UsageError
from semlens.process.child import Child, ChildEnded
from semlens.process.pipes import Payload
from semlens.process.spawn import start_child
from semlens.protocol.codec import decode

WORKER: Final = "semlens.core.train.worker"
HALT_SECONDS: Final = 60.0
"""A step of a large model and a checkpoint on a slow disk take this long at most."""


class TrainingProcess:
    """A process at low priority that trains one plan. `close` it at the end."""

    def __init__(
        self, plan: Plan, data_dir: Path, log: IO[bytes] | None, on_report: Callable[[Now], None]
    ) -> None:
        """Start the process. Raises `OSError` and `ChildEnded`.

        :param on_report: called on another thread with each report of how far it is
        """
        self._child = Child(start_child(WORKER, data_dir=data_dir, stderr=log))
        self.pid = self._child.pid
        self._answer = self._child.ask(TRAIN, Payload(plan), lambda told: _tell(told, on_report))

    @property
    def answer(self) -> Future[Payload]:
        """Gives what `outcome_of` reads; fails with a `SemlensError` or `ChildEnded`."""
        return self._answer

    def hold(self, held: bool) -> None:
        """Have it wait between two steps, or go on."""
        self._ask(HOLD if held else GO_ON)

    def finish(self) -> None:
        """Have it learn no more, and take the best weights so far."""
        self._ask(FINISH)

    def halt(self, seconds: float = HALT_SECONDS) -> None:
        """Have it write a checkpoint and wait for it, `seconds` at most."""
        asked = self._ask(HALT)
        if asked is not None:
            with suppress(Exception):  # It has ended, or hangs: then the checkpoint before counts.
                asked.result(seconds)

    def close(self) -> None:
        """End the process at once."""
        self._child.close()

    def _ask(self, method: str) -> Future[Payload] | None:
        with suppress(ChildEnded):
            return self._child.ask(method)
        return None


def outcome_of(answer: Payload) -> Outcome:
    """What a training has found. Raises `UsageError` if it is malformed."""
    return decode(Outcome, answer.value, name=str)


def _tell(told: Any, on_report: Callable[[Now], None]) -> None:
    with suppress(UsageError):  # It must not raise; the next report may be whole.
        on_report(decode(Now, told, name=str))
