"""How commands ask the engine: a client, progress bars on a terminal, and answers as JSON in camelCase."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import typer

from semlens import settings
from semlens.core.text.printable import printable
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir
from semlens.errors import SemlensError
from semlens.protocol.codec import encode_all, has_fields
from semlens.protocol.notifications import FolderStatus, Message, Progress

if TYPE_CHECKING:
    from rich.progress import TaskID

T = TypeVar("T")

_AS_THEY_ARE = frozenset({"skipped_reasons"})
"""Mappings whose keys are texts and not names."""


def with_engine(ask: Callable[[EngineClient], Awaitable[T]]) -> T:
    """The result of `ask`, which gets a client of the engine. Raises `SemlensError`."""

    async def run() -> T:
        async with EngineClient(default_data_dir(), "command line") as client:
            client.on_notification = _Messages().show
            return await ask(client)

    try:
        return asyncio.run(run())
    except KeyboardInterrupt:
        raise SemlensError("Stopped; what was done is kept.") from None


class _Messages:
    """Prints the engine's messages, once each, on stderr."""

    def __init__(self) -> None:
        self._shown: set[str] = set()

    def show(self, notification: Message | FolderStatus) -> None:
        if isinstance(notification, Message) and notification.text not in self._shown:
            self._shown.add(notification.text)
            typer.echo(f"semlens: {printable(notification.text)}", err=True)


STAGES = {"files": "Instant tier, files", "chunks": "Deep tier, chunks"}
"""Stage of indexing → what its bar is called."""
_MORE_STAGES = {"second": "Second model, chunks", "images": "Image model, images", "texts": "Text in images"}
"""The same for stages that few folders have."""


class Bars:
    """A progress bar for each stage of a request, with an estimate, on stderr, if that is a terminal."""

    def __init__(self, stages: Iterable[str] = ()) -> None:
        """:param stages: those whose bars are shown from the start."""
        from rich import progress as bars
        from rich.console import Console

        columns = (
            bars.TextColumn("{task.description}", markup=False),
            bars.BarColumn(),
            bars.MofNCompleteColumn(),
            bars.TimeElapsedColumn(),
            bars.TextColumn("left"),
            bars.TimeRemainingColumn(),
        )
        console = Console(stderr=True)
        self._progress = bars.Progress(*columns, console=console, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        for stage in stages:
            self._add(stage, None)

    def __enter__(self) -> Callable[[Progress], None]:
        self._progress.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _show(self, reached: Progress) -> None:
        stage = reached.stage
        if stage not in self._tasks:
            self._add(stage, reached.total)
        self._progress.update(self._tasks[stage], completed=reached.done, total=reached.total)

    def _add(self, stage: str, total: int | None) -> None:
        name = {**STAGES, **_MORE_STAGES}.get(stage, stage.capitalize())
        self._tasks[stage] = self._progress.add_task(name, total=total)


def print_json(value: object, one_line: bool = False) -> None:
    """Print a value as `camel` gives it. In ASCII, so that it survives any terminal, pipe and path."""
    typer.echo(json.dumps(camel(value), indent=None if one_line else 2))


def say(text: str) -> None:
    """Print a line; a file's name or content must not steer the terminal."""
    typer.echo(printable(text))


def camel(value: object) -> object:
    """`value` for JSON: mappings, attrs values and dataclasses become objects with camelCase keys."""
    if has_fields(value):
        value = encode_all(value)
    if isinstance(value, dict):
        return {
            settings.camel(key): item if key in _AS_THEY_ARE else camel(item) for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [camel(item) for item in value]
    return value
