"""`echo_engine.py DATA_DIR`: an engine with a service of a few lines, to test all that is around it."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from attrs import field, frozen

import semlens
from semlens.engine.daemon import server as process
from semlens.engine.wire.connection import Connection
from semlens.errors import FolderError
from semlens.protocol.engine import Attach, Detach, Ping, Shutdown
from semlens.protocol.notifications import FolderStatus, Progress
from semlens.protocol.request import LongRequest, Request


@frozen
class Echoed:
    pid: int
    text: str = ""
    attached: list[str] = field(factory=list)


@frozen
class Echo(Request[Echoed]):
    """Say the text, the engine's process and what is attached."""

    method: ClassVar[str] = "echo"
    text: str = ""


@frozen
class Count(LongRequest[int]):
    """Count with progress."""

    method: ClassVar[str] = "count"
    total: int


@frozen
class Wait(Request[Echoed]):
    method: ClassVar[str] = "wait"
    seconds: float = 60


@frozen
class Refuse(Request[None]):
    """Fail with a sentence."""

    method: ClassVar[str] = "refuse"


@frozen
class Crash(Request[None]):
    """End the engine at once."""

    method: ClassVar[str] = "crash"


@frozen
class Spin(Request[Echoed]):
    """Work without letting the event loop run."""

    method: ClassVar[str] = "spin"
    seconds: float


@frozen
class HangOnce(Request[Echoed]):
    """Wait for ever without letting the event loop run, the first time that it is asked."""

    method: ClassVar[str] = "hang_once"


KINDS = (Attach, Detach, Ping, Shutdown, Echo, Count, Wait, Refuse, Crash, Spin, HangOnce)
REQUESTS = {kind.method: kind for kind in KINDS}


class EchoService:
    """Answers, waits, counts, fails and hangs, as asked."""

    busy = False

    def __init__(self, data_dir: Path) -> None:
        self._log = data_dir / "echo.log"
        self._attached: set[str] = set()

    async def handle(self, request: Request[Any], connection: Connection) -> object:
        handler: Callable[..., Any] = getattr(self, f"_{request.method}")
        return await handler(request, connection)

    def connection_closed(self, connection: Connection) -> None:
        self._write(f"closed {connection.client.name}")

    async def close(self, unneeded: bool) -> None:
        self._write("close")
        if os.environ.get("SEMLENS_TEST_HANG_IN_CLOSE"):
            await asyncio.sleep(60)

    async def _echo(self, request: Echo, connection: Connection) -> Echoed:
        return Echoed(os.getpid(), request.text, sorted(self._attached))

    async def _attach(self, request: Attach, connection: Connection) -> FolderStatus:
        self._attached.add(request.folder)
        connection.notify(FolderStatus(request.folder, "ready"))
        return FolderStatus(request.folder, "indexing")

    async def _detach(self, request: Detach, connection: Connection) -> None:
        self._attached.discard(request.folder)

    async def _count(self, request: Count, connection: Connection) -> int:
        assert request.progress_id is not None
        for done in range(1, request.total + 1):
            reached = Progress(request.progress_id, "count", done, request.total)
            await asyncio.to_thread(connection.notify, reached)
        return request.total

    async def _wait(self, request: Wait, connection: Connection) -> Echoed:
        self._write("waiting")
        try:
            await asyncio.sleep(request.seconds)
        except asyncio.CancelledError:
            self._write("cancelled")
            raise
        return Echoed(os.getpid())

    async def _refuse(self, request: Refuse, connection: Connection) -> None:
        raise FolderError("The folder cannot be read.")

    async def _crash(self, request: Crash, connection: Connection) -> None:
        os._exit(7)

    async def _spin(self, request: Spin, connection: Connection) -> Echoed:
        end = time.monotonic() + request.seconds
        while time.monotonic() < end:
            pass
        return Echoed(os.getpid())

    async def _hang_once(self, request: HangOnce, connection: Connection) -> Echoed:
        hung = self._log.with_name("hung")
        if not hung.exists():
            hung.touch()
            time.sleep(60)
        return Echoed(os.getpid())

    def _write(self, line: str) -> None:
        with self._log.open("a") as file:
            file.write(line + "\n")


if __name__ == "__main__":
    process.RPC_VERSION = int(os.environ.get("SEMLENS_TEST_RPC", process.RPC_VERSION))
    semlens.__version__ = os.environ.get("SEMLENS_TEST_VERSION", semlens.__version__)
    sys.exit(process.run(Path(sys.argv[1]), EchoService, REQUESTS))
