"""A server's model: seen to be the same one, left alone after failures, and sent what it can take."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from semlens.core.net.circuit import Circuit
from semlens.core.served.batches import BatchSize
from semlens.core.served.faults import Fault, ServerFault
from semlens.core.served.identity import PROBES, same_model
from semlens.core.served.model import ServedModel
from semlens.core.served.server import ModelServer
from semlens.errors import ModelError
from semlens.types import CancelToken

log = logging.getLogger(__name__)

T = TypeVar("T")

_POLL_SECONDS = 0.05
_SHORTEST = 200
"""Characters of a text that no server may call too long."""


@dataclass(frozen=True, slots=True)
class ServedOptions:
    """How long to wait for what."""

    question_seconds: float = 0.15
    """How long an answer waits for a question's vector: about as long as for a model of this machine that is
    busy with documents. A later one serves when the question is asked again."""
    most_question_seconds: float = 10.0
    """How long a question's vector is waited for at all."""
    documents_seconds: float = 60.0
    """For one batch of documents."""
    attempts: int = 3
    """How often documents are sent before giving up for now."""
    most_pause: float = 20.0
    """A server that is left alone for longer is given up for now."""
    check_seconds: float = 600.0
    """How often it is checked that the model is still the same."""


OPTIONS = ServedOptions()


class CheckedServer:
    """One model at one server. Safe for many threads."""

    def __init__(
        self,
        model: ServedModel,
        connect: Callable[[], ModelServer],
        on_other_model: Callable[[NDArray[np.float32]], None],
        options: ServedOptions,
    ) -> None:
        """
        :param connect: the server, as often as it is needed; raises `ModelError` if it may not be asked
        :param on_other_model: called once with the vectors of the probes, if another model answers
        """
        self.batch = BatchSize(model.batch)
        self._model = model
        self._connect = connect
        self._on_other_model = on_other_model
        self._options = options
        self._circuit: Circuit[ServerFault] = Circuit()
        self._checking = threading.Lock()
        self._checked: float | None = None
        """When the model was last seen to be the same."""
        self._ended: str | None = None
        """Why the server is not asked any more."""
        self._server: ModelServer | None = None

    @property
    def seen(self) -> bool:
        """Whether the model has answered, and is the right one."""
        return self._checked is not None

    @property
    def message(self) -> str | None:
        """Why the server is not used, until it answers again."""
        problem = self._circuit.problem
        return self._ended or (str(problem) if problem is not None else None)

    def end(self, why: str) -> None:
        """Ask nothing more, until `begin`."""
        self._ended = self._ended or why
        self._disconnect()

    def begin(self) -> None:
        """Ask again, over a new connection and after a new look at which model it is."""
        self._disconnect()
        self._checked = self._ended = None
        self._circuit.succeeded()

    def check(self) -> None:
        """See now whether the same model answers. Raises `ModelError`."""
        self._checked = None
        self._heard(self._same_model)

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The unit vectors of documents, shape (texts, dimension). Raises `ModelError`."""
        return self._heard(lambda: self._documents(texts))

    def question(self, text: str) -> NDArray[np.float32]:
        """The unit vector of a question, shape (dimension,). Raises `ModelError`."""

        def ask() -> NDArray[np.float32]:
            self._same_model()
            vector: NDArray[np.float32] = self._embed(
                [self._model.prompts.query + text], self._options.most_question_seconds
            )[0]
            return vector

        return self._heard(ask)

    def check_open(self) -> None:
        """Raise `ModelError` if the server is to be left alone now."""
        self._check_ended()
        problem = self._circuit.problem
        if problem is not None and self._circuit.wait > 0:
            raise problem

    def wait_until_open(self, cancel: CancelToken | None) -> None:
        """Wait until the server may be asked. Raises `Cancelled`, and `ModelError` if that takes too long."""
        self._check_ended()
        problem = self._circuit.problem
        if problem is not None and self._circuit.wait > self._options.most_pause:
            raise problem
        while self._circuit.wait > 0:
            if cancel is not None:
                cancel.check()
            time.sleep(min(_POLL_SECONDS, self._circuit.wait))
            self._check_ended()

    def _documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._same_model()
        started = time.monotonic()
        prompted = [self._model.prompts.document + text for text in texts]
        try:
            rows = self._embed(prompted, self._options.documents_seconds)
        except ServerFault as problem:
            if problem.fault is Fault.SLOW:
                self.batch.smaller(len(texts))
            if problem.fault is not Fault.TOO_LARGE:
                raise
            return self._in_parts(texts, problem)
        self.batch.took(len(texts), time.monotonic() - started)
        return rows

    def _in_parts(self, texts: Sequence[str], problem: ServerFault) -> NDArray[np.float32]:
        """The vectors of texts that are too many for one request, or of the beginning of one too long."""
        if len(texts) > 1:
            self.batch.smaller(len(texts))
            half = len(texts) // 2
            return np.concatenate([self._documents(texts[:half]), self._documents(texts[half:])])
        if len(texts[0]) <= _SHORTEST:
            raise problem
        return self._documents([texts[0][: len(texts[0]) // 2]])

    def _heard(self, ask: Callable[[], T]) -> T:
        """What `ask` gives; the circuit hears how it went."""
        try:
            answer = ask()
        except ServerFault as problem:
            self._check_ended()
            self._circuit.failed(problem)
            self._checked = None  # It may come back with another model.
            log.warning("%s", problem)
            raise
        self._circuit.succeeded()
        return answer

    def _same_model(self) -> None:
        """Check now and then that the model is the one that made the vectors. Raises `ModelError`."""
        with self._checking:
            self._check_ended()
            now = time.monotonic()
            if self._checked is not None and now - self._checked < self._options.check_seconds:
                return
            probes = self._opened().embed(PROBES, self._options.documents_seconds)
            if not same_model(probes, self._model.probes):
                self._ended = other_model_sentence(self._model)
                log.warning("%s", self._ended)
                self._on_other_model(probes)
            self._check_ended()
            self._checked = now

    def _embed(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        rows = self._opened().embed(texts, seconds)
        if rows.shape[1] != self._model.dim:
            self._checked = None  # Another model has come since the last check.
            self._same_model()
            raise self._opened().fault(Fault.UNSOUND)
        return rows

    def _opened(self) -> ModelServer:
        server = self._server
        if server is None:
            self._server = server = self._connect()
        return server

    def _disconnect(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _check_ended(self) -> None:
        if self._ended is not None:
            raise ModelError(self._ended)


def other_model_sentence(model: ServedModel) -> str:
    """That a server has changed the model behind a name."""
    return (
        f"The model server {model.place.host} has another model as {model.name} than before: "
        "the code is embedded again with it."
    )
