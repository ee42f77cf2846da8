"""A server's model as the deep tier uses it: documents wait for it, questions hardly do."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.encoder import State
from semlens.core.served.batches import batches
from semlens.core.served.checked import OPTIONS, CheckedServer, ServedOptions
from semlens.core.served.faults import ServerFault
from semlens.core.served.model import ServedModel
from semlens.core.served.server import ModelServer
from semlens.core.util.background import start_background
from semlens.core.util.caches import LruCache
from semlens.errors import EncoderError, ModelError
from semlens.types import CancelToken

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.05
_PENDING = 4
"""Questions that are on their way at once; a server that is slower than the typing gets no more."""


class ServerEncoder:
    """One model at one server. Safe for many threads; `close` it at the end."""

    def __init__(
        self,
        model: ServedModel,
        connect: Callable[[], ModelServer],
        shorten: Callable[[str], str],
        on_other_model: Callable[[NDArray[np.float32]], None] = lambda probes: None,
        options: ServedOptions = OPTIONS,
    ) -> None:
        """Arguments as for `CheckedServer`; `shorten` cuts a question to what the model sees."""
        self.model = model
        self.dim = model.dim
        self._server = CheckedServer(model, connect, on_other_model, options)
        self._shorten = shorten
        self._options = options
        self._guard = threading.Lock()
        """Guards the two below."""
        self._pending: dict[str, Future[NDArray[np.float32]]] = {}
        self._reading: Future[None] | None = None
        self._questions: LruCache[str, NDArray[np.float32]] = LruCache(1024)
        self._read: LruCache[str, NDArray[np.float32]] = LruCache(256)
        """Documents that came too late for the question that asked for them."""

    @property
    def state(self) -> State:
        if self.message is not None:
            return "error"
        if self._pending:
            return "loading"
        return "loaded" if self._server.seen else "idle"

    @property
    def message(self) -> str | None:
        """Why the server is not used, until it answers again."""
        return self._server.message

    def use_cpu_only(self) -> None:
        """What the server runs on is its own affair."""

    def check(self) -> None:
        """See now whether the same model answers. Raises `ModelError`."""
        self._server.check()

    def reconnect(self) -> None:
        """Ask the server again, after a change of what may be asked or with which token."""
        self._server.begin()

    def close(self, why: str = "The model server is not asked any more.") -> None:
        """Ask nothing more; threads that wait for an answer get `ModelError`."""
        self._server.end(why)

    def read_tokens(self, text: str, timeout: float) -> NDArray[np.float32]:
        """Raises `ModelError`: a server gives one vector for a whole text."""
        raise ModelError("What an embedding server's model makes of single words cannot be seen.")

    def encode_query(self, text: str, timeout: float = 0.0) -> NDArray[np.float32]:
        """The unit vector of a question, shape (dim,).

        :param timeout: seconds to wait; a moment is waited in any case.
        :raises ModelError: the server has not answered yet, or is not asked now.
        """
        known = self._questions.get(text)
        if known is not None:
            return known
        options = self._options
        wait = min(max(timeout, options.question_seconds), options.most_question_seconds)
        try:
            return self._asked(text).result(wait)
        except (FutureTimeout, TimeoutError):
            raise self._late() from None

    def encode_some(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        """The unit vectors of documents, shape (len(texts), dim), NaN for those that take too long.

        :raises ModelError: the server is not asked now.
        """
        self._server.check_open()
        missing = [text for text in texts if self._read.get(text) is None]
        with self._guard:
            if missing and (self._reading is None or self._reading.done()):
                self._reading = start_background(lambda: self._read_late(missing))
            reading = self._reading
        if missing and reading is not None:
            try:
                reading.result(seconds)
            except (FutureTimeout, TimeoutError):
                log.debug("%s reads too slowly for this question", self.model.place.host)
        rows = np.full((len(texts), self.dim), np.nan, np.float32)
        for row, text in enumerate(texts):
            known = self._read.get(text)
            if known is not None:
                rows[row] = known
        return rows

    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """The unit vectors of documents, shape (len(texts), dim). They are sent again if the server fails.

        :raises Cancelled: `cancel` was set.
        :raises ModelError: the server keeps failing, or has another model.
        """
        rows = np.zeros((len(texts), self.dim), np.float32)
        done = failures = 0
        while done < len(texts):
            some = next(batches(texts[done:], self._server.batch.texts))
            try:
                rows[done : done + len(some)] = self._documents(some, cancel)
            except ServerFault as problem:
                failures += 1
                if problem.lasting or failures >= self._options.attempts:
                    raise
                continue
            done, failures = done + len(some), 0
        return rows

    def _documents(self, texts: Sequence[str], cancel: CancelToken | None) -> NDArray[np.float32]:
        """The vectors of one batch, once the server may be asked; on another thread, to be cancelled."""
        self._server.wait_until_open(cancel)
        asked = start_background(lambda: self._server.documents(texts))
        while True:
            try:
                return asked.result(_POLL_SECONDS)
            except (FutureTimeout, TimeoutError):
                if cancel is not None:
                    cancel.check()

    def _read_late(self, texts: Sequence[str]) -> None:
        """Embed documents that a question asks for; they are kept even if it does not wait so long."""
        try:
            rows = self._server.documents(texts)
        except ModelError as error:
            log.info("the first hits are not read: %s", error)
            return
        for text, row in zip(texts, rows, strict=True):
            self._read.put(text, row)

    def _asked(self, text: str) -> Future[NDArray[np.float32]]:
        """The vector of a question that is on its way."""
        self._server.check_open()
        with self._guard:
            if text not in self._pending:
                if len(self._pending) >= _PENDING:
                    raise self._late()
                self._pending[text] = start_background(lambda: self._question(text))
            return self._pending[text]

    def _question(self, text: str) -> NDArray[np.float32]:
        try:
            vector = self._server.question(self._shorten(text))
            self._questions.put(text, vector)
            return vector
        finally:
            with self._guard:
                self._pending.pop(text, None)

    def _late(self) -> EncoderError:
        return EncoderError(f"The model server {self.model.place.host} has not answered yet.")
