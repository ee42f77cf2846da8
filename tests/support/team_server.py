"""A team's server with its proxy, and what users of it need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.team.address import Access, Credentials, parse_address
from semlens.core.team.chroma_http import Limits
from semlens.core.team.link import TeamLink
from semlens.core.team.team import Model, Team
from semlens.core.util.content_hash import hash_text
from semlens.types import ContentHash, Fingerprint
from support.chroma_server import ChromaServer
from support.tls_proxy import Certificates, TlsProxy

TOKEN, SECRET = "swordfish-token", "swordfish-secret"

QUICK = Limits(connect_seconds=10.0, answer_seconds=10.0)


@dataclass
class TeamServer:
    """A Chroma server behind a proxy with TLS and a token."""

    chroma: ChromaServer
    proxy: TlsProxy
    users: list[User] = field(default_factory=list)

    @property
    def authority(self) -> Path:
        return self.proxy.certificates.authority

    def user(
        self,
        model: Fingerprint,
        access: Access = "readWrite",
        token: str = TOKEN,
        secret: str = SECRET,
        limits: Limits = QUICK,
        today: int = 20_000,
    ) -> User:
        """Another user of this server."""
        credentials = Credentials(token, secret, ca_file=str(self.authority))
        team = Team(parse_address(self.proxy.url), credentials, access, None, limits, lambda: today)
        self.users.append(User(team, model))
        return self.users[-1]

    def mend(self) -> None:
        """End all faults of the proxy."""
        self.proxy.fault, self.proxy.delay, self.proxy.hole = None, 0.0, False

    def clean(self) -> None:
        """End all faults, and all users."""
        self.mend()
        while self.users:
            self.users.pop().link.close()


@contextmanager
def team_server(folder: Path) -> Iterator[TeamServer]:
    """A server with nothing in it."""
    chroma = ChromaServer(folder / "chroma")
    proxy = TlsProxy(chroma.port, Certificates.make(folder), TOKEN)
    try:
        yield TeamServer(chroma, proxy)
    finally:
        proxy.close()
        chroma.stop()


class MemoryCache(dict[ContentHash, NDArray[np.float16]]):
    """A user's vectors of one model."""

    def missing(self, fingerprint: Fingerprint, hashes: Sequence[ContentHash]) -> list[ContentHash]:
        return [key for key in hashes if key not in self]

    def put(
        self, fingerprint: Fingerprint, hashes: Sequence[ContentHash], vectors: NDArray[np.float16]
    ) -> None:
        self.update(zip(hashes, vectors, strict=True))

    def get(  # type: ignore[override]
        self, fingerprint: Fingerprint, hashes: Sequence[ContentHash]
    ) -> dict[ContentHash, NDArray[np.float16]]:
        return {key: self[key] for key in hashes if key in self}


@dataclass
class User:
    """One member of a team, with a cache and a model of their own."""

    team: Team
    fingerprint: Fingerprint
    embedded: list[ContentHash] = field(default_factory=list)
    cache: MemoryCache = field(default_factory=MemoryCache)

    def __post_init__(self) -> None:
        self.link = TeamLink()
        self.link.use(self.team)
        self.model = Model(self.fingerprint, DIM, self.cache)

    def embed(self, contents: Sequence[ContentHash]) -> NDArray[np.float32]:
        self.embedded += contents
        return vectors_of(contents).astype(np.float32)

    def give(self, contents: Sequence[ContentHash]) -> bool:
        """Make vectors and give them; whether the server got all."""
        self.cache.put(self.fingerprint, contents, vectors_of(contents))
        self.link.offer(self.model, contents)
        return self.link.drain(30)

    def take(self, contents: Sequence[ContentHash], patience: float = 30) -> list[ContentHash]:
        """What came before this user went on without the server."""
        taking = self.link.take(self.model, contents, self.embed)
        if taking is None:
            return []
        try:
            return [content for some in taking.arrivals(patience) for content in some]
        finally:
            taking.stop()


DIM = 48


def contents_of(name: str, count: int) -> list[ContentHash]:
    return [hash_text(f"{name} {number}") for number in range(count)]


def vectors_of(contents: Sequence[ContentHash]) -> NDArray[np.float16]:
    """The one vector of each content, as float16 keeps it."""
    rows = []
    for content in contents:
        row = np.random.default_rng(int(content[:12], 16)).standard_normal(DIM)
        rows.append(row / np.linalg.norm(row))
    return np.array(rows, dtype=np.float16).reshape(len(rows), DIM)
