"""A model's vectors on a team's server: a Chroma collection without texts, by keyed hash.

Beside its vector each record has the day of its last use, and nothing else. The vectors are those of the
local cache, bit for bit: float16 in float32. A collection that is not made to be searched has the least graph
that Chroma can build.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from semlens.core.team.chroma_http import ChromaHttp
from semlens.core.team.faults import Fault, TeamFault

T = TypeVar("T")

BATCH = 1000
"""Records in a request. A server that allows fewer is asked for fewer."""

CLOUD_BATCH = 300
"""Chroma Cloud allows so many: https://docs.trychroma.com/cloud/quotas-limits"""

_LEAST_BATCH = 8

KEPT = {"space": "l2", "ef_construction": 4, "max_neighbors": 4, "ef_search": 4}
"""The graph of vectors that are only kept. Filling takes a quarter of the time of Chroma's own values. Cosine
would have Chroma change the vectors."""

SEARCHED = {"space": "cosine", "ef_construction": 100, "max_neighbors": 16, "ef_search": 1000}
"""The graph of vectors that are searched: the local store's, so that both find the same (`chroma_client`)."""

_DECIMALS = 6
"""Of numbers that are sent and of similarities, as in the local store."""

_MOST_SIMILAR = 1.01
"""A cosine, but for rounding."""

DAY = "day"
"""The key of a record's day of last use."""


@dataclass(frozen=True, slots=True)
class Found:
    """Records of the server."""

    names: list[str]
    days: list[int]
    """The days of their last use, counted from the epoch; 0 if it is not known."""
    vectors: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))
    """Shape (n, dimension); a row of NaN where the server's has another length. Empty if not asked for."""


class TeamCollection:
    """One model's collection, made at need. Safe for many threads. Each method raises `TeamFault`."""

    def __init__(
        self,
        http: ChromaHttp,
        name: str,
        model: str,
        dim: int,
        batch: int = BATCH,
        graph: Mapping[str, object] = KEPT,
    ) -> None:
        """
        :param model: the digest of the model's fingerprint
        :param dim: the dimension of its vectors
        :param graph: how the collection is made if it is not there
        """
        self._http = http
        self._name = name
        self._model = model
        self._dim = dim
        self._graph = graph
        self._guard = threading.Lock()
        self._path: str | None = None
        self.batch = batch

    def find(self, names: Sequence[str], with_vectors: bool) -> Found:
        """Those of `names` that the server has, at most `batch` of them at once."""
        include = ["metadatas", "embeddings"] if with_vectors else ["metadatas"]
        path = self._open(create=False)
        if path is None:
            return Found([], [], np.empty((0, self._dim), np.float32))
        answer = self._or_gone(lambda: self._http.post(f"{path}/get", {"ids": names, "include": include}))
        if answer is None:
            return Found([], [], np.empty((0, self._dim), np.float32))
        return self._found(answer, frozenset(names), with_vectors)

    def put(self, names: Sequence[str], vectors: NDArray[np.float32], day: int) -> None:
        """Keep `vectors`, shape (n, dimension), as used on `day`."""
        body = {
            "ids": names,
            "embeddings": [base64.b64encode(row.tobytes()).decode() for row in vectors.astype("<f4")],
            "metadatas": [{DAY: day}] * len(names),
        }
        self._write("upsert", body)

    def touch(self, names: Sequence[str], day: int) -> None:
        """Note that records were used on `day`."""
        self._write("update", {"ids": names, "metadatas": [{DAY: day}] * len(names)})

    def nearest(
        self, vector: NDArray[np.float32], most: int, seconds: float
    ) -> list[tuple[str, float]] | None:
        """At most `most` names with their cosine similarity to `vector`, the nearest first.

        None if there is no collection. For a collection whose graph is `SEARCHED`.

        :param vector: shape (dimension,)
        :param seconds: the most that the answer may take
        """
        path = self._open(create=False)
        if path is None:
            return None
        numbers = [round(number, _DECIMALS) for number in vector.tolist()]
        body = {"query_embeddings": [numbers], "n_results": most, "include": ["distances"]}
        answer = self._or_gone(lambda: self._http.post(f"{path}/query", body, seconds))
        return None if answer is None else self._similarities(answer, most)

    def count(self) -> int:
        """How many records there are."""
        path = self._open(create=False)
        answer = None if path is None else self._or_gone(lambda: self._http.get(f"{path}/count"))
        return answer if isinstance(answer, int) else 0

    def ask_for_fewer(self) -> bool:
        """Make `batch` smaller after the server found a request too large; whether that was possible."""
        if self.batch <= _LEAST_BATCH:
            return False
        self.batch = max(_LEAST_BATCH, self.batch // 2)
        return True

    def _write(self, method: str, body: dict[str, Any]) -> None:
        for again in (True, False):
            path = self._open(create=True)
            try:
                self._http.post(f"{path}/{method}", body)
                return
            except TeamFault as problem:
                if problem.fault is not Fault.MISSING or not again:
                    raise
                self._path = None  # The server was emptied: the collection is made again.

    def _or_gone(self, ask: Callable[[], T]) -> T | None:
        """The answer, or None if the collection is no longer there."""
        try:
            return ask()
        except TeamFault as problem:
            if problem.fault is not Fault.MISSING:
                raise
            self._path = None
            return None

    def _open(self, create: bool) -> str | None:
        """The path of the collection; None if there is none, unless `create`."""
        with self._guard:
            if self._path is None:
                known = self._or_gone(lambda: self._http.get(f"/collections/{self._name}"))
                if known is None and create:
                    known = self._http.post("/collections", self._described())
                if known is not None:
                    self._path = f"/collections/{self._checked(known)}"
            return self._path

    def _described(self) -> dict[str, Any]:
        return {
            "name": self._name,
            "metadata": {"model": self._model, "dimension": self._dim},
            "configuration": {"hnsw": dict(self._graph)},
            "get_or_create": True,
        }

    def _checked(self, known: Any) -> str:
        """The id of a collection that is this model's."""
        if not isinstance(known, dict) or not is_plain(known.get("id")):
            raise TeamFault(Fault.MALFORMED, self._http.host)
        said = known.get("metadata")
        model = said.get("model") if isinstance(said, dict) else None
        if model != self._model or known.get("dimension") not in (None, self._dim):
            raise TeamFault(Fault.OTHER_MODEL, self._http.host)
        return str(known["id"])

    def _similarities(self, answer: Any, most: int) -> list[tuple[str, float]]:
        try:
            (names,), (distances,) = answer["ids"], answer["distances"]
            near = np.round(1.0 - np.array(distances, dtype=np.float64), _DECIMALS)
            sound = near.shape == (len(names),) and len(names) <= most and len(set(names)) == len(names)
        except (KeyError, TypeError, ValueError):
            sound = False
        if not sound or not all(isinstance(name, str) for name in names):
            raise TeamFault(Fault.MALFORMED, self._http.host)
        if not np.all(np.abs(near) <= _MOST_SIMILAR):  # NaN, too, is not
            raise TeamFault(Fault.UNSOUND, self._http.host)
        return list(zip(names, near.tolist(), strict=True))

    def _found(self, answer: Any, asked: frozenset[str], with_vectors: bool) -> Found:
        names = answer.get("ids") if isinstance(answer, dict) else None
        if not isinstance(names, list) or len(set(map(str, names)) & asked) != len(names):
            raise TeamFault(Fault.MALFORMED, self._http.host)
        notes = answer.get("metadatas") or [None] * len(names)
        if not isinstance(notes, list) or len(notes) != len(names):
            raise TeamFault(Fault.MALFORMED, self._http.host)
        days = [_day(note) for note in notes]
        if not with_vectors:
            return Found(names, days)
        rows = answer.get("embeddings")
        if not isinstance(rows, list) or len(rows) != len(names):
            raise TeamFault(Fault.MALFORMED, self._http.host)
        return Found(names, days, _matrix(rows, self._dim))


def joined(parts: Sequence[Found]) -> Found:
    """The records of several answers together; at least one."""
    names = [name for part in parts for name in part.names]
    days = [day for part in parts for day in part.days]
    return Found(names, days, np.concatenate([part.vectors for part in parts]))


def is_plain(identity: object) -> bool:
    """Whether a server's name for something may be a part of a path."""
    return isinstance(identity, str) and identity.replace("-", "").isalnum()


def _day(note: object) -> int:
    day = note.get(DAY) if isinstance(note, dict) else None
    return day if isinstance(day, int) else 0


def _matrix(rows: list[Any], dim: int) -> NDArray[np.float32]:
    """The rows as they are, and NaN where one has no `dim` numbers; shape (n, dimension)."""
    try:
        with np.errstate(over="ignore"):
            whole = np.array(rows, dtype=np.float32)
        if whole.shape == (len(rows), dim):
            return whole
    except (ValueError, TypeError):
        pass
    if len(rows) == 1:
        return np.full((1, dim), np.nan, np.float32)
    return np.concatenate([_matrix([row], dim) for row in rows] or [np.empty((0, dim), np.float32)])
