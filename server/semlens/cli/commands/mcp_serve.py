"""Serve one client on standard input and output, or many over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress


def serve(folders: Sequence[str], port: int | None) -> None:
    """Serve one client on stdin and stdout, or with a port many over HTTP. Raises `SemlensError`."""
    with suppress(KeyboardInterrupt):
        if port is None:
            from semlens.mcp.server import serve_stdio

            asyncio.run(serve_stdio(folders))
        else:
            from semlens.mcp.http import serve_http

            asyncio.run(serve_http(folders, port))
