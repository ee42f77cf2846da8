"""A hundred thousand hashes asked: nobody has them, or the server has them with their vectors."""

from __future__ import annotations

import time

import numpy as np

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


async def many_hashes(bench: Bench) -> None:
    """How long, how many bytes and how many requests."""
    team_server.DIM = DIM
    proxy, count = bench.server.proxy, bench.hashes
    code = [hash_text(f"chunk {number}") for number in range(count)]
    others = [hash_text(f"another chunk {number}") for number in range(count)]
    truth = _unit_vectors(count)
    rows = []

    def measured(name: str, user: User, done: object, began: float) -> None:
        sent = proxy.sent - before[0]
        requests = len(proxy.requests) - before[1]
        up = len(proxy.received) - before[2]
        million = 1_000_000 / count
        rows.append(
            [name, f"{time.perf_counter() - began:.1f} s", done, f"{requests * million:,.0f}",
             f"{up * million / 1e9:.2f} GB", f"{sent * million / 1e9:.2f} GB", user.team.problem or ""]
        )  # fmt: skip

    for name, url in (
        ("through TLS and the proxy", proxy.url),
        ("Chroma itself", f"http://127.0.0.1:{proxy.upstream}"),
    ):
        model = Fingerprint(f"bench {name}")
        users = [_user(bench, url, model, dict(zip(code, truth, strict=True))) for _ in range(3)]
        for title, user, work in (
            ("given", users[1], lambda user: _give(user, code, truth)),
            ("asked, and nobody has them", users[0], lambda user: len(user.take(others))),
            ("asked, and they are there", users[2], lambda user: _asked(user, code)),
            ("taken with their vectors", users[2], lambda user: len(user.take(code))),
        ):
            proxy.capture = True
            proxy.received.clear()
            before = proxy.sent, len(proxy.requests), len(proxy.received)
            began = time.perf_counter()
            measured(f"{title}, {name}", user, f"{work(user):,}", began)
            proxy.capture = False
    heads = (
        "asked",
        "time",
        "vectors",
        "requests per million",
        "sent per million",
        "received per million",
        "",
    )
    show(f"{count:,} hashes of {DIM} dimensions", heads, rows)
    stored = sum(
        path.stat().st_size for path in (bench.place / "server" / "chroma").rglob("*") if path.is_file()
    )
    print(f"The server's folder: {stored / 1e6:,.0f} MB for {2 * count:,} vectors.", flush=True)


def _unit_vectors(count: int) -> np.ndarray:
    rows = np.random.default_rng(1).standard_normal((count, DIM)).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


def _give(user: User, code: list[ContentHash], truth: np.ndarray) -> int:
    user.cache.put(user.fingerprint, code, truth)
    user.link.offer(user.model, code)
    user.link.drain(3600)
    return user.team.counts.tally.given


def _asked(user: User, code: list[ContentHash]) -> int:
    """What is done before vectors are given: which of them does the server have?"""
    return sum(
        user.team.give(user.model, code[start : start + BATCH]) == 0 for start in range(0, len(code), BATCH)
    )


class _Reader(User):
    """A user who knows what vectors should be, so that no model is needed."""

    truth: dict[ContentHash, np.ndarray]

    def embed(self, contents):  # type: ignore[no-untyped-def]
        return np.stack([self.truth[key] for key in contents]).astype(np.float32)


def _user(bench: Bench, url: str, model: Fingerprint, truth: dict[ContentHash, np.ndarray]) -> User:
    credentials = Credentials(team_server.TOKEN, team_server.SECRET, ca_file=str(bench.server.authority))
    user = _Reader(
        Team(parse_address(url), credentials, "readWrite", None, Limits()), model, [], MemoryCache()
    )
    user.model = Model(model, DIM, user.cache)
    user.truth = truth
    return user
