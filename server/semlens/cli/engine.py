"""Commands that ask the engine: connecting, a progress bar on a terminal, and JSON in camelCase."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import typer

from semlens import settings
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir
from semlens.errors import SemlensError

T = TypeVar("T")

_CONTROL = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories: control, formatting (direction too), surrogates."""

_AS_THEY_ARE = frozenset({"skipped_reasons"})
"""Objects whose keys are texts and not names."""


def with_engine(ask: Callable[[EngineClient], Awaitable[T]]) -> T:
    """What `ask` returns when it is given a client; raises SemlensError."""

    async def run() -> T:
        async with EngineClient(default_data_dir(), "command line") as client:
            client.on_notification = _Asides().hear
            return await ask(client)

    try:
        return asyncio.run(run())
    except KeyboardInterrupt:
        raise SemlensError("Stopped; what was done is kept.") from None


class _Asides:
    """What the engine says unasked, once each, on stderr."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def hear(self, method: str, params: dict[str, Any]) -> None:
        text = str(params.get("text"))
        if method == "message" and text not in self._said:
            self._said.add(text)
            typer.echo(f"semlens: {printable(text)}", err=True)


class Bars:
    """A progress bar for each stage of a request, on stderr, if that is a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal)
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Callable[[dict[str, Any]], None]:
        self._progress.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _show(self, params: dict[str, Any]) -> None:
        stage, total = str(params.get("stage", "")), params.get("total")
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage.capitalize(), total=total)
        self._progress.update(self._tasks[stage], completed=params.get("done", 0), total=total)


def print_json(value: object, one_line: bool = False) -> None:
    """ASCII, so that it survives any terminal, pipe and path."""
    typer.echo(json.dumps(camel(value), indent=None if one_line else 2))


def say(text: str) -> None:
    """Print a line; a file's name or content must not steer the terminal."""
    typer.echo(printable(text))


def camel(value: object) -> object:
    """`value` with the keys of its objects in camelCase."""
    if isinstance(value, dict):
        return {
            settings.camel(key): item if key in _AS_THEY_ARE else camel(item) for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [camel(item) for item in value]
    return value


def printable(text: str) -> str:
    """`text` with its control and formatting characters replaced."""
    return "".join(c if c in "\t\n" or unicodedata.category(c) not in _CONTROL else "\ufffd" for c in text)
