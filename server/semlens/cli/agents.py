"""`semlens mcp` and the commands below it, with their arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from semlens.cli.paths import absolute

DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the change, and write nothing.")]


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
    from semlens.cli.commands import mcp_serve

    mcp_serve.serve(folders or [], http)


@agents.command()
def install(
    client: Annotated[
        str | None, typer.Argument(metavar="[CLIENT]", help="The agent; without one, all are listed.")
    ] = None,
    folder: Annotated[
        list[Path] | None,
        typer.Option("--folder", "-f", metavar="FOLDER", help="A folder that it may always ask about."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Set an agent up, or list those that can be."""
    from semlens.cli.commands import mcp

    folders = [str(absolute(one)) for one in folder or []]
    if client is None:
        mcp.list_clients(folders)
    else:
        mcp.install(client, folders, dry_run)


@agents.command()
def uninstall(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="The agent.")], dry_run: DryRun = False
) -> None:
    """Take Semlens out of an agent's configuration."""
    from semlens.cli.commands import mcp

    mcp.uninstall(client, dry_run)


@agents.command()
def instructions() -> None:
    """Print a text for AGENTS.md, so that agents use the tools."""
    from semlens.cli.commands import mcp

    mcp.instructions()
