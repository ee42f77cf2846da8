"""The engine for code without an event loop, or with one that is running already, as in a notebook."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir
from semlens.errors import EngineError
from semlens.protocol.notifications import FolderStatus, Message
from semlens.protocol.notifications import Progress as ProgressReport
from semlens.protocol.request import Answer, Request

log = logging.getLogger("semlens")

OnProgress = Callable[[str, int, int], object]
"""Called with what is counted (`files`, `chunks`), how many are done, and how many there are."""

_LOOK_SECONDS = 0.2
"""Ctrl+C is noticed as soon as this, on systems where a waiting thread does not wake up of it."""


class Connection:
    """A connection to the user's engine, which is started if none runs. `close` it at the end."""

    def __init__(self, data_dir: Path | None = None) -> None:
        """:param data_dir: where the engine keeps its data; None for the folder that the editor uses."""
        self._client = EngineClient(data_dir or default_data_dir(), "Python")
        self._client.on_notification = _log
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="semlens", daemon=True)
        self._thread.start()

    def ask(self, request: Request[Answer], progress: OnProgress | None = None) -> Answer:
        """The engine's answer. `progress` is called on this thread; what it raises cancels the request.

        :raises SemlensError: the engine's error, or that there is no engine
        """
        if self._loop.is_closed():
            raise EngineError("This index was closed: open it again.")
        reports: queue.SimpleQueue[ProgressReport | None] = queue.SimpleQueue()
        asked = self._client.request(request, reports.put if progress is not None else None)
        answer: Future[Answer] = asyncio.run_coroutine_threadsafe(asked, self._loop)
        answer.add_done_callback(lambda _: reports.put(None))
        try:
            while (report := _next(reports)) is not None:
                if progress is not None:
                    progress(report.stage, report.done, report.total)
            return answer.result()
        except BaseException:
            answer.cancel()
            raise

    def close(self) -> None:
        """Disconnect; a second call does nothing. The engine goes on, and ends once it has no client."""
        if not self._loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._client.close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


def _next(reports: queue.SimpleQueue[ProgressReport | None]) -> ProgressReport | None:
    while True:
        try:
            return reports.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            continue


def _log(notification: Message | FolderStatus) -> None:
    if isinstance(notification, Message):
        log.warning(notification.text)
