"""Measure what questions wait for while a folder changes its model: none may fail or wait longer.

    python scripts/bench_switch.py FOLDER --work DIR --to MODEL [--first MODEL] [--second]
        [--rate N] [--before MINUTES] [--minutes MINUTES]

The folder is indexed with the first model, every tier. Then `--rate` questions a minute are asked at fixed
moments, whether the one before has its answer or not, and each wait counts from its moment. The baseline is
such questions in the same run, before the switch. The switch need not end: at the end it is taken back.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from semlens import __version__
from semlens.engine.client.client import EngineClient
from semlens.errors import SemlensError
from semlens.protocol.engine import Configure, Search, Status
from semlens.protocol.models import ListModels
from semlens.settings import DEFAULT_MODEL, parse
from semlens.types import Tier
from speed import served
from speed.machine import describe_machine

TOPICS = ("quickly", "in tests", "for users", "twice", "by default", "on exit", "for a name", "at start")
"""Behind a question, so that its vector is none that is remembered."""


@dataclass(slots=True)
class Waits:
    """How long the answers of one phase took."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    empty: int = 0


def questions() -> Iterator[str]:
    """Questions without end; none comes twice in a thousand."""
    for number in itertools.count():
        yield f"{served.QUERIES[number % len(served.QUERIES)]} {TOPICS[number % len(TOPICS)]} {number}"


async def ask(client: EngineClient, root: Path, question: str, due: float, waits: Waits) -> None:
    try:
        answer = await client.request(Search(question, folders=[str(root)]))
    except SemlensError as error:
        waits.failures.append(str(error))
        return
    waits.seconds.append(time.monotonic() - due)
    waits.empty += not answer.hits


async def phase(client: EngineClient, root: Path, asked: Iterator[str], rate: float, minutes: float) -> Waits:
    """Ask at fixed moments for some minutes."""
    waits = Waits()
    began = time.monotonic()
    tasks = []
    for number in range(int(rate * minutes)):
        due = began + number * 60 / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        tasks.append(asyncio.create_task(ask(client, root, next(asked), due, waits)))
    await asyncio.gather(*tasks)
    return waits


def row(name: str, waits: Waits) -> str:
    cells = [str(len(waits.seconds)), str(len(waits.failures)), str(waits.empty)]
    times = np.array(waits.seconds) * 1000
    cells += [f"{np.percentile(times, share):.0f}" for share in (50, 95, 99)] + [f"{times.max():.0f}"]
    return f"| {name} | {' | '.join(cells)} |"


async def measure(client: EngineClient, arguments: Any) -> None:
    root = arguments.folder.resolve()
    first = {"model": arguments.first}
    new = {**first, "secondModel": arguments.to} if arguments.second else {"model": arguments.to}
    await served.attach(client, root, **first)
    report = await served.index(client, root, Tier.DEEP)
    print(f"{report.files:,} files, {report.chunks:,} chunks; {arguments.first} is full")
    asked = questions()
    await phase(client, root, asked, arguments.rate, 0.25)  # models load
    before = await phase(client, root, asked, arguments.rate, arguments.before)
    await client.request(Configure(str(root), parse(new)[0]))
    during = await phase(client, root, asked, arguments.rate, arguments.minutes)
    (status,) = (await client.request(Status())).folders
    models = (await client.request(ListModels())).models
    await client.request(Configure(str(root), parse(first)[0]))
    back = await phase(client, root, asked, arguments.rate, 0.5)
    print(
        "\n| phase | answers | failed | without hits | median ms | 95 % | 99 % | most |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    print(row("before", before))
    print(row(f"while {Path(arguments.to).name} reads", during))
    print(row("after going back", back))
    print(f"\nafter {arguments.minutes:g} minutes: {status.message}")
    for model in models:
        for one in model.folders:
            if model.tier == "deep":
                words = " in words" if model.in_words else ""
                print(f"  {model.name}{words}: {one.embedded:.1%} of {one.texts:,} texts")
    for failure in _distinct([*before.failures, *during.failures, *back.failures]):
        print(f"  failed: {failure}")


def _distinct(sentences: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(sentences))


def main() -> None:
    arguments = _arguments()
    print(f"Semlens {__version__}, {describe_machine()}")
    served.run(lambda client: measure(client, arguments), arguments.work)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--work", type=Path, required=True, help="a data folder of its own, kept for the next run"
    )
    parser.add_argument("--first", default=DEFAULT_MODEL, help="the model that answers")
    parser.add_argument("--to", required=True, help="the model that is switched to")
    parser.add_argument("--second", action="store_true", help="use it as the second model instead")
    parser.add_argument("--rate", type=float, default=200, help="questions a minute")
    parser.add_argument("--before", type=float, default=2, help="minutes of questions before the switch")
    parser.add_argument("--minutes", type=float, default=5, help="minutes of questions after it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
