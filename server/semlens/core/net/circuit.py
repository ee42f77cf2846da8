"""When to leave a server alone: after some failures a circuit opens, and later one request tries it again.

Michael Nygard, Release It!, "Circuit Breaker".
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

FAILURES = 3
"""So many failures in a row open the circuit; a lasting one opens it at once."""

SHORT_SECONDS = 0.5
"""The pause after the first failure; it doubles until the circuit opens."""

FIRST_SECONDS = 15.0
"""How long an open circuit stays so at first; it doubles each time."""

MOST_SECONDS = 15 * 60.0


class Problem(Protocol):
    """Why a request failed."""

    @property
    def lasting(self) -> bool:
        """Whether another attempt is useless until somebody does something."""

    @property
    def retry_after(self) -> float:
        """Seconds for which the server wants to be left alone."""


P = TypeVar("P", bound=Problem)


class Circuit(Generic[P]):
    """Whether one kind of request is sent now. Safe for many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._failures = 0
        self._until = 0.0
        self.problem: P | None = None
        """The last failure, until a request succeeds."""

    @property
    def wait(self) -> float:
        """Seconds until the next request may be sent: 0 if it may be sent now."""
        with self._guard:
            return max(0.0, self._until - self._clock())

    @property
    def open(self) -> bool:
        """Whether so much has failed that nobody waits for the next attempt."""
        with self._guard:
            return self._failures >= FAILURES

    def succeeded(self) -> None:
        """A request was answered."""
        with self._guard:
            self._failures, self._until, self.problem = 0, 0.0, None

    def late(self, problem: P) -> None:
        """A request has no answer yet, and nobody waits for it any more."""
        with self._guard:
            self.problem = self.problem or problem

    def failed(self, problem: P) -> None:
        """A request has failed: leave the server alone for a while, longer each time."""
        with self._guard:
            self._failures = max(self._failures + 1, FAILURES if problem.lasting else 1)
            if self._failures < FAILURES:
                pause = SHORT_SECONDS * 2 ** (self._failures - 1)
            else:
                pause = min(MOST_SECONDS, FIRST_SECONDS * 2 ** (self._failures - FAILURES))
            spread = pause * random.uniform(0.8, 1.2)  # Many clients must not come back at once.
            self._until = self._clock() + max(spread, min(problem.retry_after, MOST_SECONDS))
            self.problem = problem
