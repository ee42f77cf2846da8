"""Call the server for agents many times through the SDK's own client, and say what came of it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil
import tiktoken
from bpe_openai import get_encoding
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client

CLIENTS = 20
"""Clients at once."""

MIN_FILL = 0.85

WORDS = (
    "open close read write parse error retry cache index file path request response session token user test "
    "config list map sort search query build run start stop send receive encode decode format print log"
).split()
STRANGE_TEXTS = ["", " ", "..", "../../etc/passwd", "/", "\0", "x" * 20_000, "漢字 😀 \u202e", "path:", "**"]
STRANGE: list[Any] = [*STRANGE_TEXTS, None, True, -1, 0, 10**12, 2**63, 10**30, 1.5, [], {}, [1], {"a": 1}]


class Calls:
    """Counts what became of calls."""

    def __init__(self) -> None:
        packaged = get_encoding("o200k_base")
        self._reference = tiktoken.Encoding(
            "o200k_base",
            pat_str=packaged._pat_str,
            mergeable_ranks=packaged._mergeable_ranks,
            special_tokens={},
        )
        self.counts: Counter[str] = Counter()
        self.fills: list[float] = []
        self.seconds: list[float] = []

    def count(self, text: str) -> int:
        return len(self._reference.encode_ordinary(text))

    async def call(self, client: ClientSession, tool: str, arguments: dict[str, Any]) -> None:
        started = time.perf_counter()
        result = await client.call_tool(tool, arguments)
        self.seconds.append(time.perf_counter() - started)
        text = result.content[0].text
        self.counts["sentences" if result.is_error else "answers"] += 1
        self.counts["unexpected"] += result.is_error and ("unexpected" in text or "Traceback" in text)
        budget = arguments.get("max_tokens")
        if not result.is_error and isinstance(budget, int):
            self._check(text, result.structured_content, min(budget, 20_000), arguments)

    def _check(self, text: str, structured: Any, budget: int, arguments: dict[str, Any]) -> None:
        compact = json.dumps(structured, ensure_ascii=False, separators=(",", ":"))
        larger = max(self.count(text), self.count(compact))
        self.counts["with a budget"] += 1
        self.counts["over the budget"] += larger > budget
        limited = structured["shown"] >= arguments.get("limit", 50)
        if structured["found"] > structured["shown"] and not limited:
            self.fills.append(larger / budget)


async def run(folder: Path, calls: int) -> int:
    """Print what became of `calls` budgets, half as many hostile calls, and many clients; 1 for a failure."""
    done, hostile = Calls(), Calls()
    chosen = random.Random(1)
    async with AsyncExitStack() as stack:
        client = await _client(stack, folder)
        await client.call_tool("index_status", {})
        tools = (await client.list_tools()).tools
        for _ in range(calls):
            await done.call(client, *_budgeted(chosen))
        for _ in range(calls // 2):
            tool = chosen.choice(tools)
            await hostile.call(client, tool.name, _hostile(chosen, tool.input_schema))
        memory = await _many(stack, folder, done)
    fills = sorted(done.fills)
    low = sum(fill < MIN_FILL for fill in fills)
    print(f"random budgets: {dict(done.counts)}; seconds at the middle {_middle(done.seconds):.3f}")
    print(f"more to show: {len(fills)}, least {fills[0]:.3f}, middle {_middle(fills):.3f}, below 0.85: {low}")
    print(f"hostile: {dict(hostile.counts)}")
    print(f"{CLIENTS} clients at once, MB each: {memory}")
    return int(
        bool(done.counts["over the budget"] or done.counts["unexpected"] or hostile.counts["unexpected"])
    )


async def _client(stack: AsyncExitStack, folder: Path) -> ClientSession:
    command = StdioServerParameters(
        command=sys.executable, args=["-I", "-m", "semlens", "mcp", str(folder)], env=dict(os.environ)
    )
    read, write = await stack.enter_async_context(stdio_client(command))
    client = await stack.enter_async_context(ClientSession(read, write))
    await client.initialize()
    return client


async def _many(stack: AsyncExitStack, folder: Path, done: Calls) -> str:
    """Let many clients ask at once; the memory of each."""
    clients = [await _client(stack, folder) for _ in range(CLIENTS)]
    asked = [done.call(one, "search_code", {"query": "read a file", "max_tokens": 1000}) for one in clients]
    await asyncio.gather(*asked)
    servers = [child for child in psutil.Process().children() if "mcp" in child.cmdline()]
    infos = [child.memory_full_info() for child in servers]
    own, resident = _middle([one.uss / 1e6 for one in infos]), _middle([one.rss / 1e6 for one in infos])
    return f"{own:.1f} its own, {resident:.1f} resident"


def _budgeted(chosen: random.Random) -> tuple[str, dict[str, Any]]:
    tool = chosen.choice(["search_code", "search_code", "read_context"])
    words = " ".join(chosen.choices(WORDS, k=chosen.randint(1, 6)))
    arguments: dict[str, Any] = {
        "query": words,
        "max_tokens": int(10 ** chosen.uniform(2.2, 4.3)),
        "repeat": True,
    }
    if tool == "search_code":
        arguments |= {"limit": chosen.choice([10, 20, 50])}
    return tool, arguments


def _hostile(chosen: random.Random, schema: Any) -> dict[str, Any]:
    names = [name for name in schema["properties"] if name in schema["required"] or chosen.random() < 0.5]
    values = {name: chosen.choice([*STRANGE, "read a file", "src", ["src"], 5]) for name in names}
    return {**values, **({"unknown": 1} if chosen.random() < 0.1 else {})}


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
