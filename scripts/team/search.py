"""Questions to the server's index, beside a local deep tier and beside none; and during its faults."""

from __future__ import annotations

import ast
import random
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from semlens.engine.client.client import EngineClient
from semlens.protocol.engine import Attach, Index, Search
from semlens.protocol.team import DrainTeam, JoinTeam, LeaveTeam, SearchTeam, TeamStatus, UseTeam
from semlens.settings import parse
from semlens.types import Tier
from support.team_server import SECRET, TOKEN
from team.faults import FAULTS
from team.table import Bench, show

QUESTIONS = 150
"""More than answers are remembered, so that each is asked of the server."""

FIRST = 10

_FAULTS = (
    "refused", "401", "403", "429", "500", "slow by 30 s", "black hole", "an expired certificate",
    "a wrong fingerprint",
)  # fmt: skip
"""Those that concern a question."""

Place = tuple[str, int]
HEADS = (
    "", "first ten as local", "same ten in the same order", "p50", "p95", "better hits to come",
    "sent a question", "received a question",
)  # fmt: skip


@dataclass(frozen=True)
class _Round:
    """All questions once."""

    hits: Sequence[Sequence[Place]]
    seconds: list[float]
    partial: int
    sent: int
    received: int

    def row(self, name: str, local: _Round) -> list[object]:
        pairs = list(zip(self.hits, local.hits, strict=True))
        share = statistics.fmean(len({*mine} & {*theirs}) / max(1, len(theirs)) for mine, theirs in pairs)
        seconds = sorted(self.seconds)
        count = len(seconds)
        return [
            name,
            f"{share:.1%}",
            f"{sum(mine == theirs for mine, theirs in pairs) / count:.1%}",
            f"{statistics.median(seconds) * 1000:.0f} ms",
            f"{seconds[int(0.95 * count)] * 1000:.0f} ms",
            f"{self.partial / count:.0%}",
            f"{self.sent / count:,.0f} B",
            f"{self.received / count:,.0f} B",
        ]


async def questions_at_the_server(bench: Bench) -> None:
    """How far the first ten are those of a local deep tier, and what a question costs."""
    folder = bench.clone("clone-filler")
    questions = _questions(folder)
    proxy = bench.server.proxy
    async with EngineClient(bench.place / "data-filler", "bench") as filler:
        await _join(filler, bench, folder, gives=True)
        report = await filler.request(Index(str(folder)))
        given = await filler.request(DrainTeam())
        local = await _ask(filler, folder, questions, bench)
    clone = bench.clone("clone-asker")
    async with EngineClient(bench.place / "data-asker", "bench") as asker:
        await asker.request(Attach(str(clone), parse({"deepTier": "off"})[0]))
        await asker.request(Index(str(clone), tier=Tier.INSTANT))
        none = await _ask(asker, clone, questions, bench)
        await _join(asker, bench, clone, gives=False)
        rows = [local.row("local deep tier", local), none.row("no deep tier", local)]
        for delay in (0.0, 0.02, 0.2):
            proxy.delay = delay
            name = f"server, {delay * 1000:.0f} ms away"
            rows.append((await _ask(asker, clone, questions, bench)).row(name, local))
        rows.append(
            (await _ask(asker, clone, questions, bench, again=True)).row("the same, asked again", local)
        )
        proxy.delay = 0.0
        said = await asker.request(TeamStatus(probe=True))
        faults = [none.row("no team", none)]
        for name in _FAULTS:
            with FAULTS[name](bench.server):
                await asker.request(LeaveTeam())
                await _join(asker, bench, clone, gives=False)
                row = (await _ask(asker, clone, questions, bench)).row(name, none)
                faults.append([*row, (await asker.request(TeamStatus())).message or ""])
            bench.server.mend()
    show(
        f"{len(questions)} questions about {bench.repository.name}, {report.chunks:,} pieces, "
        f"{given.indexed:,} of them at the server; covered {said.searched[0].covered:.1%}",
        HEADS,
        rows,
    )
    heads = tuple(one.replace("as local", "as without a team") for one in HEADS)
    show("The same questions while the server has a fault, from the first one on", (*heads, "told"), faults)


async def _join(client: EngineClient, bench: Bench, folder: Path, gives: bool) -> None:
    await client.request(UseTeam(token=TOKEN, secret=SECRET))
    await client.request(JoinTeam(bench.server.proxy.url, ca_file=str(bench.server.authority)))
    await client.request(SearchTeam(str(folder), on=True, gives=gives, repository="bench"))


async def _ask(
    client: EngineClient, folder: Path, questions: Sequence[str], bench: Bench, again: bool = False
) -> _Round:
    """All questions as an editor asks them; `again` as it asks once more for what was late."""
    proxy = bench.server.proxy
    where = [str(folder)]
    await client.request(Search("warm up", folders=where, wait=True))
    proxy.capture = True
    proxy.received.clear()
    sent = proxy.sent
    hits, seconds, partial = [], [], 0
    for question in questions:
        if again:
            await client.request(Search(question, folders=where, limit=FIRST))
        began = time.perf_counter()
        patience = 15.0 if again else 0.0
        answer = await client.request(Search(question, folders=where, limit=FIRST, wait_seconds=patience))
        seconds.append(time.perf_counter() - began)
        partial += answer.partial
        hits.append([(hit.path, hit.start_line) for hit in answer.hits])
    proxy.capture = False
    return _Round(hits, seconds, partial, len(proxy.received), proxy.sent - sent)


def _questions(folder: Path) -> list[str]:
    """The first sentences of docstrings, and lines of prose from the documents, by chance."""
    found = set()
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8", "replace"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add((ast.get_docstring(node) or "").split("\n")[0].strip(" ."))
    for path in sorted(folder.rglob("*.md")):
        found.update(re.findall(r"^([A-Z][a-z ]{30,90})\b", path.read_text("utf-8", "replace"), re.MULTILINE))
    plain = sorted(one for one in found if 4 <= len(one.split()) <= 16)
    return random.Random(1).sample(plain, min(QUESTIONS, len(plain)))
