"""`semlens mcp` and the commands below it, with their arguments."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class _ServesByDefault(TyperGroup):
    """`semlens mcp FOLDER` is `semlens mcp serve FOLDER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


agents = typer.Typer(
    cls=_ServesByDefault,
    help="Serve coding agents by the Model Context Protocol, or set them up.",
    rich_markup_mode=None,
)


@agents.command()
def serve(
    folders: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FOLDER]...", help="The folders that agents may ask about."),
    ] = None,
    http: Annotated[
        int | None,
        typer.Option(metavar="PORT", min=0, max=65535, help="Serve over HTTP on this port of this machine."),
    ] = None,
) -> None:
    """Serve agents; this is what `semlens mcp` does.

    Without folders, the agent says which ones it works in, or the current one is meant.
    """
    from semlens.cli.commands import mcp

    mcp.serve(folders or [], http)
