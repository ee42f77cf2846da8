"""Twenty clients at once, each a process of its own."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from team.table import Bench, show

CONTENTS = 2_000

_CLIENT = """
import json, sys, time
sys.path[:0] = json.loads(sys.argv[1])
from pathlib import Path
from semlens.core.team.address import Credentials, parse_address
from semlens.core.team.team import Team
from semlens.types import Fingerprint
from support.team_server import SECRET, TOKEN, User, contents_of
url, authority, begin, count, gives = sys.argv[2:]
team = Team(parse_address(url), Credentials(TOKEN, SECRET, ca_file=authority), "readWrite")
user = User(team, Fingerprint("bench"))
code = contents_of("bench", int(count))
while time.time() < float(begin):
    time.sleep(0.01)
began = time.perf_counter()
if gives == "1":
    user.give(code)
    done = user.team.counts.tally.given
else:
    done = len(user.take(code))
print(json.dumps([done, time.perf_counter() - began, user.team.problem]))
"""


async def many_clients(bench: Bench) -> None:
    """Nobody fails, and nobody waits for long."""
    [[given, seconds, _]] = await _run(bench, 1, gives=True)
    rows = [["1 gives", f"{given:,}", f"{seconds:.1f} s", f"{seconds:.1f} s", 0]]
    for count in (1, bench.clients):
        ended = await _run(bench, count, gives=False)
        times = [seconds for _, seconds, _ in ended]
        failed = sum(problem is not None or done < CONTENTS for done, _, problem in ended)
        taken = sum(done for done, _, _ in ended)
        rows.append(
            [
                f"{count} at once take",
                f"{taken:,}",
                f"{statistics.median(times):.1f} s",
                f"{max(times):.1f} s",
                failed,
            ]
        )
    show(
        f"Clients of {CONTENTS:,} vectors each",
        ("clients", "vectors", "median", "slowest", "failed"),
        rows,
    )


async def _run(bench: Bench, count: int, gives: bool) -> list[list[Any]]:
    paths = json.dumps([str(Path(__file__).parents[2] / "tests")])
    begin = time.time() + 1 + count
    arguments = [
        paths, bench.server.proxy.url, str(bench.server.authority), str(begin), str(CONTENTS), str(int(gives))
    ]  # fmt: skip
    running = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", _CLIENT, *arguments, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(count)
    ]
    said = await asyncio.gather(*(one.communicate() for one in running))
    return [json.loads(out) for out, _ in said]
