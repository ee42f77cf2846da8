"""`semlens team`: join a team, see how it goes, leave it, and tidy its server."""

from __future__ import annotations

import sys

import typer

from semlens.cli.engine import print_json, say, with_engine
from semlens.core.team.address import parse_address
from semlens.engine.client.client import EngineClient
from semlens.engine.client.team import team_of_environment
from semlens.errors import UsageError
from semlens.protocol.team import JoinTeam, LeaveTeam, PruneTeam, TeamAnswer, TeamStatus

_SENT = """\
Semlens would use the team's server {host}. To it, and to no other host, it sends:
  - a hash of each piece of code in the folders that you index, {keyed}
  - {vectors}
  - a digest of the model's name and version, and the day of last use
It never sends text, paths or names. Vectors are numbers that say what code is about: with the model, somebody
who has them can test guesses about the code, so that the server should be as well kept as the code itself."""

_KEYED = "made with the team's secret"
_NOT_KEYED = "made without a secret: who has the server's data can test whether a known file is in it"
_GIVEN = "the vector of each piece that the server lacks"
_NOT_GIVEN = "no vectors, as it only reads"


def join(request: JoinTeam, yes: bool, as_json: bool) -> int:
    """Show what is sent, ask, and join; the exit status. Raises `UsageError`, or `SemlensError`."""
    address = parse_address(request.url, request.tenant, request.database)
    environment = team_of_environment()
    keyed = environment is not None and bool(environment.secret)
    gives = request.access == "readWrite"
    consent = _SENT.format(
        host=address.host,
        keyed=_KEYED if keyed else _NOT_KEYED,
        vectors=_GIVEN if gives else _NOT_GIVEN,
    )
    if not as_json:
        say(consent)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("Nobody can be asked here: say --yes to agree.")
        if not typer.confirm("Join this team?"):
            return 1

    async def ask(client: EngineClient) -> TeamAnswer:
        await client.request(request)
        return await client.request(TeamStatus(probe=True))

    return _shown(with_engine(ask), as_json)


def status(as_json: bool) -> int:
    """Print how the team's server is; the exit status."""

    async def ask(client: EngineClient) -> TeamAnswer:
        return await client.request(TeamStatus(probe=True))

    return _shown(with_engine(ask), as_json)


def leave(as_json: bool) -> None:
    """Leave the team."""

    async def ask(client: EngineClient) -> TeamAnswer:
        before = await client.request(TeamStatus())
        await client.request(LeaveTeam())
        return before

    before = with_engine(ask)
    if as_json:
        print_json({"left": before.host or None})
    else:
        say(f"You have left {before.host}." if before.url else "You were in no team.")


def prune(days: int, as_json: bool) -> None:
    """Delete the server's vectors that nobody has used for `days` days."""

    async def ask(client: EngineClient) -> int:
        return (await client.request(PruneTeam(days))).deleted

    deleted = with_engine(ask)
    if as_json:
        print_json({"deleted": deleted})
    else:
        say(f"{deleted:,} vectors deleted that nobody has used for {days} days.")


def team_lines(team: TeamAnswer) -> list[str]:
    """How the team is, in sentences."""
    if not team.url:
        return [team.message or "You have joined no team."]
    use = {"read": "reads", "readWrite": "reads and writes", "off": "is off"}[team.access]
    there = "" if team.vectors is None else f", which has {team.vectors:,} vectors of your models"
    secret = "with" if team.keyed else "without"
    lines = [f"Team at {team.host}{there}: {use}, {secret} a secret."]
    waiting = f", {team.waiting:,} wait" if team.waiting else ""
    taken = f"{team.taken:,} vectors came from it, of which {team.checked:,} were checked"
    lines.append(f"{taken}; {team.made:,} were made here, {team.given:,} were given{waiting}.")
    if team.unsound:
        lines.append(f"{team.unsound:,} vectors from it could not be right and were made here again.")
    return [*lines, team.message] if team.message else lines


def _shown(team: TeamAnswer, as_json: bool) -> int:
    if as_json:
        print_json(team)
    else:
        for line in team_lines(team):
            say(line)
    return 0 if team.in_use and team.message is None else 1
