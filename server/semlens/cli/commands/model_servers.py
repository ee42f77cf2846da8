"""`semlens models join`, `leave` and `servers`: models that another program runs."""

from __future__ import annotations

import os
import sys

import typer

from semlens.cli.engine import print_json, say, with_engine
from semlens.core.served.model import parse_place
from semlens.core.served.sentences import server_lines, what_is_sent
from semlens.engine.client.client import EngineClient
from semlens.errors import UsageError
from semlens.protocol.served import (
    TOKEN_VARIABLE,
    JoinModelServer,
    LeaveModelServer,
    ListModelServers,
    ModelServerInfo,
)


def join(request: JoinModelServer, yes: bool, as_json: bool) -> int:
    """Show what is sent, ask, and join; the exit status. Raises `UsageError`, or `SemlensError`."""
    place = parse_place(request.place)
    if not as_json:
        say("\n".join(what_is_sent(place)))
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("Nobody can be asked here: say --yes to agree.")
        if not typer.confirm("Use this server?"):
            return 1

    async def ask(client: EngineClient) -> ModelServerInfo:
        return await client.request(request)

    joined = with_engine(ask)
    if as_json:
        print_json(joined)
    else:
        say("\n".join(server_lines(joined)))
        say(
            f"To use it, set semlens.model to {joined.setting} in the editor's settings, or for one folder: "
            f'semlens models use "{joined.setting}" FOLDER'
        )
    return 0


def leave(place: str, as_json: bool) -> None:
    """Forget a server, if it was joined."""
    shown = parse_place(place)

    async def ask(client: EngineClient) -> list[ModelServerInfo]:
        return (await client.request(LeaveModelServer(place))).left

    left = with_engine(ask)
    if as_json:
        print_json({"left": [server.setting for server in left]})
    elif not left:
        say(f"You have not joined {shown.host}: semlens models servers lists what you have joined.")
    else:
        for server in left:
            say(f"Nothing is sent to {server.host} for {server.model} any more. The vectors from it stay.")


def servers(as_json: bool) -> int:
    """Print how each server is; the exit status."""

    async def ask(client: EngineClient) -> list[ModelServerInfo]:
        return (await client.request(ListModelServers(probe=True))).servers

    found = with_engine(ask)
    if as_json:
        print_json({"servers": found})
    elif not found:
        say("You have joined no server: semlens models join URL")
    for server in [] if as_json else found:
        say("\n".join(server_lines(server)))
    return 1 if any(server.message for server in found) else 0


def token_variable(named: str) -> str:
    """The variable of the environment that has the token: the one named, the usual one, or none."""
    return named or (TOKEN_VARIABLE if os.environ.get(TOKEN_VARIABLE) else "")
