"""`semlens mcp`: the server for coding agents, and its entry in their configuration."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from semlens.cli.engine import say
from semlens.errors import UsageError
from semlens.mcp.setup import changes
from semlens.mcp.setup.clients import CLIENTS, Client, client_named

INSTRUCTIONS = """\
## Finding code

This project is indexed by Semlens. Ask its tools before you read files, list folders or grep:

- `search_code` finds code by what it does, in any words.
- `find_definition` shows where a name is defined; `outline` lists what a file or folder defines.
- `read_context` gives the code for a question in one answer.
- `find_similar_code` finds duplicates and places that need the same change.

Lines are numbered: cite and edit by these numbers. Use grep for every occurrence of an exact text."""


def install(name: str, folders: Sequence[str], dry_run: bool) -> None:
    """Write Semlens into the configuration of an agent. Raises `SemlensError`."""
    client = client_named(name)
    if client.in_no_folder and not folders:
        raise UsageError(f"{client.title} works in no folder: name your project with --folder FOLDER.")
    change = changes.installed(client, changes.server_command(folders))
    _make(client, change, dry_run, f"{client.title} is set up already in {change.file}.")
    if client.hint and not dry_run:
        say(client.hint)


def uninstall(name: str, dry_run: bool) -> None:
    """Take Semlens out of the configuration of an agent. Raises `SemlensError`."""
    client = client_named(name)
    change = changes.uninstalled(client)
    _make(client, change, dry_run, f"{client.title} is not set up in {change.file}.")


def list_clients(folders: Sequence[str]) -> None:
    """Print every agent that can be set up, and the entry for any other."""
    width = max(len(client.name) for client in CLIENTS)
    for client in CLIENTS:
        state = "set up" if changes.is_installed(client) else "found" if client.file().exists() else ""
        say(f"{client.name:<{width}}  {state:<6}  {client.file()}")
    say("\nSet one up: semlens mcp install NAME. For any other agent:\n")
    say(changes.printed(changes.server_command(folders)))


def instructions() -> None:
    """Print a text for AGENTS.md or the like."""
    say(INSTRUCTIONS)


def _make(client: Client, change: changes.Change, dry_run: bool, nothing: str) -> None:
    if not change.needed:
        say(nothing)
        return
    if dry_run:
        before, after = (change.before or "").splitlines(), (change.after or "").splitlines()
        lines = difflib.unified_diff(before, after, str(change.file), str(change.file), lineterm="")
        say("\n".join(lines))
        return
    backup = change.apply()
    done = "removed" if change.after is None else "changed"
    say(f"{client.title}: {done} {change.file}" + (f"; before it was as in {backup}." if backup else "."))
