"""A real engine with a fast deep tier, and what tests ask of it through its clients."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import is_owned, read
from semlens.protocol.engine import (
    Attach,
    Configure,
    Index,
    Search,
    SearchAnswer,
    Status,
    Touch,
    Why,
    WhyAnswer,
)
from semlens.protocol.notifications import FolderStatus, Message, Progress
from semlens.settings import parse
from semlens.types import RelativePath, Report, Tier
from support.forked import Program, start

FAST_ENGINE = Path(__file__).with_name("fast_engine.py")


PATIENCE = 60.0
"""Seconds: what has not happened by then hangs, on any machine."""


@dataclass
class Live:
    """Starts engines on one data folder, one after the other."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    engines: list[Program] = field(default_factory=list)

    def launch(self, data_dir: Path) -> int:
        environment = {**os.environ, **self.environment}
        with (data_dir / "stderr").open("ab") as log:
            self.engines.append(start("fast_engine", str(data_dir), environment=environment, stderr=log))
        return self.engines[-1].pid

    def start(self) -> None:
        """Launch an engine and wait until it owns the data: programs that connect find it."""
        self.launch(self.data_dir)
        started = time.monotonic()
        while not is_owned(self.data_dir):
            assert time.monotonic() - started < PATIENCE
            time.sleep(0.01)

    def client(self, name: str = "test") -> Client:
        return Client(self, EngineClient(self.data_dir, name, self.launch))

    def kill(self) -> None:
        """End the engine as the system does when memory is short."""
        self.engines[-1].kill()
        self.engines[-1].wait()

    def kill_all(self) -> None:
        for engine in self.engines:
            engine.kill()
            engine.wait()

    async def stop(self) -> None:
        """End the engine cleanly."""
        engine = self.engines[-1]  # a client may start the next one meanwhile
        engine.terminate()
        while engine.poll() is None:
            await asyncio.sleep(0.01)

    @property
    def said(self) -> str:
        return (self.data_dir / "logs" / "engine.log").read_text(encoding="utf-8")

    def embedded(self) -> list[str]:
        """The content hash of every text that the deep tier was asked to embed, ever."""
        log = self.data_dir / "embedded.log"
        return log.read_text().split() if log.exists() else []

    @property
    def pid(self) -> int:
        endpoint = read(self.data_dir)
        assert endpoint is not None
        return endpoint.pid


class Client:
    """A client of the engine, with the questions that tests ask."""

    def __init__(self, live: Live, engine: EngineClient) -> None:
        self.live = live
        self.engine = engine
        self.notified: list[Message | FolderStatus] = []
        engine.on_notification = self.notified.append

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.close()

    @property
    def messages(self) -> list[str]:
        """The sentences that the engine had for the user."""
        return [one.text for one in self.notified if isinstance(one, Message)]

    @property
    def statuses(self) -> list[FolderStatus]:
        """The statuses that the engine sent by itself."""
        return [one for one in self.notified if isinstance(one, FolderStatus)]

    async def attach(self, folder: Path, **settings: Any) -> FolderStatus:
        return await self.engine.request(Attach(str(folder), parse(settings)[0]))

    async def configure(self, folder: Path, **settings: Any) -> FolderStatus:
        return await self.engine.request(Configure(str(folder), parse(settings)[0]))

    async def index(
        self,
        folder: Path,
        full: bool = False,
        tier: str = "deep",
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Report:
        return await self.engine.request(Index(str(folder), full, Tier(tier)), on_progress)

    async def why(self, folder: Path, path: str) -> WhyAnswer:
        return await self.engine.request(Why(str(folder), RelativePath(path)))

    async def touch(self, folder: Path, *paths: str) -> None:
        await self.engine.request(Touch(str(folder), list(map(RelativePath, paths))))

    async def search(self, query: str, *folders: Path, **options: Any) -> SearchAnswer:
        where = [str(folder) for folder in folders] or None
        return await self.engine.request(Search(query, folders=where, **options))

    async def found(self, query: str, *folders: Path, **options: Any) -> list[str]:
        """The paths of the hits that hold every word of the query, as the files are now."""
        hits = (await self.search(query, *folders, limit=100, **options)).hits
        words = query.lower().split()
        return [hit.path for hit in hits if all(word in hit.preview.lower() for word in words)]

    async def status(self, folder: Path) -> FolderStatus:
        folders = (await self.engine.request(Status())).folders
        return next(one for one in folders if one.folder == os.path.realpath(folder))

    async def ready(self, folder: Path, deep: bool = True, seconds: float = PATIENCE) -> FolderStatus:
        """The folder's status once every tier is full, or all but the deep one, within so many seconds."""
        wanted = ("lexical", "instant", "deep") if deep else ("lexical", "instant")
        status = FolderStatus(str(folder), "empty")

        async def is_ready() -> bool:
            nonlocal status
            status = await self.status(folder)
            tiers = (getattr(status.coverage, tier) for tier in wanted)
            return status.state in ("ready", "empty") and all(share == 1 for share in tiers)

        await eventually(is_ready, lambda: status, seconds)
        return status


async def eventually(
    true: Callable[[], Awaitable[bool]],
    says: Callable[[], object] = lambda: None,
    seconds: float = PATIENCE,
) -> None:
    """Wait until `true`, at most so many seconds."""
    started = time.monotonic()
    while not await true():
        assert time.monotonic() - started < seconds, says()
        await asyncio.sleep(0.02)


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, given by relative path and content, below `root`; returns `root`."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def many_files(count: int, start: int = 0) -> dict[str, str]:
    """Files of a few functions each, no two alike."""
    return {
        f"pkg{number % 10}/module_{number:04}.py": "\n\n".join(
            f'def worker_{number}_{part}(value):\n    """Handle case {part} of module {number}."""\n'
            + "".join(f"    step_{line} = value * {number} + {line}\n" for line in range(12))
            + f"    return step_{part}\n"
            for part in range(4)
        )
        for number in range(start, start + count)
    }
