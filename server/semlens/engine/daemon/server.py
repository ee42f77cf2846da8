"""The engine's process: owns the data folder, listens, serves clients, and ends when no client needs it.

It listens before it loads a heavy library, so that a client connects within a fraction of a second; requests
wait for the service. It is gone `CLOSE_SECONDS` after it was told to end, even if something hangs: a client
may wait for a newer engine, and the index survives a kill.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout

import semlens
from semlens import settings
from semlens.engine.daemon.logs import bound_stderr, log_to
from semlens.engine.daemon.ownership import CHECK_SECONDS, Ownership, OwnershipLost
from semlens.engine.wire import endpoint
from semlens.engine.wire.connection import Connection
from semlens.engine.wire.handshake import RPC_VERSION, ClientInfo, EngineInfo, greet_client
from semlens.engine.wire.messages import BUFFER_LIMIT, ProtocolError, Reader, Writer
from semlens.errors import EngineError
from semlens.process.limits import allow_open_files
from semlens.protocol.agents import ENGINE_REQUESTS
from semlens.protocol.engine import Attach, Configure, Ping, Shutdown
from semlens.protocol.request import Request, Requests

log = logging.getLogger(__name__)

CLOSE_SECONDS = 1.5
"""The most time for closing; then the process ends regardless."""

DISCONNECT_SECONDS = 0.1
"""The time for cancelled requests to unwind before the service is closed."""

LOCK_SECONDS = 10.0
"""How long a starting engine waits for the one before it to end."""

_STRANGERS = 32
"""Connections that have not proven themselves yet."""


class Service(Protocol):
    """The part of the engine that answers requests."""

    async def handle(self, request: Request[Any], connection: Connection) -> object:
        """The answer to a request. Raises `SemlensError`. Cancelling the awaiting task cancels it."""

    @property
    def busy(self) -> bool:
        """Whether there is work to do that needs no client."""

    def connection_closed(self, connection: Connection) -> None:
        """A client has left."""

    async def close(self, unneeded: bool) -> None:
        """Close everything; `unneeded` tells that no client is left."""


LoadService = Callable[[Path], Service]


def run(data_dir: Path, load_service: LoadService, requests: Requests = ENGINE_REQUESTS) -> int:
    """Own `data_dir`, serve `requests` until told to end or idle, then exit the process.

    Returns 1 if another engine owns `data_dir`, and else never.
    """
    os.umask(0o077)
    allow_open_files()
    data_dir = endpoint.prepare(data_dir)
    os.chdir(data_dir)
    log_to(endpoint.log_file(data_dir))
    endpoint.this_build()
    lock = endpoint.owner_lock(data_dir)
    if not _own(lock, data_dir):
        log.info("another engine owns %s; this one ends", data_dir)
        return 1
    status = 1
    try:
        endpoint.publish(data_dir, port=0)  # so that an engine that gets stuck from here on can be ended
        asyncio.run(Engine(data_dir, load_service, requests).run(Ownership(data_dir, lock)))
        status = 0
    except Exception:
        log.exception("the engine failed")
    logging.shutdown()
    # Threads of native libraries may still be writing: the lock is freed by the process's death and not
    # before, and joining them takes as long as they like.
    os._exit(status)


def _own(lock: FileLock, data_dir: Path) -> bool:
    """Wait for the engine before this one to end; False if another one was quicker."""
    began, end = time.time(), time.monotonic() + LOCK_SECONDS
    while time.monotonic() < end:
        try:
            lock.acquire(timeout=0.2, poll_interval=0.01)
            return True
        except Timeout:
            owner = endpoint.read(data_dir)
            if owner is not None and owner.started > began:
                return False
    return False


class Engine:
    """Listens, knows who is connected, and decides when to end."""

    def __init__(
        self, data_dir: Path, load_service: LoadService, requests: Requests = ENGINE_REQUESTS
    ) -> None:
        self._data_dir = data_dir
        self._load_service = load_service
        self._requests = requests
        self._loading: asyncio.Task[Service] | None = None
        self._connections: set[Connection] = set()
        self._strangers = 0
        self._ending = asyncio.Event()
        self._unneeded = False
        self._idle_minutes = _fixed_idle_minutes() or settings.Settings().idle_minutes
        self._idle_timer: asyncio.TimerHandle | None = None
        self._info = EngineInfo(os.getpid(), semlens.__version__, endpoint.this_build(), RPC_VERSION)
        self._token = ""

    async def run(self, ownership: Ownership) -> None:
        """Serve until `end` is called, or until another engine owns the data."""
        server = await asyncio.start_server(self._accept, endpoint.HOST, 0, limit=BUFFER_LIMIT)
        port = server.sockets[0].getsockname()[1]
        self._token = endpoint.publish(self._data_dir, port).token
        self._end_on_signals()
        self._wait_for_clients()
        log.info("engine %s listens on port %d", semlens.__version__, port)
        self._load()
        guard = asyncio.create_task(self._guard(ownership, port))
        await self._ending.wait()
        guard.cancel()
        _end_regardless(CLOSE_SECONDS)
        server.close()
        await self._close()
        log.info("engine ended")

    async def _guard(self, ownership: Ownership, port: int) -> None:
        """Keep the files by which clients find this engine. Without the data, end and write nothing."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                token = await asyncio.to_thread(ownership.keep, port)
                self._token = token or self._token
            except OwnershipLost as error:
                log.warning("ending at once: %s", error)
                logging.shutdown()
                os._exit(1)
            except OSError as error:
                log.warning("the engine's own files cannot be checked: %s", error)
            bound_stderr(endpoint.stderr_log(self._data_dir))

    def end(self, reason: str, unneeded: bool = False) -> None:
        """Stop serving; clients ask the next engine again if this one did not answer."""
        log.info("ending: %s", reason)
        self._unneeded = unneeded
        self._ending.set()

    async def _close(self) -> None:
        for connection in self._connections:
            connection.close()
        end = time.monotonic() + DISCONNECT_SECONDS
        while self._connections and time.monotonic() < end:
            await asyncio.sleep(0.005)
        service = self._loaded
        if service is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(service.close(self._unneeded), CLOSE_SECONDS - 2 * DISCONNECT_SECONDS)

    async def _accept(self, reader: Reader, writer: Writer) -> None:
        client = await self._greet(reader, writer)
        if client is None or self._ending.is_set():
            writer.close()
            return
        connection = Connection(reader, writer, client, self._handle, self._requests)
        self._connections.add(connection)
        self._stop_waiting()
        log.info("%s connected", connection)
        try:
            await connection.serve()
        finally:
            self._connections.discard(connection)
            log.info("%s left", connection)
            if self._loaded is not None:
                self._loaded.connection_closed(connection)
            self._wait_for_clients()

    async def _greet(self, reader: Reader, writer: Writer) -> ClientInfo | None:
        """The client, or None if it did not prove itself."""
        if self._strangers >= _STRANGERS:
            return None
        self._strangers += 1
        try:
            return await greet_client(reader, writer, self._token, self._info)
        except (ProtocolError, OSError, asyncio.TimeoutError) as error:
            log.info("a connection was refused: %s", error or type(error).__name__)
            return None
        finally:
            self._strangers -= 1

    async def _handle(self, request: Request[Any], connection: Connection) -> object:
        if isinstance(request, Ping):
            return None
        if isinstance(request, Shutdown):
            self.end(f"asked by {connection}")
            return None
        if isinstance(request, Attach | Configure) and request.settings and not _fixed_idle_minutes():
            self._idle_minutes = request.settings.idle_minutes
        loading = self._load() if self._loading is None or _failed(self._loading) else self._loading
        # Shielded: cancelling the request must not cancel the loading.
        service = await asyncio.shield(loading)
        return await service.handle(request, connection)

    @property
    def _loaded(self) -> Service | None:
        task = self._loading
        return task.result() if task is not None and task.done() and not _failed(task) else None

    def _load(self) -> asyncio.Task[Service]:
        """Load the service ahead of the first request; after a failure the next request tries again."""

        async def load() -> Service:
            try:
                return await asyncio.to_thread(self._load_service, self._data_dir)
            except OSError as error:
                raise EngineError(f"The engine cannot open {self._data_dir}: {error}.") from error

        self._loading = asyncio.create_task(load())
        self._loading.add_done_callback(_failed)
        return self._loading

    def _wait_for_clients(self) -> None:
        self._stop_waiting()
        if not self._connections and not self._ending.is_set():
            loop = asyncio.get_running_loop()
            self._idle_timer = loop.call_later(self._idle_minutes * 60, self._end_idle)

    def _end_idle(self) -> None:
        """End for want of clients, or wait again while there is work that needs none."""
        if self._loaded is not None and self._loaded.busy:
            self._wait_for_clients()
        else:
            self.end("no client", True)

    def _stop_waiting(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None

    def _end_on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        if sys.platform == "win32":
            end = functools.partial(loop.call_soon_threadsafe, self.end, "asked by the system")
            signal.signal(signal.SIGBREAK, lambda *_: end())
        else:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.add_signal_handler(number, self.end, f"asked by {number.name}")


def _failed(task: asyncio.Task[Service]) -> bool:
    """Whether it ended without a service; asking marks its error as seen."""
    return task.done() and (task.cancelled() or task.exception() is not None)


def _fixed_idle_minutes() -> float:
    """`SEMLENS_IDLE_MINUTES` overrides every client's setting; 0 if it is not set or no number."""
    with contextlib.suppress(ValueError):
        return float(os.environ.get("SEMLENS_IDLE_MINUTES", 0))
    return 0.0


def _end_regardless(seconds: float) -> None:
    """End the process even if something hangs while closing."""
    timer = threading.Timer(seconds, os._exit, args=(1,))
    timer.daemon = True
    timer.start()
