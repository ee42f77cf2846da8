"""The engine killed at random moments while files change under it.

After each kill another engine is started and ended cleanly, and all that it leaves on the disk is compared
with the files. The deep tier embeds by hashing, slowly, so that kills fall into its work: a text is then
known by its vector, and the encoder's own deaths are not what is measured here.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections import Counter

from faults.table import Experiment, Table, middle_and_most
from faults.trial import Harm, Trial, acknowledged, slow_encoder
from support.live import Live

FRESH_EVERY = 4
"""Kills after which everything is indexed from nothing again."""
LONGEST_WAIT = 12.0
SHORT_WAIT = 1.5
"""Seconds until a kill, where everything is indexed, and where some changes are."""
QUERY_EVERY = 10
"""Kills after which every text is looked for by its vector; the others compare what is there."""


async def kills(experiment: Experiment) -> Table:
    slow_encoder(0.002)
    trial = Trial(experiment.folder, experiment.repository, experiment.chance)
    harm, moments = Harm(), Counter[str]()
    for number in range(experiment.times):
        fresh = number % FRESH_EVERY == 0
        if fresh:
            shutil.rmtree(trial.data_dir, ignore_errors=True)
        trial.change_files()
        with trial.engine() as live:
            moments[await _work_until_killed(trial, live, fresh)] += 1
            kept, texts = acknowledged(trial.data_dir), live.embedded()
        await trial.recover(harm, kept, len(texts), whole=number % QUERY_EVERY == QUERY_EVERY - 1)
        print(f"kill {number + 1} of {experiment.times}: {harm}", file=sys.stderr)
    table = Table(
        f"SIGKILL of the engine at random moments, {experiment.repository.name}",
        ["times", "when", "processes that died", "files lost, double or wrong", "texts not found",
         "embedded again", "s to an answer, median / most", "s to be whole, median / most"],
        notes=[f"{len(trial.expected())} files, {trial.chunks} chunks."],
    )  # fmt: skip
    when = ", ".join(f"{count} {moment}" for moment, count in moments.most_common())
    table.rows.append([experiment.times, when, *counted(harm)])
    return table


def counted(harm: Harm) -> list[object]:
    figures = [harm.died, harm.wrong_files, harm.not_found, harm.embedded_again]
    return [*figures, middle_and_most(harm.answered), middle_and_most(harm.ready)]


async def _work_until_killed(trial: Trial, live: Live, fresh: bool) -> str:
    """What the engine was at when it was killed."""
    async with live.client() as client:
        await client.attach(trial.root)
        await asyncio.sleep(trial.chance.uniform(0, LONGEST_WAIT if fresh else SHORT_WAIT))
        status = await client.status(trial.root)
        live.kill_all()
    if status.state in ("indexing", "rebuilding"):
        return "files"
    return "deep tier" if status.coverage.deep < 1 else "at rest"
