"""A hundred thousand hashes asked: nobody has them, or the server has them with their vectors."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from semlens.core.team.address import Credentials, parse_address
from semlens.core.team.chroma_http import Limits
from semlens.core.team.collection import BATCH
from semlens.core.team.team import Model, Team
from semlens.core.util.content_hash import hash_text
from semlens.types import ContentHash, Fingerprint
from support import team_server
from support.team_server import MemoryCache, User
from team.table import Bench, show

DIM = 384
MODEL = Fingerprint("bench")
NO_PROXY = "taken from Chroma itself"
"""The proxy is written in Python, and shares the client's interpreter: what it costs is no client's."""
HEADS = (
    "", "time", "processor, client and proxy", "processor, Chroma", "vectors", "requests per million",
    "sent per million", "received per million", "problem",
)  # fmt: skip


async def many_hashes(bench: Bench) -> None:
    """How long, how many bytes and how many requests."""
    team_server.DIM = DIM
    code = [hash_text(f"chunk {number}") for number in range(bench.hashes)]
    others = [hash_text(f"another chunk {number}") for number in range(bench.hashes)]
    truth = _unit_vectors(bench.hashes)
    work: list[tuple[str, Callable[[User], int]]] = [
        ("given", lambda user: _give(user, code, truth)),
        ("asked, and nobody has them", lambda user: len(user.take(others))),
        ("asked, and they are there", lambda user: _asked(user, code)),
        ("taken with their vectors", lambda user: len(user.take(code))),
        (NO_PROXY, lambda user: len(user.take(code))),
    ]
    known = dict(zip(code, truth, strict=True))
    users = [_Knowing(_team(bench, name == NO_PROXY), MODEL, [], MemoryCache(), known) for name, _ in work]
    rows = [_measured(bench, name, user, do) for user, (name, do) in zip(users, work, strict=True)]
    show(f"{bench.hashes:,} hashes of {DIM} dimensions", HEADS, rows)
    files = (bench.place / "server" / "chroma").rglob("*")
    stored = sum(path.stat().st_size for path in files if path.is_file())
    memory = psutil.Process(bench.server.chroma.process.pid).memory_info().rss
    print(f"The server's folder has {stored / 1e6:,.0f} MB, its process {memory / 1e6:,.0f} MB.", flush=True)


def _measured(bench: Bench, name: str, user: User, do: Callable[[User], int]) -> list[object]:
    proxy, million = bench.server.proxy, 1_000_000 / bench.hashes
    proxy.capture = True
    proxy.received.clear()
    sent, requests, own, server = proxy.sent, len(proxy.requests), time.process_time(), _server_seconds(bench)
    began = time.perf_counter()
    done = do(user)
    seconds = time.perf_counter() - began
    proxy.capture = False
    return [
        name,
        f"{seconds:.1f} s",
        f"{time.process_time() - own:.1f} s",
        f"{_server_seconds(bench) - server:.1f} s",
        f"{done:,}",
        f"{(len(proxy.requests) - requests) * million:,.0f}",
        f"{len(proxy.received) * million / 1e9:.2f} GB",
        f"{(proxy.sent - sent) * million / 1e9:.2f} GB",
        user.team.problem or "",
    ]


class _Knowing(User):
    """A user who knows what vectors should be, so that no model is needed."""

    def __init__(self, *values: Any) -> None:
        *others, self._truth = values
        super().__init__(*others)
        self.model = Model(MODEL, DIM, self.cache)

    def embed(self, contents: Any) -> NDArray[np.float32]:
        return np.stack([self._truth[key] for key in contents]).astype(np.float32)


def _team(bench: Bench, direct: bool) -> Team:
    """A team at the proxy, or at Chroma itself."""
    url = f"http://127.0.0.1:{bench.server.chroma.port}" if direct else bench.server.proxy.url
    credentials = Credentials(team_server.TOKEN, team_server.SECRET, ca_file=str(bench.server.authority))
    return Team(parse_address(url), credentials, "readWrite", None, Limits())


def _unit_vectors(count: int) -> NDArray[np.float16]:
    rows = np.random.default_rng(1).standard_normal((count, DIM)).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


def _give(user: User, code: list[ContentHash], truth: NDArray[np.float16]) -> int:
    user.cache.put(user.fingerprint, code, truth)
    user.link.offer(user.model, code)
    user.link.drain(3600)
    return user.team.counts.tally.given


def _asked(user: User, code: list[ContentHash]) -> int:
    """What is done before vectors are given: which of them does the server have?"""
    parts = [code[start : start + BATCH] for start in range(0, len(code), BATCH)]
    return sum(len(part) for part in parts if user.team.give(user.model, part) == 0)


def _server_seconds(bench: Bench) -> float:
    times = psutil.Process(bench.server.chroma.process.pid).cpu_times()
    return float(times.user + times.system)
