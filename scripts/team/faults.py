"""Each fault of a team's server: what the user is told, and how search and indexing are meanwhile."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from faults.disk import small_disk
from semlens.core.team.team import Team
from semlens.protocol.team import DrainTeam, JoinTeam, TeamAnswer, TeamStatus, UseTeam
from support.live import Client, Live, many_files, write
from support.team_server import SECRET, TOKEN, TeamServer, team_server
from support.tls_proxy import Answer, cut_off, status_fault
from team.table import Bench, show

FILES = 60
QUESTIONS = [f"handle case {number % 7} of module {number}" for number in range(0, 50, 5)]
ENCODE_SECONDS = "0.005"
"""A text: about what the transformer takes on a fast machine."""

Fault = Callable[[TeamServer], AbstractContextManager[None]]


async def each_fault(bench: Bench) -> None:
    """Search is whole, as fast and the same, whatever the server does."""
    files = many_files(FILES)
    fill = _Trial(bench, "filling", files)
    await fill.run(bench.server, _nothing)
    rows = [(await _Trial(bench, "alone", files).run(None, _nothing)).row("no team", None)]
    same = _Trial(bench, "well", files)
    rows.append((await same.run(bench.server, _nothing)).row("no fault", None))
    for number, (name, fault) in enumerate(FAULTS.items()):
        trial = await _Trial(bench, f"trial-{number}", files).run(bench.server, fault)
        rows.append(trial.row(name, same))
        print(rows[-1], flush=True)
    full = await _full_disk(bench, files)
    not_run: list[object] = ["its disk full", *["not run"] * 7]
    rows.append(not_run if full is None else full.row("its disk full", same))
    heads = (
        "fault", "index", "coverage", "a question meanwhile", "answers as without", "taken", "made", "told",
    )  # fmt: skip
    show(f"Faults, with {same.chunks:,} chunks and a model that takes {ENCODE_SECONDS} s a text", heads, rows)


class _Trial:
    """A new user, who indexes and searches during a fault."""

    def __init__(self, bench: Bench, name: str, files: dict[str, str]) -> None:
        self._bench = bench
        self._live = Live(
            bench.place / f"data-{name}",
            {"SEMLENS_IDLE_MINUTES": "1", "SEMLENS_TEST_ENCODE_SECONDS": ENCODE_SECONDS},
        )
        self._live.data_dir.mkdir()
        self._folder = write(bench.place / f"clone-{name}", files)
        self.chunks = 0
        self.told = TeamAnswer()

    async def run(self, server: TeamServer | None, fault: Fault) -> _Trial:
        try:
            async with self._live.client() as client:
                if server is not None:
                    await client.engine.request(UseTeam(token=TOKEN, secret=SECRET))
                    await client.engine.request(JoinTeam(server.proxy.url, ca_file=str(server.authority)))
                with nullcontext() if server is None else fault(server):
                    await self._measure(client)
                if server is not None:
                    server.mend()
        finally:
            self._live.kill_all()
        return self

    async def _measure(self, client: Client) -> None:
        began = time.perf_counter()
        indexing = asyncio.create_task(client.index(self._folder))
        during: list[float] = []
        while not indexing.done():
            asked = time.perf_counter()
            await client.search(QUESTIONS[len(during) % len(QUESTIONS)], self._folder)
            during.append(time.perf_counter() - asked)
            await asyncio.sleep(0.05)
        self.chunks = (await indexing).chunks
        self.seconds = time.perf_counter() - began
        self.question = statistics.median(during) * 1000
        self.hits = []
        for question in QUESTIONS:
            answer = await client.search(question, self._folder, wait=True)
            self.hits.append([(hit.path, hit.start_line, round(hit.score, 6)) for hit in answer.hits])
            self.deep = answer.coverage.deep
        await client.engine.request(DrainTeam(2))
        self.told = await client.engine.request(TeamStatus())

    def row(self, name: str, same: _Trial | None) -> list[object]:
        equal = ""
        if same is not None:
            right = sum(mine == theirs for mine, theirs in zip(self.hits, same.hits, strict=True))
            equal = f"{right} of {len(self.hits)}"
        return [
            name,
            f"{self.seconds:.1f} s",
            f"{self.deep:.0%}",
            f"{self.question:.0f} ms",
            equal,
            f"{self.told.taken:,}",
            f"{self.told.made:,}",
            self.told.message or "",
        ]


@contextmanager
def _nothing(server: TeamServer) -> Iterator[None]:
    yield


def _set(**values: Any) -> Fault:
    @contextmanager
    def fault(server: TeamServer) -> Iterator[None]:
        for name, value in values.items():
            setattr(server.proxy, name, value)
        yield

    return fault


@contextmanager
def _refused(server: TeamServer) -> Iterator[None]:
    server.proxy.refuse()
    yield
    server.proxy.listen()


@contextmanager
def _expired(server: TeamServer) -> Iterator[None]:
    server.proxy.refuse()
    server.proxy.listen(expired=True)
    yield
    server.proxy.refuse()
    server.proxy.listen()


@contextmanager
def _wrong_token(server: TeamServer) -> Iterator[None]:
    right, server.proxy.token = server.proxy.token, "another"
    yield
    server.proxy.token = right


@contextmanager
def _emptied(server: TeamServer) -> Iterator[None]:
    """After the first answer with vectors every collection is deleted."""
    from semlens.core.team.address import Credentials, parse_address

    team = Team(parse_address(f"http://127.0.0.1:{server.proxy.upstream}"), Credentials(), "readWrite", None)

    def empty(path: str, body: bytes, answer: Answer) -> Answer:
        if path.endswith("/get") and b"embeddings" in body:
            server.proxy.fault = None
            for known in team._http.get("/collections"):
                team._http.delete(f"/collections/{known['name']}")
        return answer

    server.proxy.fault = empty
    yield


def _changed(change: Callable[[dict[str, Any]], None]) -> Fault:
    def fault(path: str, body: bytes, answer: Answer) -> Answer:
        found = json.loads(answer[1])
        if isinstance(found, dict):
            change(found)
        return answer[0], json.dumps(found).encode()

    return _set(fault=fault)


def _other_fingerprint(found: dict[str, Any]) -> None:
    if isinstance(found.get("metadata"), dict):
        found["metadata"]["model"] = "0" * 32


def _other_model(found: dict[str, Any]) -> None:
    for row in found.get("embeddings") or ():
        row.append(row.pop(0))


def _nan(found: dict[str, Any]) -> None:
    for row in found.get("embeddings") or ():
        row[0] = float("nan")


FAULTS: dict[str, Fault] = {
    "refused": _refused,
    "401": _wrong_token,
    "403": _set(fault=status_fault(403)),
    "413": _set(fault=status_fault(413)),
    "429": _set(fault=status_fault(429)),
    "500": _set(fault=status_fault(500)),
    "slow by 30 s": _set(delay=30.0),
    "black hole": _set(hole=True),
    "cut in mid-answer": _set(fault=cut_off),
    "an expired certificate": _expired,
    "a wrong fingerprint": _changed(_other_fingerprint),
    "vectors of another model": _changed(_other_model),
    "NaN": _changed(_nan),
    "emptied in the middle": _emptied,
}


async def _full_disk(bench: Bench, files: dict[str, str]) -> _Trial | None:
    """A server whose disk has room for its tables and for little more; None if no such disk can be made."""
    with small_disk(bench.place / "disk", 8_000) as disk:
        if disk is None:
            return None
        with team_server(disk) as server:
            _fill(disk / "filler", 300_000)
            return await _Trial(bench, "full", files).run(server, _nothing)


def _fill(path: Path, leave: int) -> None:
    """Fill the disk of `path` but for some bytes."""
    with path.open("wb", buffering=0) as file:
        with suppress(OSError):
            while file.write(bytes(4096)):
                pass
        file.truncate(max(0, file.tell() - leave))
