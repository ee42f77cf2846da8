"""`semlens team` and the commands below it, with their arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer

from semlens.cli.arguments import AsJson, one_of

team = typer.Typer(
    help="A team's server: take the vectors that others have made, and give them yours.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@team.command()
def join(
    url: Annotated[str, typer.Argument(metavar="URL", help="The team's Chroma server, by https.")],
    tenant: Annotated[str, typer.Option(metavar="NAME", help="Chroma's tenant.")] = "",
    database: Annotated[str, typer.Option(metavar="NAME", help="Chroma's database.")] = "",
    access: Annotated[
        str, typer.Option(metavar="ACCESS", help="readWrite, or read to give nothing.")
    ] = "readWrite",
    header: Annotated[
        str, typer.Option(metavar="NAME", help="The header for the token, if not Authorization.")
    ] = "",
    ca: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificates to trust besides the system's.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree without being asked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Join a team, after showing what is sent to its server.

    The token is read from SEMLENS_TEAM_TOKEN, the secret from SEMLENS_TEAM_SECRET. Neither is stored.
    """
    from semlens.cli.commands import team as teams
    from semlens.cli.paths import absolute
    from semlens.protocol.team import Access, JoinTeam

    ca_file = str(absolute(ca)) if ca else ""
    chosen: Access = one_of(access, get_args(Access))
    raise typer.Exit(teams.join(JoinTeam(url, tenant, database, chosen, header, ca_file), yes, as_json))


@team.command()
def status(as_json: AsJson = False) -> None:
    """Ask the server, and say how many vectors came from where.

    Exits with status 1 if the server of a team that you have joined cannot be used.
    """
    from semlens.cli.commands import team as teams

    raise typer.Exit(teams.status(as_json))


@team.command()
def leave(as_json: AsJson = False) -> None:
    """Leave the team. What came from it stays, and so does what was given to it."""
    from semlens.cli.commands import team as teams

    teams.leave(as_json)


@team.command()
def search(
    state: Annotated[str, typer.Argument(metavar="on|off", help="Whether the server is asked.")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder.")] = Path("."),
    give: Annotated[
        bool, typer.Option("--give", help="Give the server this folder's vectors, for the team to search.")
    ] = False,
    repository: Annotated[
        str,
        typer.Option(metavar="NAME", help="What the team calls it, if it has no remote address."),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree without being asked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the team's server, too, for what is nearest to a question about a folder; off by default."""
    from semlens.cli.commands import team as teams
    from semlens.cli.paths import absolute
    from semlens.protocol.team import SearchTeam

    is_on = one_of(state, ("on", "off")) == "on"
    request = SearchTeam(str(absolute(folder)), is_on, give, repository)
    raise typer.Exit(teams.search(request, yes, as_json))


@team.command()
def prune(
    days: Annotated[int, typer.Option(metavar="N", min=8, help="Keep what was used in the last N days.")],
    as_json: AsJson = False,
) -> None:
    """Delete the server's vectors that nobody has used for some days."""
    from semlens.cli.commands import team as teams

    teams.prune(days, as_json)
