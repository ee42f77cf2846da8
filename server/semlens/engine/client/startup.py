"""Find the user's engine or start it: many clients at once get one engine.

no owner                     → one client holds the start lock and starts an engine, the others wait
owner answers, same build    → use it
owner answers, older build   → ask it to end, then as above: the newest build wins, so that two
                               windows with different versions do not end each other's engine for ever
owner is silent              → killed once it is stuck, then as above
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from filelock import Timeout

from semlens.engine.client.channel import Channel, ConnectionLost, answered_or_ended
from semlens.engine.client.engine_process import EngineProcess
from semlens.engine.wire import endpoint
from semlens.engine.wire.handshake import RPC_VERSION, ClientInfo, greet_engine
from semlens.engine.wire.messages import BUFFER_LIMIT, ProtocolError
from semlens.errors import EngineError, StorageError, raise_shortage, says_shortage
from semlens.private_files import make_room
from semlens.process import spawn as processes
from semlens.protocol.engine import Shutdown

CONNECT_SECONDS = 15.0
"""Give up after so long. A start takes a fraction of a second, but the machine may be very busy."""

CLOSING_SECONDS = 2.0
"""An owner that has stopped listening and still holds the data after so long is stuck."""

STOPPED_CHECK_SECONDS = 0.5
"""After so long without a listener, ask the operating system about the owner."""

STARTS = 5
"""After so many engines that ended at once, the start has failed."""

START_LOCK_SECONDS = 5.0
"""A client that starts an engine for longer than this is taken to be suspended; the others then try, not all
at once."""

STARTING_IDLE_SECONDS = 5.0
"""A starting process may wait so long for its files to be read, or scanned for viruses."""

_POLL_SECONDS = 0.02
_STDERR_BYTES = 1_000_000
_PROBE_BYTES = 100_000
_LAST_WORDS = 2_000
"""Characters of a crashed engine's stderr in which its reason is looked for."""
_LAST_SECONDS = 60.0
"""Older words are of another engine."""

Launch = Callable[[Path], int]
"""Starts an engine on a data folder and returns its process id; blocking, raises OSError."""


async def connect(data_dir: Path, name: str, launch: Launch) -> Channel:
    """A connection to a working engine of this build or a newer one; raises EngineError."""
    data_dir = endpoint.usable(data_dir)
    try:
        return await _Startup(data_dir, ClientInfo(name, os.getpid()), launch).connect()
    except OSError as error:
        raise_shortage(error)
        remedy = " The folder and all in it must belong to you." if isinstance(error, PermissionError) else ""
        raise EngineError(
            f"The Semlens engine cannot be started: {error.strerror or error} ({data_dir}).{remedy}"
        ) from error


def launch_engine(data_dir: Path) -> int:
    """Start this package's engine, detached; `Launch`."""
    try:
        errors = _stderr_log(data_dir)
        return processes.start_detached("semlens.engine", str(data_dir), data_dir=data_dir, log=errors)
    except subprocess.CalledProcessError as error:
        said = (error.stderr or b"").decode("utf-8", "replace").strip().splitlines()
        raise OSError(f"the launcher failed: {said[-1] if said else 'it said nothing'}") from error
    except (subprocess.SubprocessError, ValueError) as error:
        raise OSError(f"the launcher failed ({type(error).__name__})") from error


def last_shortage(data_dir: Path) -> str | None:
    """The sentence for a shortage that the last words of a crashed engine speak of, if they do."""
    path = endpoint.stderr_log(data_dir)
    with suppress(OSError):
        if time.time() - path.stat().st_mtime < _LAST_SECONDS:
            return says_shortage(path.read_text("utf-8", "replace")[-_LAST_WORDS:])
    return None


def _stderr_log(data_dir: Path) -> Path:
    """The file for the engine's stderr: emptied if it is long, and nowhere if it cannot be written."""
    path = endpoint.stderr_log(data_dir)
    try:
        make_room(path)
        if path.exists() and (path.stat().st_size > _STDERR_BYTES or not os.access(path, os.W_OK)):
            path.unlink()
        path.open("ab").close()
    except (OSError, StorageError):
        return Path(os.devnull)
    return path


def _no_start(data_dir: Path) -> EngineError:
    """The error for a failed start, with its reason if the disk is the reason."""
    try:
        with tempfile.TemporaryFile(dir=data_dir) as probe:
            probe.write(bytes(_PROBE_BYTES))
    except OSError as error:
        return EngineError(
            f"The Semlens engine did not start, because {data_dir} cannot be written ({error.strerror}); "
            "free some space or make it writable."
        )
    short = last_shortage(data_dir)
    if short is not None:
        return EngineError(f"The Semlens engine did not start. {short}")
    return EngineError(
        f"The Semlens engine did not start; run semlens doctor, or see {endpoint.log_file(data_dir)}."
    )


class _Startup:
    """One attempt of a client to reach an engine."""

    def __init__(self, data_dir: Path, client: ClientInfo, launch: Launch) -> None:
        self._data_dir = data_dir
        self._client = client
        self._launch = launch
        self._refused_since: tuple[str, float] | None = None
        self._owned = time.monotonic()
        self._deadline = self._owned + CONNECT_SECONDS
        self._patience = START_LOCK_SECONDS * random.uniform(1, 2)
        self._starts = 0

    async def connect(self) -> Channel:
        while time.monotonic() < self._deadline:
            if not endpoint.is_owned(self._data_dir):
                await self._start()
            else:
                self._owned = time.monotonic()
                channel = await self._reach()
                if channel is not None and await self._is_current(channel):
                    return channel
            await asyncio.sleep(_POLL_SECONDS)
        raise _no_start(self._data_dir)

    async def _start(self) -> None:
        """Start an engine and wait until it listens, unless another client is doing that."""
        lock = endpoint.start_lock(self._data_dir)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            # The holder may be suspended. Two engines at once do no harm: one owns the data, the other ends.
            if time.monotonic() - self._owned < self._patience:
                return
        try:
            if not endpoint.is_owned(self._data_dir):
                await self._start_one()
        finally:
            lock.release()

    async def _start_one(self) -> None:
        if self._starts == STARTS:
            raise _no_start(self._data_dir)
        self._starts += 1
        before = endpoint.read(self._data_dir)
        process = EngineProcess(await asyncio.to_thread(self._launch, self._data_dir))
        stuck = asyncio.ensure_future(process.until_stuck(STARTING_IDLE_SECONDS))
        try:
            while not stuck.done():
                found = endpoint.read(self._data_dir)
                if found is not None and found.port and found != before:
                    self._starts = 0
                    return
                await asyncio.sleep(_POLL_SECONDS)
            process.kill()
        finally:
            stuck.cancel()

    async def _reach(self) -> Channel | None:
        """A connection to the owner, or None if it does not listen yet, any more, or was stuck and killed."""
        found = endpoint.read(self._data_dir)
        if found is None:
            return None
        try:
            reader, writer = await asyncio.open_connection(endpoint.HOST, found.port, limit=16 * BUFFER_LIMIT)
        except OSError:
            self._kill_if_stuck_ending(found)
            return None
        greeting = greet_engine(reader, writer, found.token, self._client)
        try:
            engine = await answered_or_ended(greeting, EngineProcess.of(found, self._data_dir))
        except (ProtocolError, EngineError, OSError):
            writer.close()
            return None
        except asyncio.CancelledError:
            writer.close()
            raise
        return Channel(reader, writer, engine, lambda: EngineProcess.of(found, self._data_dir))

    async def _is_current(self, channel: Channel) -> bool:
        """Whether to use this engine; an older one is asked to end, and its connection closed."""
        if not channel.engine.build < endpoint.this_build():
            if channel.engine.rpc == RPC_VERSION:
                return True
            await channel.close()
            raise EngineError("A newer Semlens is running; reload this window to use it.")
        channel.start(lambda *_: None, lambda: None)
        with suppress(ConnectionLost):
            await channel.request(Shutdown())
        await channel.close()
        return False

    def _kill_if_stuck_ending(self, found: endpoint.Endpoint) -> None:
        now = time.monotonic()
        if self._refused_since is None or self._refused_since[0] != found.token:
            self._refused_since = (found.token, now)
            return
        refused = now - self._refused_since[1]
        owner = EngineProcess.of(found, self._data_dir) if refused > STOPPED_CHECK_SECONDS else None
        if owner is not None and (owner.stopped or refused > CLOSING_SECONDS):
            owner.kill()
