"""The server as a process: on standard input and output, over HTTP, with many clients, with a lost engine."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ListRootsResult, Root

from semlens.mcp.http import application, guarded, private_token
from semlens.mcp.server import SemlensServer
from support.live import PATIENCE
from tests.mcp.conftest import Connect, Indexed

TOKEN = "a token of more than thirty-two signs"


@asynccontextmanager
async def over_stdio(indexed: Indexed, *folders: str, **session: Any) -> AsyncIterator[ClientSession]:
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-I", "-m", "semlens", "mcp", *folders],
        env={**os.environ, "SEMLENS_DATA_DIR": str(indexed.live.data_dir)},
        cwd=indexed.folder,
    )
    async with stdio_client(parameters) as (read, write), ClientSession(read, write, **session) as client:
        await client.initialize()
        yield client


@asynccontextmanager
async def served(indexed: Indexed) -> AsyncIterator[str]:
    """The address of a server over HTTP in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "semlens",
        "mcp",
        "--http",
        "0",
        str(indexed.folder),
        env={**os.environ, "SEMLENS_DATA_DIR": str(indexed.live.data_dir)},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        said = (await asyncio.wait_for(process.stderr.readline(), PATIENCE)).decode()
        assert "Authorization: Bearer" in said
        yield said.split(" at ")[1].split(". ")[0]
    finally:
        process.terminate()
        await process.wait()


def headers(indexed: Indexed, **changed: str) -> dict[str, str]:
    token = private_token(indexed.live.data_dir / "mcp-token")
    return {"Authorization": f"Bearer {token}", **changed}


async def test_a_client_on_standard_input_names_its_folder(indexed: Indexed, tmp_path: Path) -> None:
    async def roots(context: Any) -> ListRootsResult:
        return ListRootsResult(roots=[Root(uri=(indexed.folder / "shop").as_uri())])

    async with over_stdio(indexed, list_roots_callback=roots) as client:
        answer = await client.call_tool("search_code", {"query": "sum the prices of all items"})
        assert answer.structured_content["root"] == str(indexed.folder / "shop")
        refused = await client.call_tool("outline", {"path": str(indexed.folder / "docs")})
        assert refused.is_error
    async with over_stdio(indexed) as client:  # without folders and roots: where it was started
        answer = await client.call_tool("outline", {"path": "docs/parking.md"})
        assert answer.structured_content["root"] == str(indexed.folder)


async def test_a_client_whose_folders_do_not_exist_gets_no_other_folder(
    indexed: Indexed, tmp_path: Path
) -> None:
    named = [tmp_path / "one", tmp_path / "two"]

    async def roots(context: Any) -> ListRootsResult:
        return ListRootsResult(roots=[Root(uri=one.as_uri()) for one in named])

    async with over_stdio(indexed, list_roots_callback=roots) as client:
        for tool, arguments in (("search_code", {"query": "sum the prices"}), ("index_status", {})):
            refused = await client.call_tool(tool, arguments)
            assert refused.is_error
            assert refused.content[0].text == f"{named[0]} is not a folder."
        named[1].mkdir()  # it is asked again: a folder may be made meanwhile
        answer = await client.call_tool("index_status", {})
        assert [one["folder"] for one in answer.structured_content["folders"]] == [str(named[1])]


WRONG_LINES = {
    "cut off": ('{"jsonrpc": "2.0", "id": 7, "method": "tools/li', None, -32700),
    "no JSON": ("hello", None, -32700),
    "half a character": (
        '{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "\\udcff"}}', None, -32700
    ),
    "too deep": ("[" * 100_000, None, -32700),
    "a request without a version": ('{"id": 7, "method": "tools/list"}', 7, -32600),
    "a request with wrong parameters": ('{"id": "x", "method": "tools/list", "params": 3}', "x", -32600),
    "neither request nor response": ('{"jsonrpc": "2.0", "id": 1}', None, -32600),
    "a list": ("[]", None, -32600),
    "a number": ("3", None, -32600),
}  # fmt: skip


async def test_a_line_that_is_no_message_is_answered_and_the_server_lives_on(indexed: Indexed) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "semlens",
        "mcp",
        str(indexed.folder),
        env={**os.environ, "SEMLENS_DATA_DIR": str(indexed.live.data_dir)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    async def answer(line: str) -> Any:
        process.stdin.write(f"{line}\n".encode())
        return json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE))

    async def check(name: str) -> None:
        line, expected, code = WRONG_LINES[name]
        answered = await answer(line)
        assert (answered["id"], answered["error"]["code"]) == (expected, code), name

    await check("cut off")  # before the first request, too
    ping = '{"jsonrpc": "2.0", "id": "ping", "method": "ping"}'
    started = (
        '{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", '
        '"capabilities": {}, "clientInfo": {"name": "a test", "version": "1"}}}'
    )
    assert "result" in await answer(started)
    for name in WRONG_LINES:
        await check(name)
        assert (await answer(f"\n{ping}"))["id"] == "ping", name  # a blank line gets no answer
    process.stdin.close()
    await process.wait()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "nowhere is not a folder."),
        (("shop", "nowhere"), "nowhere is not a folder."),
        (("shop/cart.py",), "shop/cart.py is not a folder."),
        (("/",), "/ is too large to be a project. "),
        (("~",), f"{os.path.realpath(Path.home())} is too large to be a project. "),
        (("nowhere", "--http", "0"), "nowhere is not a folder."),
    ],
)
async def test_a_folder_that_is_no_project_is_said(
    indexed: Indexed, arguments: tuple[str, ...], said: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "semlens",
        "mcp",
        *arguments,
        cwd=indexed.folder,
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    told = (await process.communicate())[1].decode()
    assert process.returncode == 1
    assert told.startswith(f"semlens: {said}")
    assert told.count("\n") == 1


async def test_http_answers_those_with_the_token_alone(indexed: Indexed) -> None:
    async with served(indexed) as url:
        async with (
            httpx2.AsyncClient(headers=headers(indexed)) as http,
            streamable_http_client(url, http_client=http) as (read, write),
            ClientSession(read, write) as client,
        ):
            await client.initialize()
            first = await client.call_tool("search_code", {"query": "the price of a part", "limit": 3})
            second = await client.call_tool("search_code", {"query": "the price of a part", "limit": 3})
        places = [result["place"] for one in (first, second) for result in one.structured_content["results"]]
        assert len(places) == len(set(places)) == 6
        wrong = {
            "no token": ({"Authorization": ""}, 401),
            "a wrong token": ({"Authorization": "Bearer " + "x" * 43}, 401),
            "another host": ({"Host": "evil.example"}, 421),
            "another origin": ({"Origin": "http://evil.example"}, 403),
        }
        async with httpx2.AsyncClient() as http:
            for name, (changed, status) in wrong.items():
                body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
                sent = headers(indexed, **{"Accept": "application/json, text/event-stream", **changed})
                answer = await http.post(url, json=body, headers=sent)
                assert answer.status_code == status, name


async def test_the_token_is_the_users_alone(tmp_path: Path) -> None:
    token = private_token(tmp_path / "token")
    assert private_token(tmp_path / "token") == token
    if os.name == "posix":
        assert (tmp_path / "token").stat().st_mode & 0o077 == 0


async def test_requests_without_a_body_that_fits_are_refused(indexed: Indexed) -> None:
    from semlens.engine.client.client import EngineClient

    async with EngineClient(indexed.live.data_dir, "agent", indexed.live.launch) as engine:
        app = guarded(application(SemlensServer(engine, [str(indexed.folder)])), TOKEN)
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:1") as http:
            assert (await http.get("/mcp")).status_code == 401
            assert (await http.get("/elsewhere", headers=bearer())).status_code == 404


def bearer() -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}"}


async def test_twenty_clients_ask_one_engine_at_once(connect: Connect, indexed: Indexed) -> None:
    async def ask(number: int) -> None:
        async with connect() as client:
            answer = await client.call_tool("search_code", {"query": f"the price of part {number}"})
            assert answer.structured_content["results"]

    await asyncio.gather(*map(ask, range(20)))
    assert len(indexed.live.engines) >= 1


async def test_a_killed_engine_costs_no_answer(connect: Connect, indexed: Indexed) -> None:
    async with connect() as client:
        await client.call_tool("index_status", {})
        asked = [
            asyncio.ensure_future(
                client.call_tool("search_code", {"query": f"part {number}", "repeat": True})
            )
            for number in range(6)
        ]
        await asyncio.sleep(0)
        indexed.live.kill()
        answers = await asyncio.gather(*asked)
    assert all(answer.structured_content["results"] for answer in answers)


async def test_random_and_hostile_calls_get_an_answer_or_a_sentence(connect: Connect) -> None:
    chosen = random.Random(7)
    async with connect() as client:
        tools = (await client.list_tools()).tools
        for _ in range(150):
            tool = chosen.choice(tools)
            arguments = hostile_arguments(chosen, tool.input_schema)
            await answered(client, tool.name, arguments)


async def answered(client: Client, tool: str, arguments: dict[str, Any]) -> None:
    """Call a tool; its answer or its refusal is checked against all that hold for every call."""
    result = await client.call_tool(tool, arguments)
    text = result.content[0].text
    assert text.strip()
    assert "Traceback" not in text
    assert "unexpected" not in text, (tool, arguments, text)
    assert "hunter2" not in text
    assert "secret_outside" not in text
    assert result.is_error == (result.structured_content is None)


def hostile_arguments(chosen: random.Random, schema: Any) -> dict[str, Any]:
    """Arguments by a schema, of which some are of another type or of a strange size."""
    texts = [
        "",
        " ",
        "price",
        "shop/cart.py",
        "shop",
        ".",
        "..",
        "../../etc/passwd",
        "/",
        "\0",
        ".env",
        "outside/secret.py",
        "x" * 5000,
        "漢字 😀 \u202e",
        "path:",
        "-path:shop lang:python x",
        "[",
        "**",
        "~",
        "file:///etc/passwd",
        "C:\\Windows",
        "\\\\host\\share",
        "a\nb",
        "'; DROP TABLE file; --",
    ]
    numbers = [-1, 0, 1, 2, 99, 100, 500, 10**6, 10**12, 2**63, 10**30]
    strange = [None, True, 1.5, [], {}, [1], {"a": 1}, "text", 7]
    values: dict[str, Any] = {}
    for name, one in schema["properties"].items():
        if name not in schema["required"] and chosen.random() < 0.5:
            continue
        if chosen.random() < 0.08:
            values[name] = chosen.choice(strange)
        elif one["type"] == "integer":
            values[name] = chosen.choice(numbers)
        elif one["type"] == "boolean":
            values[name] = chosen.random() < 0.5
        elif one["type"] == "array":
            values[name] = chosen.choices(texts, k=chosen.randrange(4))
        else:
            values[name] = chosen.choice(one.get("enum", texts))
    if chosen.random() < 0.05:
        values[chosen.choice(["max_token", "__class__", "x" * 300])] = 1
    return values
