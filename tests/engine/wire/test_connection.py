"""Requests, answers and notifications on the wire between the engine and its clients, in one process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semlens import errors
from semlens.engine.client.channel import ConnectionLost
from semlens.engine.wire import messages
from semlens.engine.wire.connection import Connection
from semlens.engine.wire.messages import encode_message
from semlens.protocol.engine import (
    REQUESTS,
    Attach,
    Index,
    Pause,
    PauseAnswer,
    Search,
    SearchAnswer,
    Shutdown,
    Similar,
)
from semlens.protocol.notifications import FolderStatus, Message, Progress
from semlens.protocol.request import Request, decode_answer
from semlens.settings import Settings
from semlens.types import Copy, Coverage, Hit, Reason, RelativePath, Symbol, Tier
from support.wire_server import SAY, Say, Served, echo, serve


async def eventually(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_an_error_keeps_its_kind_and_its_sentence() -> None:
    async def refuse(request: Request[object], connection: Connection) -> object:
        raise errors.DiskFullError("The disk is full; free some space.")

    async with serve(refuse) as served, served.channel() as channel:
        with pytest.raises(errors.DiskFullError, match=r"^The disk is full; free some space\.$"):
            await channel.request(Index("/here"))


async def test_an_unexpected_error_is_one_sentence_without_details() -> None:
    async def fail(request: Request[object], connection: Connection) -> object:
        raise KeyError("secret")

    async with serve(fail) as served, served.channel() as channel:
        with pytest.raises(errors.SemlensError) as raised:
            await channel.request(Index("/here"))
        assert "\n" not in str(raised.value)
        assert "secret" not in str(raised.value)
        assert "Traceback" not in str(raised.value)


async def test_cancelling_reaches_the_handler_and_leaves_the_others_alone() -> None:
    cancelled: list[str] = []

    async def wait(request: Request[object], connection: Connection) -> object:
        assert isinstance(request, Say)
        try:
            await asyncio.sleep(request.seconds)
        except asyncio.CancelledError:
            cancelled.append(request.text)
            raise
        return request.text

    async with serve(wait, SAY) as served, served.channel() as channel:
        long = asyncio.create_task(channel.request(Say("long", 60)))
        short = asyncio.create_task(channel.request(Say("short", 0.1)))
        await asyncio.sleep(0.05)
        long.cancel()
        assert await short == "short"
        await eventually(lambda: cancelled == ["long"])
        with pytest.raises(asyncio.CancelledError):
            await long


async def test_requests_of_a_client_that_leaves_are_cancelled() -> None:
    cancelled = asyncio.Event()

    async def wait(request: Request[object], connection: Connection) -> object:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return None

    async with serve(wait, SAY) as served, served.channel() as channel:
        asked = asyncio.create_task(channel.request(Say()))
        await asyncio.sleep(0.05)
        await channel.close()
        with pytest.raises(ConnectionLost):
            await asked
        await asyncio.wait_for(cancelled.wait(), 5)


async def test_notifications_come_in_order_from_any_thread() -> None:
    async def count(request: Request[object], connection: Connection) -> object:
        for done in range(100):
            await asyncio.to_thread(connection.notify, Progress(1, "files", done, 100))
        return "done"

    heard: list[int] = []
    async with (
        serve(count, SAY) as served,
        served.channel(lambda reached: heard.append(reached.done)) as channel,
    ):
        assert await channel.request(Say()) == "done"
    assert heard == list(range(100))


async def answer_to(served: Served, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The message that answers a request that no client of this version would send."""
    reader, writer, _ = await served.connect()
    writer.write(encode_message({"id": 1, "method": method, "params": params}))
    answer: dict[str, Any] = json.loads(await reader.readline())
    writer.close()
    return answer


HIT = Hit(
    path=RelativePath("a\udcff.py"),
    start_line=1,
    end_line=3,
    score=0.5,
    language="python",
    symbol=Symbol("f", "function", None, 1, 3),
    preview="def f(): ...",
    stale=False,
    reasons=(Reason("lexical", 0.25), Reason("deep", 1.0)),
    folder="/here",
    copies=(Copy(RelativePath("b.py"), 4, 6),),
)
ANSWER = SearchAnswer([HIT, replace(HIT, symbol=None, copies=())], Coverage(1, 2, 1.0, 1.0, 0.5), 1.5, True)


async def test_requests_and_answers_arrive_as_the_values_they_were() -> None:
    asked: list[Request[object]] = []

    async def answer(request: Request[object], connection: Connection) -> object:
        asked.append(request)
        return ANSWER

    request = Search("f", "text", folders=["/here"], tiers=[Tier.DEEP], tests=False, wait_seconds=2)
    similar = Similar("/here", RelativePath("a.py"), 1, 3, limit=5)
    async with serve(answer) as served, served.channel() as channel:
        assert await channel.request(request) == ANSWER
        assert await channel.request(similar) == ANSWER
    assert asked == [request, similar]


async def test_settings_that_are_wrong_mean_their_defaults() -> None:
    asked: list[Request[object]] = []

    async def note(request: Request[object], connection: Connection) -> object:
        asked.append(request)
        return FolderStatus("/here", "ready")

    sent = {"folder": "/here", "settings": {"maxFileSizeKb": 5, "exclude": "no list", "watch": "polling"}}
    async with serve(note) as served:
        assert "error" not in await answer_to(served, "attach", sent)
        async with served.channel() as channel:
            await channel.request(Attach("/here", Settings(model="/m", files_exclude={"**/x": True})))
    assert asked[0] == Attach("/here", Settings(max_file_size_kb=5, watch="polling"))
    assert asked[1] == Attach("/here", Settings(model="/m", files_exclude={"**/x": True}))


@pytest.mark.parametrize(
    ("method", "params", "sentence"),
    [
        ("search", {}, "`query` is missing."),
        ("search", {"query": "x", "limit": "9"}, "`limit` must be a whole number."),
        ("search", {"query": "x", "kind": "poem"}, "`kind` must be one of auto, text, code, symbol."),
        (
            "index",
            {"folder": "/here", "tier": "best"},
            "`tier` must be one of lexical, instant, deep, second, image.",
        ),
        ("touch", {"folder": "/here", "paths": ["a", 1]}, "`paths[1]` must be a text."),
        ("bench", {"folder": "/here"}, "`questions` is missing."),
        ("telepathy", {}, "The engine knows no 'telepathy'. Update Semlens."),
    ],
)
async def test_a_request_with_a_wrong_field_is_one_sentence(
    method: str, params: dict[str, Any], sentence: str
) -> None:
    async def fail(request: Request[object], connection: Connection) -> object:
        pytest.fail("it was handled")

    async with serve(fail) as served:
        error = (await answer_to(served, method, params))["error"]
    assert error == {"code": errors.UsageError.code, "message": sentence}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"hits": []}, "`coverage` is missing."),
        ({"hits": [{"path": 1}], "coverage": {}, "elapsed_ms": 1}, "`hits[0].path` must be a text."),
        ([], "It must be an object."),
    ],
)
async def test_a_malformed_answer_is_one_sentence(answer: object, sentence: str) -> None:
    async def malformed(request: Request[object], connection: Connection) -> object:
        return answer

    async with serve(malformed) as served, served.channel() as channel:
        with pytest.raises(errors.EngineError) as raised:
            await channel.request(Search("x"))
    assert str(raised.value) == f"The Semlens engine's answer to 'search' is malformed: {sentence}"


async def test_a_notification_that_is_malformed_or_unknown_is_passed_over() -> None:
    async def notify(request: Request[object], connection: Connection) -> object:
        for message in ({"method": "message", "params": {"level": 1}}, {"method": "news", "params": {}}):
            connection._send(encode_message(message))
        connection.notify(Message("warning", "Heard."))
        return "done"

    heard: list[object] = []
    async with serve(notify, SAY) as served, served.channel(heard.append) as channel:
        assert await channel.request(Say()) == "done"
    assert heard == [Message("warning", "Heard.")]


def test_each_request_has_its_method_and_a_type_of_answer() -> None:
    methods = (
        "attach detach configure touch focus attend pause index why left_out search complete similar"
        " compare duplicates split_code bench status ping shutdown"
    )
    assert set(REQUESTS) == set(methods.split())
    assert all(kind.method == method for method, kind in REQUESTS.items())
    assert decode_answer(Shutdown(), {}) is None
    assert decode_answer(Pause(True), {"paused": True}) == PauseAnswer(True)


async def test_an_answer_that_is_too_large_is_an_error_and_the_connection_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def large(request: Request[object], connection: Connection) -> object:
        assert isinstance(request, Say)
        return "x" * int(request.seconds)

    monkeypatch.setattr(messages, "MESSAGE_LIMIT", 100_000)
    async with serve(large, SAY) as served, served.channel() as channel:
        with pytest.raises(errors.UsageError):
            await channel.request(Say(seconds=100_001))
        with pytest.raises(errors.UsageError):
            await channel.request(Say("x" * 100_001))
        assert len(await channel.request(Say(seconds=50_000))) == 50_000


@pytest.mark.parametrize(
    "line",
    [
        b"{\n",
        b"[]\n",
        b"\xff\n",
        b'{"id":"1"}\n',
        b'{"id":1,"method":2}\n',
        b'{"id":1,"method":"m","params":[]}\n',
    ],
)
async def test_a_malformed_message_ends_the_connection_and_not_the_engine(line: bytes) -> None:
    async with serve(echo, SAY) as served:
        reader, writer, _ = await served.connect()
        writer.write(line + b"\n")
        assert await reader.read() == b""
        writer.close()
        async with served.channel() as channel:
            assert await channel.request(Say("still here")) == "still here"


async def test_a_client_that_does_not_read_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semlens.engine.wire.connection._UNREAD_LIMIT", 1_000_000)

    async def flood(request: Request[object], connection: Connection) -> object:
        for _ in range(200):
            connection.notify(Message("info", "x" * 100_000))
            await asyncio.sleep(0)
        return None

    async with serve(flood, SAY) as served:
        _, writer, _ = await served.connect()
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        assert isinstance(writer.transport, asyncio.Transport)
        writer.transport.pause_reading()
        writer.write(encode_message({"id": 1, "method": "say", "params": {}}))
        await eventually(lambda: any(one._writer.transport.is_closing() for one in served.connections))
        writer.transport.abort()


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(st.characters()) | FINITE,
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=10,
        ),
    )
)
def test_every_message_is_one_line_and_comes_back_equal(message: dict[str, Any]) -> None:
    async def there_and_back() -> dict[str, Any] | None:
        reader = asyncio.StreamReader(limit=messages.MESSAGE_LIMIT)
        reader.feed_data(line)
        return await messages.read_message(reader)

    line = encode_message(message)
    assert line.count(b"\n") == 1
    assert asyncio.run(there_and_back()) == message


@given(st.binary())
def test_no_line_raises_anything_but_a_protocol_error(line: bytes) -> None:
    async def read() -> None:
        reader = asyncio.StreamReader(limit=messages.MESSAGE_LIMIT)
        reader.feed_data(line + b"\n")
        reader.feed_eof()
        with contextlib.suppress(messages.ProtocolError):
            while await messages.read_message(reader) is not None:
                pass

    asyncio.run(read())
