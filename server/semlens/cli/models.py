"""`semlens models` and the commands below it, with their arguments."""

from __future__ import annotations

from typing import Annotated

import typer

from semlens.cli.arguments import AsJson

models = typer.Typer(
    help="Models: see what they are and what is indexed with them, check them, remove what none needs.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@models.callback()
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """List the models if no command follows."""
    from semlens.cli.commands import models as managing

    if context.invoked_subcommand is None:
        managing.show_list(as_json)


@models.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List each model that is installed or was used."""
    from semlens.cli.commands import models as managing

    managing.show_list(as_json)


@models.command()
def verify(as_json: AsJson = False) -> None:
    """Check that the models' files are what they were.

    Exits with status 1 if one is not.
    """
    from semlens.cli.commands import models as managing

    raise typer.Exit(managing.verify(as_json))


@models.command()
def remove(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL]...", help="Names or fingerprints; all that no setting names by default."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete the vectors and indexes of models that no setting names any more.

    The models' own files stay. Says how many bytes come free, and asks first.
    """
    from semlens.cli.commands import models as managing

    managing.remove(names or [], yes, as_json)
