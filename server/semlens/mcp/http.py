"""The server over HTTP on this machine: a token, a Host and an Origin that fit, or no answer."""

from __future__ import annotations

import hmac
import os
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from semlens.core.util.current_folder import current_folder
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import HOST, default_data_dir, usable
from semlens.errors import EngineError, UsageError
from semlens.mcp.server import SemlensServer

PATH = "/mcp"

TOKEN_FILE = "mcp-token"

MAX_BODY = 1024 * 1024
"""Bytes of one request."""

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]


async def serve_http(folders: Sequence[str], port: int) -> None:
    """Serve clients on `port` of this machine, 0 for any that is free, until the process is ended.

    Raises `SemlensError`.
    """
    import uvicorn

    data_dir = usable(default_data_dir())
    token = private_token(data_dir / TOKEN_FILE)
    async with EngineClient(data_dir, "agents") as engine:
        app = guarded(application(SemlensServer(engine, folders or [str(current_folder())])), token)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        with _listen(port) as listening:
            _announce(listening.getsockname()[1], data_dir / TOKEN_FILE)
            await server.serve(sockets=[listening])


def application(server: SemlensServer) -> App:
    """The protocol over HTTP, with checks of Host and Origin, without a token."""
    from semlens.mcp.sdk import TransportSecuritySettings

    names = ("127.0.0.1", "localhost")
    security = TransportSecuritySettings(
        allowed_hosts=[f"{name}:*" for name in names],
        allowed_origins=[f"http://{name}:*" for name in names],
    )
    app: App = server.protocol().streamable_http_app(
        streamable_http_path=PATH, max_request_body_size=MAX_BODY, transport_security=security, host=HOST
    )
    return app


def guarded(app: App, token: str) -> App:
    """`app` for requests that carry the token."""
    expected = f"Bearer {token}".encode()

    async def guard(scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] == "http":
            given = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
            if len(given) != 1 or not hmac.compare_digest(given[0], expected):
                await _refuse(send)
                return
        await app(scope, receive, send)

    return guard


def private_token(path: Path) -> str:
    """The token in `path`, which only this user can read; it is made if it is missing."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        token = path.read_text(encoding="ascii").strip()
        if len(token) < 32:
            raise UsageError(f"{path} holds no token: delete it.") from None
        return token
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        token = secrets.token_urlsafe(32)
        file.write(token)
    return token


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise EngineError(f"Port {port} cannot be used: choose another one.") from error


async def _refuse(send: Send) -> None:
    body = b"The token is missing or wrong."
    headers = [(b"content-type", b"text/plain"), (b"www-authenticate", b"Bearer")]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _announce(port: int, token_file: Path) -> None:
    sys.stderr.write(
        f"Semlens serves agents at http://{HOST}:{port}{PATH}. "
        f"Send the header: Authorization: Bearer TOKEN, with the token in {token_file}\n"
    )
    sys.stderr.flush()
