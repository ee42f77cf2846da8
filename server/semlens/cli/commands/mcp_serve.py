"""Serve one client on standard input and output, or many over HTTP."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress

from semlens.errors import UsageError

COMMANDS = ("install", "uninstall", "instructions", "serve")
"""The commands below `semlens mcp`. Another word there is a folder."""


def serve(folders: Sequence[str], port: int | None) -> None:
    """Serve one client on stdin and stdout, or with a port many over HTTP. Raises `SemlensError`."""
    _check_no_command_is_meant(folders)
    with suppress(KeyboardInterrupt):
        if port is None:
            from semlens.mcp.server import serve_stdio

            asyncio.run(serve_stdio(folders))
        else:
            from semlens.mcp.http import serve_http

            asyncio.run(serve_http(folders, port))


def _check_no_command_is_meant(folders: Sequence[str]) -> None:
    """Raise `UsageError` if the first folder does not exist, and is spelled nearly as a command is."""
    first = folders[0] if folders else ""
    if not first or os.path.lexists(first):
        return
    import difflib  # an agent's process is kept small

    near = difflib.get_close_matches(first, COMMANDS, 1, 0.7)
    if near:
        raise UsageError(f"{first} is neither a command nor a folder: did you mean semlens mcp {near[0]}?")
