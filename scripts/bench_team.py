"""Measure what a team's server saves, what it costs, and what its faults do. Prints Markdown.

    python scripts/bench_team.py REPOSITORY [--only users search hashes clients capture faults] [--hashes N]

A real `chroma run` stands behind a proxy with TLS and tokens, all on this machine; the users are real engines
with data folders of their own. Whatever is made lies in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from speed.machine import describe_machine
from support.team_server import team_server
from team import capture, clients, faults, hashes, search, users
from team.table import Bench

PARTS = {
    "users": users.two_users,
    "search": search.questions_at_the_server,
    "hashes": hashes.many_hashes,
    "clients": clients.many_clients,
    "capture": capture.what_is_sent,
    "faults": faults.each_fault,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a team's server.")
    parser.add_argument("repository", type=Path, help="the repository whose copies the users have")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--hashes", type=int, default=100_000, help="how many hashes to ask for")
    parser.add_argument("--clients", type=int, default=20, help="how many clients to run at once")
    options = parser.parse_args()
    print(describe_machine(("semlens", "chromadb", "httpx", "numpy")), flush=True)
    for name in options.only:
        with tempfile.TemporaryDirectory(prefix="semlens-team-") as folder:
            place = Path(folder)
            with team_server(place / "server") as server:
                bench = Bench(place, server, options.repository.resolve(), options.hashes, options.clients)
                asyncio.run(PARTS[name](bench))


if __name__ == "__main__":
    main()
