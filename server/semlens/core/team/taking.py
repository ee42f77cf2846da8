"""Ask a team's server for vectors in threads of their own, while whoever needs them works on."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.team.faults import Fault, TeamFault
from semlens.core.team.team import Embed, Model, Team
from semlens.errors import SemlensError
from semlens.types import ContentHash

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 3.0
"""A server that has not answered after so long is not waited for any more."""

REQUESTS = 2
"""So many are under way at once: the server makes one answer while another is read."""

_POLL_SECONDS = 0.05


class Taking:
    """Vectors of a team on their way into the cache. `stop` it at the end."""

    def __init__(self, team: Team, model: Model, wanted: Sequence[ContentHash], embed: Embed) -> None:
        """Begin to ask for the `wanted` contents that the cache lacks.

        :param embed: makes vectors of a sample here, in this thread; may raise `SemlensError`
        """
        self._team = team
        self._model = model
        self._embed = embed
        self._guard = threading.Lock()
        self._left = list(wanted)
        self._arrived: queue.SimpleQueue[list[ContentHash]] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._asked: dict[int, float] = {}
        """When each request was sent that has no answer yet, by its thread."""
        self._waits = threading.Event()
        self.taken = 0
        """How many vectors have come."""
        self._threads = [
            threading.Thread(target=self._run, name="team taking", daemon=True) for _ in range(REQUESTS)
        ]
        for thread in self._threads:
            thread.start()

    def arrivals(self, patience: float = PATIENCE_SECONDS) -> Iterator[list[ContentHash]]:
        """The contents whose vectors have come, as they come, and none now and then.

        Ends when the server was asked for all, and as soon as it fails or lets a request wait for `patience`
        seconds. What comes later is in the cache all the same.
        """
        while True:
            try:
                yield self._arrived.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                now = time.monotonic()
                late = any(now - asked > patience for asked in list(self._asked.values()))
                if late:
                    self._team.reading.late(TeamFault(Fault.SLOW, self._team.address.host))
                if late or self._waits.is_set() or not any(one.is_alive() for one in self._threads):
                    break
                yield []
        while not self._arrived.empty():
            yield self._arrived.get()

    def stop(self) -> None:
        """Ask for nothing more. A request that is under way is not awaited."""
        self._stopped.set()

    def _run(self) -> None:
        try:
            while not self._stopped.is_set() and self._team.trusts(self._model):
                wait = self._team.reading.wait
                if wait:
                    self._waits.set()
                    self._stopped.wait(min(wait, 1.0))
                elif batch := self._next():
                    self._take(batch)
                else:
                    return
        except SemlensError as error:  # No sample can be made: what is not checked is not taken.
            log.info("nothing more is taken from the team's server: %s", error)
        except Exception:
            log.exception("taking vectors from the team's server failed")

    def _next(self) -> list[ContentHash]:
        with self._guard:
            size = self._team.batch(self._model)
            batch, self._left = self._left[:size], self._left[size:]
            return batch

    def _take(self, batch: list[ContentHash]) -> None:
        fingerprint, cache = self._model.fingerprint, self._model.cache
        wanted = cache.missing(fingerprint, batch)  # The others were made here meanwhile.
        thread = threading.get_ident()

        def made_here(contents: Sequence[ContentHash]) -> NDArray[np.float32]:
            self._asked.pop(thread, None)  # The server has answered: what takes time now is the model.
            return self._embed(contents)

        try:
            self._asked[thread] = time.monotonic()
            found = self._team.take(self._model, wanted, made_here) if wanted else {}
        except TeamFault as problem:
            self._waits.set()
            with self._guard:
                self._left += batch
            log.warning("%s", problem)
            return
        finally:
            self._asked.pop(thread, None)
        if found:
            cache.put(fingerprint, list(found), np.stack(list(found.values())))
            with self._guard:
                self.taken += len(found)
            self._arrived.put(list(found))
