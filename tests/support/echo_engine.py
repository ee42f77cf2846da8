"""`echo_engine.py DATA_DIR`: an engine with a service of a few lines, to test all that is around it."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import semlens
from semlens.engine.daemon import server as process
from semlens.engine.wire.connection import Connection
from semlens.errors import FolderError


class EchoService:
    """Answers, waits, counts, fails and hangs, as asked."""

    def __init__(self, data_dir: Path) -> None:
        self._log = data_dir / "echo.log"
        self._attached: set[str] = set()

    async def handle(self, method: str, params: dict[str, Any], connection: Connection) -> Any:
        return await getattr(self, f"_{method}")(params, connection)

    def connection_closed(self, connection: Connection) -> None:
        self._write(f"closed {connection.client.name}")

    async def close(self, unneeded: bool) -> None:
        self._write("close")
        if os.environ.get("SEMLENS_TEST_HANG_IN_CLOSE"):
            await asyncio.sleep(60)

    async def _echo(self, params: dict[str, Any], connection: Connection) -> Any:
        return {**params, "pid": os.getpid(), "attached": sorted(self._attached)}

    async def _attach(self, params: dict[str, Any], connection: Connection) -> Any:
        self._attached.add(params["folder"])
        connection.notify("status_changed", {"folder": params["folder"], "state": "ready"})
        return {}

    async def _detach(self, params: dict[str, Any], connection: Connection) -> Any:
        self._attached.discard(params["folder"])
        return {}

    async def _count(self, params: dict[str, Any], connection: Connection) -> Any:
        for done in range(1, params["total"] + 1):
            message = {"id": params["progress_id"], "stage": "count", "done": done, "total": params["total"]}
            await asyncio.to_thread(connection.notify, "progress", message)
        return params["total"]

    async def _wait(self, params: dict[str, Any], connection: Connection) -> Any:
        self._write("waiting")
        try:
            await asyncio.sleep(params.get("seconds", 60))
        except asyncio.CancelledError:
            self._write("cancelled")
            raise
        return {"pid": os.getpid()}

    async def _refuse(self, params: dict[str, Any], connection: Connection) -> Any:
        raise FolderError("The folder cannot be read.")

    async def _crash(self, params: dict[str, Any], connection: Connection) -> Any:
        os._exit(7)

    async def _fail(self, params: dict[str, Any], connection: Connection) -> Any:
        raise KeyError("secret detail")

    async def _spin(self, params: dict[str, Any], connection: Connection) -> Any:
        """Work without letting the event loop run."""
        end = time.monotonic() + params["seconds"]
        while time.monotonic() < end:
            pass
        return {"pid": os.getpid()}

    async def _hang_once(self, params: dict[str, Any], connection: Connection) -> Any:
        """Wait for ever without letting the event loop run, the first time that it is asked."""
        hung = self._log.with_name("hung")
        if not hung.exists():
            hung.touch()
            time.sleep(60)
        return {"pid": os.getpid()}

    async def _large(self, params: dict[str, Any], connection: Connection) -> Any:
        return "x" * params["size"]

    def _write(self, line: str) -> None:
        with self._log.open("a") as file:
            file.write(line + "\n")


if __name__ == "__main__":
    semlens.__version__ = os.environ.get("SEMLENS_TEST_VERSION", semlens.__version__)
    sys.exit(process.run(Path(sys.argv[1]), EchoService))
