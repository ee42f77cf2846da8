"""`semlens team`: join a team, see how it goes, leave it, and tidy its server."""

from __future__ import annotations

import sys

import typer

from semlens.cli.engine import print_json, say, with_engine
from semlens.core.team.address import parse_address
from semlens.core.team.sentences import team_lines, what_is_sent, what_search_sends
from semlens.engine.client.client import EngineClient
from semlens.engine.client.team import team_of_environment
from semlens.errors import SemlensError, UsageError
from semlens.protocol.team import JoinTeam, LeaveTeam, PruneTeam, SearchTeam, TeamAnswer, TeamStatus


def join(request: JoinTeam, yes: bool, as_json: bool) -> int:
    """Show what is sent, ask, and join; the exit status. Raises `UsageError`, or `SemlensError`."""
    address = parse_address(request.url, request.tenant, request.database)
    environment = team_of_environment()
    keyed = environment is not None and bool(environment.secret)
    first, items, last = what_is_sent(address.host, keyed, request.access)
    if not as_json:
        say("\n".join([first, *(f"  - {item}" for item in items), last]))
    if not (yes or _agrees("Join this team?")):
        return 1

    async def ask(client: EngineClient) -> TeamAnswer:
        await client.request(request)
        return await client.request(TeamStatus(probe=True))

    return _shown(with_engine(ask), as_json)


def status(as_json: bool) -> int:
    """Print how the team's server is; the exit status."""

    return _shown(with_engine(_probe), as_json)


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


def search(request: SearchTeam, yes: bool, as_json: bool) -> int:
    """Show what would be sent of a folder, ask, and have its questions go to the server, too; or end that.

    The exit status. Raises `UsageError`, or `SemlensError`.
    """
    if request.on and not (yes and as_json):
        team = with_engine(_probe)
        if not team.in_use:
            raise SemlensError(team.message or "You have joined no team: semlens team join URL")
        first, items, last = what_search_sends(team.host, team.keyed, request.gives)
        if not as_json:
            say("\n".join([request.folder, first, *(f"  - {item}" for item in items), last]))
        if not (yes or _agrees("Search at the team's server?")):
            return 1

    async def ask(client: EngineClient) -> TeamAnswer:
        await client.request(request)
        return await _probe(client)

    return _shown(with_engine(ask), as_json)


async def _probe(client: EngineClient) -> TeamAnswer:
    return await client.request(TeamStatus(probe=True))


def _agrees(question: str) -> bool:
    """Ask the user. Raises `UsageError` if nobody can be asked."""
    if not sys.stdin.isatty():
        raise UsageError("Nobody can be asked here: say --yes to agree.")
    return typer.confirm(question)


def prune(days: int, as_json: bool) -> None:
    """Delete the server's vectors that nobody has used for `days` days."""

    async def ask(client: EngineClient) -> int:
        return (await client.request(PruneTeam(days))).deleted

    deleted = with_engine(ask)
    if as_json:
        print_json({"deleted": deleted})
    else:
        say(f"{deleted:,} vectors deleted that nobody has used for {days} days.")


def _shown(team: TeamAnswer, as_json: bool) -> int:
    if as_json:
        print_json(team)
    else:
        for line in team_lines(team):
            say(line)
    is_none = not team.url
    return 0 if team.message is None and (team.in_use or is_none) else 1
