"""Measure through the engine and the language server, as a user meets them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil

from semlens.engine.client.client import EngineClient
from semlens.protocol.engine import Attach, Index, Search
from semlens.settings import parse
from semlens.types import Hit, Report, Tier
from speed.language_client import LanguageClient

QUERIES = (
    "parse command line options",
    "retry a request after a timeout",
    "where are cookies stored",
    "convert a string to a date",
    "open a file and read it line by line",
    "read_config",
    "how is the cache invalidated",
    "def handle_error(self, error):",
    "compare two versions",
    "write JSON to a stream",
    "tests for the router",
    "HttpClient",
    "escape html special characters",
    "thread safe queue",
    "validate an email address",
    "log a warning once",
    "iterate over the nodes of a tree",
    "sort by key descending",
    "encode url parameters",
    "authentication middleware",
)
INSTANT = {"deepTier": "off"}

T = TypeVar("T")


def run(work: Callable[[EngineClient], Coroutine[Any, Any, T]], data_dir: Path) -> T:
    """Start an engine on `data_dir`, return what `work` returns for a client of it, and end the engine."""

    async def use() -> T:
        async with serving(data_dir) as client:
            return await work(client)

    return asyncio.run(use())


@asynccontextmanager
async def serving(data_dir: Path) -> AsyncIterator[EngineClient]:
    data_dir.mkdir(parents=True, exist_ok=True)
    client = await EngineClient.connect_or_start(data_dir, "speed")
    assert client.engine is not None
    engine = psutil.Process(client.engine.pid)
    try:
        yield client
    finally:
        await client.close()
        engine.terminate()
        await asyncio.to_thread(engine.wait, 30)


async def attach(client: EngineClient, root: Path, **settings: Any) -> None:
    await client.request(Attach(str(root), parse(settings or INSTANT)[0]))


async def index(client: EngineClient, root: Path, tier: Tier = Tier.INSTANT) -> Report:
    return await client.request(Index(str(root), tier=tier))


async def hits(client: EngineClient, query: str, root: Path) -> list[Hit]:
    return (await client.request(Search(query, folders=[str(root)], limit=10))).hits


async def first_hit(client: EngineClient, root: Path) -> tuple[float, float]:
    """Seconds from opening a new folder to its first hit, and to the end of indexing."""
    started = time.perf_counter()
    await attach(client, root)
    while not await hits(client, QUERIES[0], root):
        await asyncio.sleep(0.01)
    first = time.perf_counter() - started
    await index(client, root)
    return first, time.perf_counter() - started


def start_to_answer(data_dir: Path, root: Path) -> float:
    """Seconds from starting an engine to its first answer, on an existing index."""

    async def ask() -> float:
        started = time.perf_counter()
        async with serving(data_dir) as client:
            await attach(client, root)
            assert await hits(client, QUERIES[0], root)
            return time.perf_counter() - started

    return asyncio.run(ask())


async def saves(client: EngineClient, root: Path, count: int = 30) -> list[float]:
    """Seconds from each of `count` saves of real files to the first search that finds the new text."""
    files = [path for path in sorted(root.rglob("*.py")) if 1000 < path.stat().st_size < 30_000]
    times = []
    for number, file in enumerate(random.Random(0).choices(files, k=count)):
        word = f"quixotic{number:03d}zebra"
        original = file.read_text("utf-8", "replace")
        file.write_text(f"{original}\n\ndef {word}():\n    return {number}\n", "utf-8")
        started = time.perf_counter()
        while not any(word in hit.preview for hit in await hits(client, word, root)):
            await asyncio.sleep(0.005)
        times.append(time.perf_counter() - started)
    return times


async def switch(client: EngineClient, root: Path, count: int = 1000) -> tuple[float, int]:
    """Change `count` files and change them back, as switches of branches do.

    Returns the seconds that the index takes to follow the second change, and how many chunks were embedded.
    """
    files = [path for path in sorted(root.rglob("*")) if path.is_file()][:count]
    before = {file: file.read_bytes() for file in files}
    for file, content in before.items():
        file.write_bytes(content + b"\n\nanother branch says this and that\n")
    await index(client, root)
    for file, content in before.items():
        file.write_bytes(content)
    started = time.perf_counter()
    report = await index(client, root)
    return time.perf_counter() - started, report.embedded


def memory(pid: int) -> float:
    """MB of memory that a process shares with no other, so that a mapped table is not counted twice."""
    info = psutil.Process(pid).memory_full_info()
    return float(getattr(info, "uss", info.rss)) / 1e6


def hover_times(client: LanguageClient, file: Path, count: int) -> list[float]:
    """Seconds of each of `count` hovers over random definitions of `file`."""
    document = client.open(file)
    lines = file.read_text("utf-8", "replace").split("\n")
    places = [row for row, line in enumerate(lines) if line.lstrip().startswith(("def ", "class "))]
    chosen = random.Random(0).choices(places, k=count)
    return [
        client.timed(
            "textDocument/hover",
            {"textDocument": document, "position": {"line": row, "character": lines[row].find(" ") + 2}},
        )
        for row in chosen
    ]


def query_times(client: LanguageClient, rounds: int) -> list[float]:
    """Seconds of each search. Every round words the queries anew, so that no cache answers."""
    client.request("semlens/search", {"query": QUERIES[0]})
    return [
        client.timed("semlens/search", {"query": f"{query} {number}" if number else query})
        for number in range(rounds)
        for query in QUERIES
    ]
