"""`semlens train`: begin a training, show how far it is, and end it one way or another."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Final

import typer

from semlens.cli import FAILED
from semlens.cli.engine import print_json, say, with_engine
from semlens.cli.figures import difference
from semlens.engine.client.client import EngineClient
from semlens.errors import SemlensError
from semlens.protocol.editor import Measured, TrainingAct, TrainingOutcome, TrainingStatus
from semlens.protocol.train import ActOnTraining, GetTraining, StartTraining

LOOK_SECONDS: Final = 0.5
"""Between two looks at how far it is."""
_ENDED: Final = frozenset({"none", "done", "failed", "paused"})

_STAGES: Final = {
    "files": "reading files",
    "commits": "reading commits",
    "before": "asking the base",
    "learning": "learning",
    "writing": "writing the model",
    "after": "asking the new model",
}


def start(request: StartTraining, wait: bool, as_json: bool) -> int:
    """Begin a training, and follow it if `wait`; the exit status. Raises `SemlensError`."""

    async def ask(client: EngineClient) -> TrainingStatus:
        begun = await client.request(request)
        return await _followed(client, begun) if wait else begun

    return _shown(_unless_stopped(ask), as_json)


def status(follow: bool, as_json: bool) -> int:
    """Show how the training is, and follow it if `follow`; the exit status. Raises `SemlensError`."""

    async def ask(client: EngineClient) -> TrainingStatus:
        now = await client.request(GetTraining())
        return await _followed(client, now) if follow else now

    return _shown(_unless_stopped(ask), as_json)


def act(what: TrainingAct, as_json: bool, anyway: bool = False) -> None:
    """Do what the user wants of the training. Raises `SemlensError`."""

    async def ask(client: EngineClient) -> tuple[bool, TrainingStatus]:
        now = await client.request(GetTraining())
        if what == "discard" and now.state == "none":
            return False, now
        return True, await client.request(ActOnTraining(what, anyway))

    had_one, after = with_engine(ask)
    if as_json:
        print_json(after)
    elif what == "keep":
        say(f"The model is kept in {after.message}")
        say(f'To use it: semlens models use "{after.message}" FOLDER')
    elif what == "discard" and had_one:
        say("The training is discarded.")
    else:
        say(_state(after))


async def _followed(client: EngineClient, now: TrainingStatus) -> TrainingStatus:
    """The status once the training has ended; shows each on a terminal until then."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        while now.state not in _ENDED:
            await asyncio.sleep(LOOK_SECONDS)
            now = await client.request(GetTraining())
        return now
    with console.status("") as line:
        while now.state not in _ENDED:
            line.update(f"[default]{_state(now)}")
            await asyncio.sleep(LOOK_SECONDS)
            now = await client.request(GetTraining())
    return now


def _unless_stopped(ask: Callable[[EngineClient], Awaitable[TrainingStatus]]) -> TrainingStatus:
    """What `ask` gives. Raises `SemlensError`, also if the user stops looking: the training goes on."""
    try:
        return with_engine(ask)
    except SemlensError as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise SemlensError("It goes on: semlens train status -f shows how far it is.") from None
        raise


def _shown(now: TrainingStatus, as_json: bool) -> int:
    """Print a status, and ask whether to keep a finished model; the exit status."""
    if as_json:
        print_json(now)
    else:
        for text in _described(now):
            say(text)
        if now.state == "done" and now.outcome is not None and sys.stdin.isatty():
            _decide(now.outcome)
    return FAILED if now.state == "failed" else 0


def _decide(outcome: TrainingOutcome) -> None:
    """Ask what becomes of a finished model; the answer that is offered is never to keep a doubtful one."""
    if not outcome.may_be_kept:
        if typer.confirm("Discard it?", default=True):
            act("discard", False)
    elif typer.confirm("Keep it?", default=outcome.better):
        act("keep", False, anyway=True)
    elif typer.confirm("Discard it?", default=True):
        act("discard", False)


def _state(now: TrainingStatus) -> str:
    """How far a training is, in one line."""
    if now.state == "none":
        return "There is no training: semlens train FOLDER begins one."
    said = f"{now.name}: "
    if now.state == "failed":
        return said + f"failed. {now.message}"
    if now.state in ("paused", "waiting"):
        said += f"{now.state}{f' ({now.message})' if now.message else ''}, "
    if now.state == "done":
        return said + "done"
    said += _STAGES[now.stage]
    if now.total:
        said += f" {now.done:,} of {now.total:,}"
    if now.losses:
        said += f", loss {now.losses[-1].loss:.3f}"
    if now.scores:
        said += f", held back MRR {now.scores[-1].mrr:.3f}, recall@5 {now.scores[-1].recall:.0%}"
    if now.seconds_left is not None and now.state == "running":
        said += f", about {_minutes(now.seconds_left)} left"
    return said


def _described(now: TrainingStatus) -> Iterator[str]:
    """The lines that show a training."""
    yield _state(now)
    if now.state in ("none", "failed"):
        return
    pairs = now.pairs
    if pairs.docstring or pairs.history:
        yield (
            f"    {pairs.docstring:,} pairs of docstrings, {pairs.name:,} of names, {pairs.history:,} of "
            f"commits, from {pairs.files:,} files of {Path(now.folder).name}; "
            f"{pairs.copies:,} left out as copies of held-back code"
        )
    if now.outcome is not None:
        yield from (f"    {text}" for text in _verdict(now, now.outcome))


def _verdict(now: TrainingStatus, found: TrainingOutcome) -> Iterator[str]:
    yield (
        f"{found.questions:,} questions of files that taught nothing, among {found.texts:,} pieces of code: "
        f"MRR {_figure(found.before)} before, {_figure(found.after)} after; "
        f"recall@5 {found.recall_before:.0%} before, {found.recall_after:.0%} after"
    )
    gain = found.gain
    said = f"Gain {difference(gain.mean, gain.low, gain.high)}"
    if found.better:
        yield f"{said}: better. semlens train keep keeps it, semlens train discard does not."
    elif found.may_be_kept:
        yield f"{said}: within chance. semlens train discard discards it."
    else:
        yield f"{said}: not better than {now.base}. semlens train discard discards it."


def _figure(found: Measured) -> str:
    return f"{found.mean:.3f} ({found.low:.2f}-{found.high:.2f})"


def _minutes(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds < 100 else f"{seconds / 60:,.0f} min"
