"""Each file and folder of the data folder lost, replaced, cut, unreadable or of the future.

It happens while no engine runs, and again under a running engine that nobody asks anything. Then each chunk
must be found, with the rows of an undisturbed index, and the next engine must find nothing to mend.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from faults.places import DATA, IMPOSSIBLE, OF_FOLDERS, PLACES, WAYS
from faults.table import Experiment, Table, middle_and_most
from faults.trial import acknowledged
from semlens.errors import SemlensError
from support.live import FAST_ENGINE, Client, Live, eventually, many_files, write
from support.oracle import IndexRows, from_scratch, rows
from support.privileges import without_privileges

FILES = 6
PATIENCE_SECONDS = 40.0
NOTICED_SECONDS = 3.0
"""A running engine that nobody asks looks at its files more often than this."""


@dataclass(slots=True)
class Outcome:
    """What came of one mishap."""

    whole: float = 0.0
    """Seconds until every chunk was found again."""
    embedded: int = 0
    """Texts that were embedded again."""
    engines: int = 0
    """Engines that were started meanwhile."""
    problems: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """What the user reads."""


class PlainUser(Live):
    """Engines that may read and write only what their user may, also where that is root."""

    def launch(self, data_dir: Path) -> int:
        command = [*without_privileges(), sys.executable, "-I", str(FAST_ENGINE), str(data_dir)]
        environment = {**os.environ, **self.environment}
        said = data_dir.parent / "stderr"
        with said.open("ab") as log:
            self.engines.append(
                subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            )
        return self.engines[-1].pid


async def mishaps(experiment: Experiment) -> Table:
    table = Table(
        f"Each of {len(PLACES)} files and folders of the data folder, in {len(WAYS)} ways",
        ["how", "when", "places", "not whole afterwards", "embedded again", "engines started again",
         "s to be whole, median / most"],
        notes=[f"A running engine was first asked after {NOTICED_SECONDS:.0f} s, which are not counted."],
    )  # fmt: skip
    root = write(experiment.folder / "workspace", many_files(FILES))
    undisturbed = await from_scratch(root, experiment.folder)
    for way in WAYS:
        for running in (False, True):
            outcomes = [
                outcome
                for number, place in enumerate(PLACES)
                if (
                    outcome := await _tried(
                        experiment, f"{way}-{number}-{running}", way, place, running, undisturbed
                    )
                )
            ]
            if outcomes:
                table.rows.append([way, "under an engine" if running else "at rest", *_summed(outcomes)])
    return table


async def _tried(
    experiment: Experiment, slug: str, way: str, place: str, running: bool, undisturbed: IndexRows
) -> Outcome | None:
    name = f"{way} {place} {'running' if running else 'at rest'}"
    if not re.search(experiment.match, name) or f"{way} {place}" in IMPOSSIBLE:
        return None
    folder = experiment.folder / slug.replace(" ", "-")
    folder.mkdir()
    outcome = await befall(folder, place, way, running, undisturbed)
    if outcome is not None:
        print(f"{'PROBLEM' if outcome.problems else 'ok'}: {name}: {outcome}", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _summed(outcomes: list[Outcome]) -> list[object]:
    return [
        len(outcomes),
        sum(bool(one.problems) for one in outcomes),
        sum(one.embedded for one in outcomes),
        sum(max(0, one.engines) for one in outcomes),
        middle_and_most([one.whole for one in outcomes]),
    ]


async def befall(folder: Path, place: str, way: str, running: bool, undisturbed: IndexRows) -> Outcome | None:
    """One mishap; None if it cannot happen to this place."""
    root, data_dir = write(folder / "workspace", many_files(FILES)), folder / DATA
    data_dir.mkdir()
    live, outcome = PlainUser(data_dir, {"SEMLENS_IDLE_MINUTES": "2"}), Outcome()
    try:
        async with live.client() as client:
            await client.attach(root)
            await client.ready(root)
            if not running:
                await client.engine.close()
                await live.stop()
            path = _path_of(data_dir, place, way)
            if path is None:
                return None
            texts, engines = len(live.embedded()), len(live.engines)
            WAYS[way](path)
            if running:
                await asyncio.sleep(NOTICED_SECONDS)
                await _heals(client, root, outcome)
        if not running:
            async with live.client() as client:
                await client.attach(root)
                await _heals(client, root, outcome)
        outcome.embedded = max(0, len(live.embedded()) - texts - 1)
        outcome.engines = len(live.engines) - engines - (not running)
        await _is_right(live, root, undisturbed, outcome)
    except Exception as error:
        outcome.problems.append(f"{type(error).__name__}: {error}")
    finally:
        live.kill_all()
    return outcome


def _path_of(data_dir: Path, place: str, way: str) -> Path | None:
    """The path of a place; also where nothing is, if the way puts something there."""
    parent, name = (data_dir / place).parent, Path(place).name
    found = [data_dir] if place == "." else sorted(data_dir.glob(place))
    if place.endswith("/"):
        found = [path for path in found if path.is_dir()]
    if not found and way == "swapped" and "*" not in name:
        parents = (
            sorted(data_dir.glob(parent.relative_to(data_dir).as_posix())) if parent != data_dir else [parent]
        )
        return parents[0] / name
    if not found or (found[0].is_dir() and way not in OF_FOLDERS):
        return None
    return found[0]


async def _heals(client: Client, root: Path, outcome: Outcome) -> None:
    since = time.monotonic()
    write(root, {"new.py": "def fresh_from_the_press():\n    return 1\n"})

    async def is_whole() -> bool:
        try:
            found = [await client.found(f"worker_{number}_2", root) for number in range(FILES)]
            fresh = await client.found("fresh_from_the_press", root)
            status = await client.status(root)
        except SemlensError as error:
            if str(error) not in outcome.told:
                outcome.told.append(str(error))
            return False
        if status.message and status.message not in outcome.told:
            outcome.told.append(status.message)
        coverage = status.coverage
        full = coverage.lexical == coverage.instant == coverage.deep == 1
        return full and status.state == "ready" and all(found) and fresh == ["new.py"]

    end = time.monotonic() + PATIENCE_SECONDS

    async def in_time() -> bool:
        return await is_whole() or time.monotonic() > end

    await eventually(in_time)
    outcome.whole = time.monotonic() - since
    if time.monotonic() > end:
        outcome.problems.append("not whole")


async def _is_right(live: Live, root: Path, undisturbed: IndexRows, outcome: Outcome) -> None:
    """The rows are those of an undisturbed index, and another engine finds nothing to mend."""
    (root / "new.py").unlink()
    data_dir = live.data_dir
    async with live.client() as client:
        await client.attach(root)

        async def is_gone() -> bool:
            return not await client.found("fresh_from_the_press", root)

        await eventually(is_gone)
        await client.ready(root)
    if live.engines[-1].poll() is None:
        await live.stop()
    lost = {str(row[4].hex()) for row in undisturbed} - acknowledged(data_dir)
    if lost:
        outcome.problems.append(f"{len(lost)} vectors are lost")
    differing = len(rows(data_dir) ^ undisturbed)
    if differing:
        outcome.problems.append(f"{differing} rows differ")
    texts = len(live.embedded())
    async with live.client() as client:
        await client.attach(root)
        await client.ready(root)
        again = len(live.embedded()) - texts
        if again > 0:
            outcome.problems.append(f"{again} texts embedded by the next engine")
    if not list(data_dir.glob("workspaces/*/folder")):
        outcome.problems.append("the workspace's name is lost")
