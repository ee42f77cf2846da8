"""A repository's vectors on a team's server, of which the nearest to a question are asked.

Each question is asked on a thread of its own, and is waited for as briefly as its asker likes. A server that
fails, or that keeps answering too late, is not waited for at all.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semlens.core.team.checks import agree, sound_rows
from semlens.core.team.counts import Tally
from semlens.core.team.faults import Fault, TeamFault
from semlens.core.team.sealed_name import SealedNames
from semlens.core.team.team import Model, Team
from semlens.core.util.background import start_background
from semlens.core.util.caches import LruCache
from semlens.errors import SemlensError
from semlens.types import ContentHash

log = logging.getLogger(__name__)

Neighbours = Sequence[tuple[ContentHash, float]]
"""Contents with their cosine similarity to a question, the nearest first; not all are in the checkout."""

ANSWER_SECONDS = 5.0
"""An answer that takes longer is a failure."""

LATE_SECONDS = 1.0
"""An answer that takes longer is late: nobody waits so long."""

LATE_ANSWERS = 3
"""After so many late answers one after the other the server is not waited for, until one comes in time."""

REQUESTS = 2
"""So many questions are under way at once: who types asks more often than a slow server answers."""

REMEMBERED = 64
"""Questions whose answers are kept: an editor asks again for what came too late."""

MOST_CLOUD = 300
"""Neighbours that Chroma Cloud gives at once: https://docs.trychroma.com/cloud/quotas-limits"""

CHECKED = 16
"""One answer of so many is checked, and the first one: a piece is embedded here and compared."""

SAMPLE = 1000
"""Pieces of the checkout of which the server is asked whether it has them; the share is right to 0.02."""

COVERAGE_SECONDS = 600.0
"""How long a share holds."""

EMPTY_SECONDS = 30.0
"""A server that has no index of the repository is asked again after so long."""

_AGREES = 0.01
"""A similarity and the server's own vector differ by less: both are the server's figures."""

_dice = random.SystemRandom()


class Checkout(Protocol):
    """The code that this user has."""

    def present(self, contents: Sequence[ContentHash]) -> list[ContentHash]:
        """Those of `contents` that the checkout has."""

    def sample(self, most: int) -> list[ContentHash]:
        """At most `most` of its contents by chance, all if there are fewer."""

    def embed(self, contents: Sequence[ContentHash]) -> NDArray[np.float32]:
        """Their vectors as this machine makes them, shape (n, dimension); NaN where a content is gone."""


class SharedIndex:
    """One repository's vectors of one model on the team's server. Safe for many threads."""

    def __init__(self, team: Team, model: Model, checkout: Checkout) -> None:
        """`model` names the repository."""
        self.team = team
        self.model = model
        self._checkout = checkout
        self._guard = threading.Lock()
        self._answers: LruCache[tuple[bytes, int], Future[Neighbours]] = LruCache(REMEMBERED)
        self._asked: dict[int, float] = {}
        """When each request was sent that has no answer yet, by its thread."""
        self._late = 0
        self._empty_until = 0.0
        self._answered = 0
        self._measured = -COVERAGE_SECONDS
        self._measuring = False
        self._covered: float | None = None
        self.pieces: int | None = None
        """How many the server had when its coverage was measured last."""

    @property
    def covered(self) -> float | None:
        """The share of the checkout's pieces that the server has; None until it is known.

        Measures it anew in the background now and then.
        """
        with self._guard:
            due = not self._measuring and time.monotonic() - self._measured >= COVERAGE_SECONDS
            if not due or not self._may_ask:
                return self._covered
            self._measuring = True
        start_background(self.measure)
        return self._covered

    @property
    def patience(self) -> bool:
        """Whether it makes sense to wait for an answer: not if the server has been late again and again."""
        now = time.monotonic()
        with self._guard:
            return self._late < LATE_ANSWERS and not any(
                now - at > LATE_SECONDS for at in self._asked.values()
            )

    @property
    def busy(self) -> bool:
        """Whether so many questions are under way that another one has to come again."""
        with self._guard:
            return len(self._asked) >= REQUESTS

    def ask(self, vector: NDArray[np.float32], most: int) -> Future[Neighbours] | None:
        """The nearest contents to a question, sooner or later; None if the server is not asked now.

        The future raises `TeamFault`.

        :param vector: the question's, shape (dimension,)
        """
        key = vector.tobytes(), most
        known = self._answers.get(key)
        if known is not None and not (known.done() and known.exception() is not None):
            return known
        if not self._may_ask or self.busy or time.monotonic() < self._empty_until:
            return None
        future = start_background(partial(self._ask, vector, most))
        self._answers.put(key, future)
        return future

    def measure(self) -> None:
        """Learn how much of the checkout the server has; what cannot be learned stays as it was."""
        try:
            judged = self.team.judged(self.model)
            some = self._checkout.sample(SAMPLE)
            found = 0
            for start in range(0, len(some), judged.collection.batch):
                names = judged.names.of(some[start : start + judged.collection.batch])
                found += len(judged.collection.find(names, with_vectors=False).names)
            self.pieces = judged.collection.count()
            self._covered = found / len(some) if some else None
        except SemlensError as problem:
            log.info("the coverage of the team's index is not known: %s", problem)
        finally:
            with self._guard:
                self._measured, self._measuring = time.monotonic(), False

    @property
    def _may_ask(self) -> bool:
        return self.team.trusts(self.model) and not self.team.searching.wait

    def _ask(self, vector: NDArray[np.float32], most: int) -> Neighbours:
        judged = self.team.judged(self.model)
        assert isinstance(judged.names, SealedNames)
        most = min(most, MOST_CLOUD) if self.team.address.is_cloud else most
        with self._under_way():
            try:
                found = judged.collection.nearest(vector, most, ANSWER_SECONDS)
            except TeamFault as problem:
                self.team.searching.failed(problem)
                if problem.fault.distrusted:
                    judged.problem = problem
                raise
            self.team.searching.succeeded()
        if not found:
            self._empty_until = time.monotonic() + EMPTY_SECONDS
            return ()
        opened = [(judged.names.opened(name), near) for name, near in found]
        known = [(content, near) for content, near in opened if content is not None]
        self.team.counts.add(Tally(questions=1))
        with self._guard:
            due = self._answered % CHECKED == 0
            self._answered += 1
        if due:
            start_background(partial(self._check, vector, dict(known)))
        return known

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        began, thread = time.monotonic(), threading.get_ident()
        with self._guard:
            self._asked[thread] = began
        try:
            yield
        finally:
            late = time.monotonic() - began > LATE_SECONDS
            with self._guard:
                self._asked.pop(thread)
                self._late = self._late + 1 if late else 0
            if late:
                self.team.searching.late(TeamFault(Fault.SLOW, self.team.address.host))

    def _check(self, vector: NDArray[np.float32], near: dict[ContentHash, float]) -> None:
        """Embed a piece here, and compare the server's vector and similarity; distrust it if they differ."""
        judged = self.team.judged(self.model)
        here = self._checkout.present(list(near))
        if not here:
            return
        content = _dice.choice(here)
        try:
            found = judged.collection.find(judged.names.of([content]), with_vectors=True)
            mine = self._checkout.embed([content])
        except SemlensError as problem:
            log.info("an answer of the team's server is not checked: %s", problem)
            return
        if not found.names or not np.isfinite(mine).all():  # deleted meanwhile
            return
        self.team.counts.add(Tally(checked=1))
        fault = _judge(found.vectors, mine, vector, near[content])
        if fault is not None:
            judged.problem = TeamFault(fault, self.team.address.host)
            log.warning("%s", judged.problem)


def _judge(
    theirs: NDArray[np.float32], mine: NDArray[np.float32], question: NDArray[np.float32], near: float
) -> Fault | None:
    """What is wrong with the server's vector of a piece, shape (1, dimension), and its similarity."""
    if not sound_rows(theirs).all():
        return Fault.UNSOUND
    cosine = float(theirs[0] @ question / max(1e-12, np.linalg.norm(theirs[0]) * np.linalg.norm(question)))
    if abs(cosine - near) > _AGREES:
        return Fault.UNSOUND
    return None if agree(mine, theirs) else Fault.OTHER_MODEL
