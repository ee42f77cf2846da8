"""`semlens train` and the commands below it, with their arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from semlens.cli.arguments import AsJson
from semlens.cli.paths import absolute

_HELP = frozenset({"--help", "-h"})


class _StartsByDefault(TyperGroup):
    """`semlens train FOLDER` is `semlens train start FOLDER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = bool(args) and (args[0] in self.commands or args[0] in _HELP)
        return super().parse_args(ctx, args if named else ["start", *args])


train = typer.Typer(
    cls=_StartsByDefault,
    help="Train a model further on your own code: semlens train [FOLDER] [--deep] begins.",
    rich_markup_mode=None,
)


@train.command()
def start(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The indexed folder.")] = Path("."),
    deep: Annotated[
        bool, typer.Option("--deep/--instant", help="The transformer, or the instant tier's model.")
    ] = False,
    base: Annotated[
        str, typer.Option(metavar="MODEL", help="The model to train further, if not the folder's.")
    ] = "",
    minutes: Annotated[float, typer.Option(metavar="N", min=0.1, help="The most minutes to learn.")] = 30.0,
    gpu: Annotated[bool, typer.Option("--gpu", help="Use a GPU, if there is one.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Show how far it is until it ends.")] = True,
    as_json: AsJson = False,
) -> None:
    """Begin to train a model on a folder's code, and show how far it is.

    Questions come from docstrings, names and the history in git. Files that taught nothing say at the end
    whether the model is better. Ctrl+C leaves it running.
    """
    from semlens.cli.commands import train as training
    from semlens.protocol.train import StartTraining

    request = StartTraining(str(absolute(folder)), "deep" if deep else "instant", base, minutes, gpu)
    raise typer.Exit(training.start(request, wait, as_json))


@train.command()
def status(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show how far it is until it ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how the training is."""
    from semlens.cli.commands import train as training

    raise typer.Exit(training.status(follow, as_json))


@train.command()
def pause(as_json: AsJson = False) -> None:
    """Write a checkpoint and end the training's process; resume goes on from there."""
    from semlens.cli.commands import train as training

    training.act("pause", as_json)


@train.command()
def resume(as_json: AsJson = False) -> None:
    """Go on with a paused training."""
    from semlens.cli.commands import train as training

    training.act("resume", as_json)


@train.command()
def stop(as_json: AsJson = False) -> None:
    """Learn no more, and take the best so far."""
    from semlens.cli.commands import train as training

    training.act("stop", as_json)


@train.command()
def keep(
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Keep it though the gain is within chance.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Keep the finished model; `semlens models use` uses it."""
    from semlens.cli.commands import train as training

    training.act("keep", as_json, anyway)


@train.command()
def discard(as_json: AsJson = False) -> None:
    """End the training and delete what it has made."""
    from semlens.cli.commands import train as training

    training.act("discard", as_json)
