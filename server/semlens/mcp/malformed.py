"""Lines on standard input that are no message: each gets an error, as over HTTP, and the server lives on."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import anyio
from pydantic import ValidationError

from semlens.mcp.sdk import SessionMessage, types


class WellFormed:
    """The messages of a client. A line that is none is answered on `write`, and not passed on."""

    def __init__(self, read: Any, write: Any) -> None:
        self._read = read
        self._write = write

    async def receive(self) -> SessionMessage:
        """The next message. Raises `anyio.EndOfStream` when there are no more."""
        while True:
            item = await self._read.receive()
            if isinstance(item, SessionMessage):
                return item
            refusal = refusal_of(item)
            if refusal is not None:
                await self._write.send(SessionMessage(refusal))

    async def aclose(self) -> None:
        await self._read.aclose()

    def __aiter__(self) -> WellFormed:
        return self

    async def __anext__(self) -> SessionMessage:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> WellFormed:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


def refusal_of(error: Exception) -> types.JSONRPCError | None:
    """The answer to a line that the SDK could not read; None for a blank one, which says nothing."""
    wrong: list[Any] = list(error.errors()) if isinstance(error, ValidationError) else []
    if any(one["type"] == "json_invalid" for one in wrong):
        if not str(wrong[0]["input"]).strip():
            return None
        return _error(None, types.PARSE_ERROR, "Parse error: the message is no valid JSON.")
    return _error(_id_in(wrong), types.INVALID_REQUEST, "Invalid request: this is no message of JSON-RPC.")


def _id_in(wrong: list[Any]) -> str | int | None:
    """The id of what was meant as a request. One without a method may be a response: its id is our own."""
    for one in wrong:
        message = one["input"] if one["type"] == "missing" and len(one["loc"]) == 2 else None
        if isinstance(message, dict) and "method" in message:
            found = message.get("id")
            return found if isinstance(found, str) or type(found) is int else None
    return None


def _error(asked: str | int | None, code: int, text: str) -> types.JSONRPCError:
    return types.JSONRPCError(jsonrpc="2.0", id=asked, error=types.ErrorData(code=code, message=text))
