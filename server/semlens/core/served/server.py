"""An embedding server: texts go there, unit vectors come back, or a `ServerFault`."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semlens.core.net.http import LIMITS, BoundedHttp, Failed, HttpFailure, Limits
from semlens.core.served.faults import Fault, ServerFault, fault_of
from semlens.core.served.model import Dialect, Place
from semlens.core.text.words import without_surrogates

_MIN_LENGTH = 1e-6
_WINDOW_KEYS = ("max_model_len", "max_input_length", "n_ctx", "n_ctx_train", "context_length")
"""What vLLM, text-embeddings-inference, llama.cpp and LM Studio call the window."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server says of itself."""

    dialect: Dialect
    models: tuple[str, ...]
    """The names of its models; empty if it does not tell."""
    windows: Mapping[str, int]
    """Model → the most tokens that it sees, where the server tells."""
    batch: int = 64
    """The most texts that it takes at once."""


class ModelServer:
    """One model at a server. Safe for many threads; `close` it at the end."""

    def __init__(self, place: Place, dialect: Dialect, token: str, limits: Limits = LIMITS) -> None:
        self._place = place
        self._dialect = dialect
        self._http = BoundedHttp(place.url, _headers(token), limits)

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def embed(self, texts: Sequence[str], seconds: float | None = None) -> NDArray[np.float32]:
        """The unit vectors of `texts`, shape (texts, dimension), within `seconds`. Raises `ServerFault`."""
        clean = [without_surrogates(text) for text in texts]
        try:
            if self._dialect == "tei":
                body = {"inputs": clean, "normalize": True, "truncate": False}
                rows = self._http.ask("POST", "/embed", body, seconds)
            else:
                fields = {"model": self._place.model, "input": clean, "encoding_format": "float"}
                rows = _openai_rows(
                    self._http.ask("POST", openai_path(self._place.url, "/embeddings"), fields, seconds)
                )
        except HttpFailure as failure:
            raise self.fault(fault_of(failure), failure.retry_after) from None
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            raise self.fault(Fault.MALFORMED) from None
        return self._unit(rows, len(texts))

    def fault(self, fault: Fault, retry_after: float = 0.0) -> ServerFault:
        """The error with which this server's name goes."""
        return ServerFault(fault, self._place.host, self._place.model, retry_after)

    def _unit(self, rows: Any, count: int) -> NDArray[np.float32]:
        """The rows of an answer as unit vectors, once they are seen to be sound."""
        if not isinstance(rows, list) or len(rows) != count:
            raise self.fault(Fault.MALFORMED)
        try:
            vectors = np.stack([_vector(row) for row in rows])
        except (TypeError, ValueError):  # Not numbers, or of several dimensions.
            raise self.fault(Fault.UNSOUND) from None
        with np.errstate(all="ignore"):
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and (lengths > _MIN_LENGTH).all()):
            raise self.fault(Fault.UNSOUND)
        unit: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
        return unit


def look_at(place: Place, token: str, limits: Limits = LIMITS) -> Offer:
    """Ask a server how it is asked and which models it has; no code is sent. Raises `ServerFault`."""
    http = BoundedHttp(place.url, _headers(token), limits)
    try:
        return _tei_offer(http) or _openai_offer(http, place.url)
    except HttpFailure as failure:
        raise ServerFault(fault_of(failure), place.host, place.model, failure.retry_after) from None
    finally:
        http.close()


def openai_path(url: str, path: str) -> str:
    """The path of a request below a URL that may have the version already."""
    return path if url.rpartition("/")[2] in ("v1", "openai") else f"/v1{path}"


def _tei_offer(http: BoundedHttp) -> Offer | None:
    """What text-embeddings-inference says; None for another server."""
    try:
        said = http.ask("GET", "/info")
    except HttpFailure as failure:
        if failure.how in (Failed.STATUS, Failed.MALFORMED):
            return None
        raise
    if not isinstance(said, dict) or "max_client_batch_size" not in said:
        return None
    name, batch = said.get("model_id"), said["max_client_batch_size"]
    window = _window(said)
    names = (name,) if isinstance(name, str) and name else ()
    windows = {names[0]: window} if names and window else {}
    return Offer("tei", names, windows, batch if isinstance(batch, int) and batch > 0 else 32)


def _openai_offer(http: BoundedHttp, url: str) -> Offer:
    try:
        said = http.ask("GET", openai_path(url, "/models"))
    except HttpFailure as failure:
        if failure.how is Failed.STATUS and failure.status in (404, 405):
            return Offer("openai", (), {})  # It need not list models to have one.
        raise
    rows = said.get("data") if isinstance(said, dict) else None
    found = [
        row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)
    ] if isinstance(rows, list) else []  # fmt: skip
    windows = {row["id"]: window for row in found if (window := _window(row))}
    return Offer("openai", tuple(row["id"] for row in found), windows)


def _window(said: Mapping[str, Any]) -> int:
    """The first window that a description of a model names; 0 if it names none."""
    meta = said.get("meta")
    for part in (said, meta if isinstance(meta, dict) else {}):
        for key in _WINDOW_KEYS:
            if isinstance(part.get(key), int) and part[key] > 0:
                return int(part[key])
    return 0


def _openai_rows(answer: Any) -> list[Any]:
    """The vectors of an answer in the order of the texts, whatever order the server gives them."""
    data = answer["data"]
    rows: list[Any] = [None] * len(data)
    for number, one in enumerate(data):
        at = one.get("index", number)
        if rows[at] is not None:
            raise ValueError("two vectors for one text")
        rows[at] = one["embedding"]
    return rows


def _vector(row: Any) -> NDArray[np.float64]:
    """A vector that came as a list of numbers, or as float32 in base64."""
    if isinstance(row, str):
        return np.frombuffer(base64.b64decode(row, validate=True), "<f4").astype(np.float64)
    vector = np.asarray(row, np.float64)
    if vector.ndim != 1 or not vector.size:
        raise ValueError("no vector")
    return vector


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
