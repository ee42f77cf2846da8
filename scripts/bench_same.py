"""Compare two states of Semlens: are the chunks and the hits the same to the last bit?

    python scripts/bench_same.py BEFORE AFTER REPOSITORIES [--deep NAME ...] [--only NAME ...] [--queries N]

BEFORE and AFTER are checkouts with a `.venv` each. REPOSITORIES holds one folder for each repository. Each
state indexes each repository in a data folder of its own, and answers the same queries: names, prose, code,
and queries with filters, drawn from the chunks of BEFORE. Both states run through their command lines, so
that the compared code takes no part in the comparison. The transformer embeds the repositories of --deep too,
which takes minutes for each. Prints a row for each repository; the exit status is 1 if anything differs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from speed.machine import describe_machine

LIMIT = 50
"""How many hits of each query are compared."""

CHUNKS = (
    "SELECT path, start_line, chunk.language, symbol, ordinal, end_line, kind, chunk.content_hash, "
    "symbol_kind, container, symbol_start, symbol_end, defines, vector "
    "FROM chunk JOIN file ON file.id = file_id JOIN instant ON chunk_id = chunk.id ORDER BY path, ordinal"
)
SKIPPED = "SELECT path, reason, rule, rule_file, rule_line FROM skipped ORDER BY path"

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")
_NOT_COMPARED = ("elapsedMs",)

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class State:
    """A checkout with a data folder of its own."""

    name: str
    checkout: Path
    data_dir: Path

    def run(self, *arguments: str) -> str:
        """Run a command of this state, and return its output. Raises `SystemExit` if it fails."""
        python = self.checkout / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        environment = {**os.environ, "SEMLENS_DATA_DIR": str(self.data_dir), "SEMLENS_IDLE_MINUTES": "0.2"}
        done = subprocess.run(
            [str(python), "-I", "-m", "semlens", *arguments],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self.name}: semlens {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout

    def index(self, folder: Path, deep: bool) -> dict[str, Any]:
        """Index `folder`, with the deep tier if `deep`; returns the report."""
        tier = () if deep else ("--tier", "instant")
        report: dict[str, Any] = json.loads(self.run("index", str(folder), "--json", *tier))
        return report

    def rows(self, folder: Path, statement: str) -> Rows:
        """The rows that an SQL statement selects from the `index.db` of `folder`."""
        real = os.fsencode(os.path.realpath(folder))
        for root in self.data_dir.glob("workspaces/*/folder"):
            if root.read_bytes() == real:
                (database,) = root.parent.glob("*/index.db")
                with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
                    return connection.execute(statement).fetchall()
        raise SystemExit(f"{self.name}: no index of {folder}.")

    def hits(self, folder: Path, queries: Path, deep: bool) -> list[dict[str, Any]]:
        """The answer to each line of the file `queries`, without its times."""
        tiers = "lexical,instant,deep" if deep else "lexical,instant"
        found = self.run(
            *("search", "--queries", str(queries), "--json", "--limit", str(LIMIT)),
            *("--tiers", tiers, "--folder", str(folder)),
        )
        return [_compared(json.loads(line)) for line in found.splitlines()]


def _compared(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in _NOT_COMPARED}


def queries_from(folder: Path, chunks: Rows, count: int) -> Iterator[str]:
    """A query from each of `count` random chunks, of each kind in turn; equal chunks give equal queries."""
    chance = random.Random(count)
    named = [chunk[:4] for chunk in chunks if chunk[3]]
    for number, (packed, start, language, name) in enumerate(chance.sample(named, min(count, len(named)))):
        path = os.fsdecode(bytes(packed))
        prose = " ".join(part for part in _HUMP.split(name) if part).lower()
        lines = (
            (folder / path).read_text(encoding="utf-8", errors="replace").split("\n")[start - 1 : start + 2]
        )
        below = path.rpartition("/")[0]
        yield (
            name,
            f"how does it {prose}",
            " ".join(" ".join(lines).split()) or prose,
            f"lang:{language} {prose}",
            f"path:{below} {prose}" if below else f"-path:test {prose}",
            f"-is:test where is {name} set",
        )[number % 6]


def compare(before: State, after: State, folder: Path, count: int, deep: bool) -> tuple[list[str], bool]:
    """Compare one repository; returns the cells of its row, and whether everything is the same."""
    reports = [state.index(folder, deep) for state in (before, after)]
    chunks, skipped = ([state.rows(folder, of) for state in (before, after)] for of in (CHUNKS, SKIPPED))
    with tempfile.TemporaryDirectory() as scratch:
        asked = Path(scratch) / "queries.txt"
        asked.write_text("\n".join(queries_from(folder, chunks[0], count)), encoding="utf-8")
        answers = [state.hits(folder, asked, deep) for state in (before, after)]
    hits = sum(len(answer["hits"]) for answer in answers[0])
    wrong = [one["query"] for one, other in zip(*answers, strict=True) if one != other]
    cells = [
        folder.name,
        f"{reports[0]['files']:,}",
        f"{len(chunks[0]):,}",
        "same" if chunks[0] == chunks[1] else f"{_differing(*chunks)} differ",
        "same" if skipped[0] == skipped[1] else f"{_differing(*skipped)} differ",
        "all" if deep else "two",
        f"{len(answers[0])}",
        f"{hits:,}",
        "same" if not wrong else f"{len(wrong)} differ, first: {wrong[0]!r}",
    ]
    return cells, chunks[0] == chunks[1] and skipped[0] == skipped[1] and not wrong


def _differing(one: Rows, other: Rows) -> int:
    return len(set(map(repr, one)) ^ set(map(repr, other)))


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare two states of Semlens, to the last bit.")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("repositories", type=Path)
    parser.add_argument(
        "--deep", nargs="*", default=[], help="repositories to embed with the transformer too"
    )
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--queries", type=int, default=120, help="how many queries for each repository")
    arguments = parser.parse_args()
    folders = sorted(path for path in arguments.repositories.iterdir() if path.is_dir())
    if arguments.only:
        folders = [folder for folder in folders if folder.name in arguments.only]
    print(describe_machine())
    print("| repository | files | chunks | and vectors | left out | tiers | queries | hits | and scores |")
    print("|---|---:|---:|---|---|---|---:|---:|---|")
    right = True
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        states = [
            State(name, checkout.absolute(), Path(scratch) / name)
            for name, checkout in (("before", arguments.before), ("after", arguments.after))
        ]
        for folder in folders:
            cells, same = compare(
                states[0], states[1], folder, arguments.queries, folder.name in arguments.deep
            )
            right = right and same
            print(f"| {' | '.join(cells)} |", flush=True)
    print("Everything is the same." if right else "Something differs.")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
