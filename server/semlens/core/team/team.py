"""A team that this user has joined: its server is asked for vectors, and is given those that it lacks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from semlens.core.net.circuit import Circuit
from semlens.core.team.address import Access, Credentials, TeamAddress
from semlens.core.team.checks import MAX_UNSOUND, agree, sample, sound_rows
from semlens.core.team.chroma_http import ChromaHttp, Limits
from semlens.core.team.collection import (
    BATCH,
    CLOUD_BATCH,
    KEPT,
    SEARCHED,
    Found,
    TeamCollection,
    joined,
)
from semlens.core.team.counts import Counts, Tally
from semlens.core.team.faults import Fault, TeamFault
from semlens.core.team.keyed_hash import KeyedHashes
from semlens.core.team.prune import prune
from semlens.core.team.sealed_name import SealedNames
from semlens.types import ContentHash, Fingerprint

T = TypeVar("T")

TOUCH_DAYS = 7
"""A record's day of last use is renewed when it is so old."""

MIN_JUDGED = 10
"""Unsound vectors say something of a server once so many vectors came from it."""

_DAY = 86_400

Vectors = Mapping[ContentHash, NDArray[np.float16]]
"""Each of shape (dimension,)."""


class Cache(Protocol):
    """The vectors that this user has, by model and content."""

    def get(
        self, fingerprint: Fingerprint, hashes: Sequence[ContentHash]
    ) -> dict[ContentHash, NDArray[np.float16]]: ...
    def missing(self, fingerprint: Fingerprint, hashes: Sequence[ContentHash]) -> list[ContentHash]: ...
    def put(
        self, fingerprint: Fingerprint, hashes: Sequence[ContentHash], vectors: NDArray[np.float16]
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Model:
    """A model whose vectors are shared."""

    fingerprint: Fingerprint
    dim: int
    cache: Cache
    repository: str = ""
    """The repository whose searched collection is meant; empty for the one of all vectors."""

    @property
    def key(self) -> tuple[Fingerprint, str]:
        """What tells the collection from the team's others."""
        return self.fingerprint, self.repository


Embed = Callable[[Sequence[ContentHash]], NDArray[np.float32]]
"""Makes the vectors of contents here, shape (n, dimension); rows of NaN for contents that are gone."""


@dataclass
class _Judged:
    """What is known of the vectors of one collection."""

    collection: TeamCollection
    names: KeyedHashes | SealedNames
    received: int = 0
    unsound: int = 0
    problem: TeamFault | None = None
    """Why its vectors are left aside."""
    there: set[ContentHash] = field(default_factory=set)
    """Contents that the server has, as used lately."""


class Team:
    """The team's server as one user sees it. Safe for many threads; `close` it at the end."""

    def __init__(
        self,
        address: TeamAddress,
        credentials: Credentials,
        access: Access,
        counts: Counts | None = None,
        limits: Limits | None = None,
        today: Callable[[], int] = lambda: int(time.time()) // _DAY,
    ) -> None:
        """Raises `UsageError` if the file of certificates cannot be read. Nothing is sent yet."""
        self.address = address
        self.access = access
        self.counts = counts or Counts(None)
        self.reading: Circuit[TeamFault] = Circuit()
        self.writing: Circuit[TeamFault] = Circuit()
        self.searching: Circuit[TeamFault] = Circuit()
        self._secret = credentials.secret
        self._connect = partial(ChromaHttp, address, credentials, limits or Limits())
        self._http = self._connect()
        self._asking: ChromaHttp | None = None
        """Connections of their own, so that no question queues behind vectors."""
        self._today = today
        self._guard = threading.Lock()
        self._models: dict[tuple[Fingerprint, str], _Judged] = {}

    @property
    def problem(self) -> str | None:
        """Why the server is not used, or not fully, in a sentence; None if all is well."""
        with self._guard:
            distrust = [one.problem for one in self._models.values() if one.problem is not None]
        circuits = self.reading, self.writing, self.searching
        problem = next(iter(distrust), None) or next((one.problem for one in circuits if one.problem), None)
        return None if problem is None else str(problem)

    def trusts(self, model: Model) -> bool:
        """Whether the server's vectors of a model are not left aside."""
        return self.judged(model).problem is None

    def batch(self, model: Model) -> int:
        """How many contents to ask for at once."""
        return self.judged(model).collection.batch

    def take(self, model: Model, wanted: Sequence[ContentHash], embed: Embed) -> Vectors:
        """Those of the `wanted` vectors that the server has, checked.

        :param wanted: at most `batch` contents
        :param embed: makes the vectors of a sample, to compare them
        :raises TeamFault: the server failed, or is left aside from now on
        :raises Exception: whatever `embed` raises
        """
        judged = self.judged(model)
        if judged.problem is not None:
            raise judged.problem
        names = dict(zip(judged.names.of(wanted), wanted, strict=True))
        found = joined(
            self._ask(judged, self.reading, lambda some: judged.collection.find(some, True), list(names))
        )
        contents = [names[name] for name in found.names]
        sound = self._sound(judged, found)
        rows = found.vectors[sound].astype(np.float16)
        kept = dict(zip([contents[row] for row in np.flatnonzero(sound)], rows, strict=True))
        self._compare(judged, kept, embed)
        days = zip(contents, found.days, strict=True)
        recent = self._recent
        judged.there.update(key for key, day in days if key in kept and day > recent)
        unsound = len(contents) - len(kept)
        self.counts.add(Tally(asked=len(wanted), taken=len(kept), unsound=unsound))
        return kept

    def lacks(self, model: Model, hashes: Sequence[ContentHash]) -> list[ContentHash]:
        """Those of `hashes` of which it is not known that the server has them; nothing is sent."""
        there = self.judged(model).there
        return [key for key in hashes if key not in there]

    def give(self, model: Model, hashes: Sequence[ContentHash]) -> int:
        """Give the server those of the vectors that it lacks and the cache has; how many it got.

        :param hashes: at most `batch` contents
        :raises TeamFault: it could not be given all
        """
        judged = self.judged(model)
        if judged.problem is not None:
            raise judged.problem
        collection = judged.collection
        names = dict(zip(judged.names.of(hashes), hashes, strict=True))
        found = self._ask(judged, self.writing, lambda some: collection.find(some, False), list(names))
        there = {names[name]: day for one in found for name, day in zip(one.names, one.days, strict=True)}
        lacking = model.cache.get(model.fingerprint, [key for key in hashes if key not in there])
        self._put(judged, lacking)
        recent = self._recent
        old = [key for key, day in there.items() if day <= recent]
        if old:
            today = self._today()
            self._ask(judged, self.writing, lambda some: collection.touch(some, today), judged.names.of(old))
        judged.there.update(hashes)
        given = len(lacking)
        self.counts.add(Tally(indexed=given) if model.repository else Tally(given=given))
        return len(lacking)

    def check(self, model: Model) -> int:
        """How many vectors of a model the server has. Raises `TeamFault`."""
        judged = self.judged(model)
        return self._ask(judged, self.reading, lambda _: judged.collection.count(), [""])[0]

    def prune(self, days: int, check: Callable[[], None]) -> int:
        """Delete the vectors of all models that nobody has used for `days` days; how many.

        :param check: called between requests; it may raise to stop
        :raises TeamFault: the server failed
        """
        return prune(self._http, self._today() - days, self._batch, check)

    def close(self) -> None:
        """End the connections; requests that are under way fail."""
        self.counts.save()
        self._http.close()
        if self._asking is not None:
            self._asking.close()

    def judged(self, model: Model) -> _Judged:
        """The collection of a model."""
        with self._guard:
            if model.key not in self._models:
                self._models[model.key] = self._collection(model)
            return self._models[model.key]

    def _collection(self, model: Model) -> _Judged:
        names: KeyedHashes | SealedNames
        if model.repository:
            self._asking = self._asking or self._connect()
            names = SealedNames(self._secret, model.fingerprint, model.repository)
            http, graph = self._asking, SEARCHED
        else:
            names = KeyedHashes(self._secret, model.fingerprint)
            http, graph = self._http, KEPT
        return _Judged(
            TeamCollection(http, names.collection, names.model, model.dim, self._batch, graph), names
        )

    @property
    def _batch(self) -> int:
        return CLOUD_BATCH if self.address.is_cloud else BATCH

    @property
    def _recent(self) -> int:
        """A record that was used after this day needs no new one."""
        return self._today() - TOUCH_DAYS

    def _ask(
        self,
        judged: _Judged,
        circuit: Circuit[TeamFault],
        ask: Callable[[list[str]], T],
        names: Sequence[str],
    ) -> list[T]:
        """The answers of the requests that `names` take, of which the circuit hears."""
        answers: list[T] = []
        left = list(names)
        while left:
            some = left[: judged.collection.batch]
            try:
                answers.append(ask(some))
            except TeamFault as problem:
                if problem.fault is Fault.TOO_LARGE and judged.collection.ask_for_fewer():
                    continue
                circuit.failed(problem)
                if problem.fault.distrusted:
                    judged.problem = problem
                raise
            left = left[len(some) :]
        circuit.succeeded()
        return answers

    def _put(self, judged: _Judged, vectors: Vectors) -> None:
        if not vectors:
            return
        today, rows = self._today(), dict(zip(judged.names.of(vectors), vectors.values(), strict=True))

        def put(names: list[str]) -> None:
            some = np.stack([rows[name] for name in names]).astype(np.float32)
            judged.collection.put(names, some, today)

        self._ask(judged, self.writing, put, list(rows))

    def _sound(self, judged: _Judged, found: Found) -> NDArray[np.bool_]:
        """Which of the vectors are sound; the server is left aside if too many are not."""
        sound = sound_rows(found.vectors)
        judged.received += len(sound)
        judged.unsound += int((~sound).sum())
        if judged.received >= MIN_JUDGED and judged.unsound > MAX_UNSOUND * judged.received:
            self._distrust(judged, Fault.UNSOUND)
        return sound

    def _compare(self, judged: _Judged, vectors: Vectors, embed: Embed) -> None:
        """Make a sample again; the server is left aside if a vector is of another text or model."""
        chosen = sample(list(vectors))
        if chosen:
            theirs = np.stack([vectors[key] for key in chosen]).astype(np.float32)
            mine = embed(chosen)
            self.counts.add(Tally(checked=len(chosen)))
            made = np.isfinite(mine).all(axis=1)
            if not agree(mine[made], theirs[made]):
                self._distrust(judged, Fault.OTHER_MODEL)

    def _distrust(self, judged: _Judged, fault: Fault) -> None:
        judged.problem = TeamFault(fault, self.address.host)
        raise judged.problem
