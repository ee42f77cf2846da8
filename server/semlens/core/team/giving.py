"""Give a team's server the vectors that were made here, in a thread of its own and at its own pace."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from semlens.core.team.faults import TeamFault
from semlens.core.team.team import Model, Team
from semlens.errors import SemlensError
from semlens.types import ContentHash, Fingerprint

log = logging.getLogger(__name__)

MAX_WAITING = 500_000
"""More contents than these do not wait to be given; they are offered again with the next change."""

QUIET_SECONDS = 1.0
"""A batch that is not full is given after so long without another offer."""

_POLL_SECONDS = 0.1


class Giving:
    """Contents that wait to be given. Safe for many threads; `stop` it at the end."""

    def __init__(self, team: Team) -> None:
        self._team = team
        self._changed = threading.Condition()
        self._waiting: dict[tuple[Fingerprint, str], dict[ContentHash, None]] = {}
        self._models: dict[tuple[Fingerprint, str], Model] = {}
        self._offered = 0.0
        self._busy = False
        self._stopped = False
        self._thread: threading.Thread | None = None

    def __len__(self) -> int:
        """How many contents wait."""
        with self._changed:
            return sum(map(len, self._waiting.values()))

    def offer(self, model: Model, hashes: Sequence[ContentHash]) -> None:
        """Give these vectors later, if the server lacks them. The cache must have them."""
        fresh = self._team.lacks(model, hashes)
        with self._changed:
            if self._stopped or not fresh:
                return
            self._models[model.key] = model
            waiting = self._waiting.setdefault(model.key, {})
            room = max(0, MAX_WAITING - sum(map(len, self._waiting.values())))
            waiting.update(dict.fromkeys(fresh[:room]))
            self._offered = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="team giving", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def drain(self, patience: float) -> bool:
        """Wait until nothing waits, or until the server does not take it, for `patience` seconds at most.

        :return: whether all was given
        """
        end = time.monotonic() + patience
        with self._changed:
            self._offered = 0.0
            self._changed.notify_all()
        while time.monotonic() < end:
            with self._changed:
                if not self._busy and not any(self._waiting.values()):
                    return True
            if self._team.writing.open:
                return False
            time.sleep(_POLL_SECONDS)
        return False

    def stop(self) -> None:
        """Give nothing more."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while (work := self._next()) is not None:
            model, batch = work
            try:
                self._team.give(model, batch)
                self._done(model, batch)
            except TeamFault as problem:
                log.warning("%s", problem)
                if not self._team.trusts(model):
                    self._done(model, batch)
            except SemlensError as error:
                log.info("vectors cannot be given to the team's server: %s", error)
                self._done(model, batch)
            finally:
                with self._changed:
                    self._busy = False

    def _next(self) -> tuple[Model, list[ContentHash]] | None:
        """The next batch, once it is time for it; None at the end."""
        with self._changed:
            while not self._stopped:
                ready = self._ready()
                if ready is not None:
                    self._busy = True
                    return ready
                self._changed.wait(_POLL_SECONDS if any(self._waiting.values()) else None)
        return None

    def _ready(self) -> tuple[Model, list[ContentHash]] | None:
        if self._team.writing.wait:
            return None
        quiet = time.monotonic() - self._offered > QUIET_SECONDS
        for key, waiting in self._waiting.items():
            model = self._models[key]
            size = self._team.batch(model)
            if waiting and (quiet or len(waiting) >= size):
                return model, list(waiting)[:size]
        return None

    def _done(self, model: Model, batch: Sequence[ContentHash]) -> None:
        with self._changed:
            waiting = self._waiting.get(model.key, {})
            for content in batch:
                waiting.pop(content, None)
