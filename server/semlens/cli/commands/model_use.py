"""`semlens models use`: say what it takes to use a model, and use it."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from semlens.cli.engine import print_json, say, with_engine
from semlens.cli.sizes import human_size
from semlens.engine.client.client import EngineClient
from semlens.protocol.codec import encode_all
from semlens.protocol.models import EstimateModel, ModelEstimate
from semlens.protocol.served import UseModel

NO_MODEL = "none"
"""What takes the place of a second model's name if there is to be none."""


def use(model: str, folder: Path, second: bool, yes: bool, as_json: bool) -> None:
    """Say what it takes to change a folder's model or its second model, and change it; on a terminal ask.

    Raises `SemlensError`.
    """
    named = "" if second and model == NO_MODEL else model

    async def weigh(client: EngineClient) -> ModelEstimate:
        return await client.request(EstimateModel(str(folder), named, second))

    async def ask(client: EngineClient) -> str | None:
        return (await client.request(UseModel(str(folder), named, second))).message

    found = with_engine(weigh) if named else None
    if found is not None and not as_json:
        say(estimate_line(found))
        if found.unread and not yes and sys.stdin.isatty() and not typer.confirm(f"Use {found.name}?"):
            return
    message = with_engine(ask)
    if as_json:
        fields = encode_all(found) if found is not None else None
        told = {"model": model, "second": second, "message": message, "estimate": fields}
        print_json({"folder": str(folder), **told})
    elif not named:
        say(f"{folder} has no second model.")
    else:
        said = f"{folder} uses {model} as its second model." if second else f"{folder} uses {model}."
        say(message or said)
        say(f"To index it with the model now: semlens index {folder}")


def estimate_line(found: ModelEstimate) -> str:
    """What it takes to use a model, in a sentence."""
    if found.instant:
        return f"{found.name} is a model of the fast tier, which is made again in the background."
    if not found.unread:
        return f"{found.name} has read this code before: it takes about {human_size(found.disk_bytes)}."
    known = f" ({found.texts - found.unread:,} more are known)" if found.unread < found.texts else ""
    chunks = "chunk" if found.unread == 1 else "chunks"
    about = f"About {_duration(found.seconds)} and {human_size(found.disk_bytes)}"
    return f"{about} for {found.unread:,} {chunks} here{known}."


def _duration(seconds: float) -> str:
    """A time as people say it: nobody needs the seconds of an hour."""
    for unit, name in ((3600.0, "hour"), (60.0, "minute")):
        if seconds >= 0.95 * unit:
            count = round(seconds / unit) if unit == 60 else round(seconds / unit, 1)
            return f"{count:g} {name}" + ("" if count == 1 else "s")
    count = max(1, round(seconds))
    return f"{count} second" + ("" if count == 1 else "s")
