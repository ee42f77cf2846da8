"""A folder whose deep tier is an embedding server, with the real engine: search goes on whatever happens."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from semlens.errors import UsageError
from semlens.protocol.engine import Status
from semlens.protocol.served import JoinModelServer, LeaveModelServer, ListModelServers, TellModelTokens
from semlens.types import Tier
from support.live import Client, Live, eventually, many_files, write
from support.model_server import Behaviour, Model, model_server

QUESTION = "worker_7_2"
ANSWER = ["pkg7/module_0007.py"]
DEEP = {"tiers": [Tier.DEEP], "wait": True}


@pytest.fixture
def server() -> Iterator[Model]:
    with model_server() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", many_files(12))


async def _says(client: Client, folder: Path, sentence: str) -> None:
    async def said() -> bool:
        return sentence in ((await client.status(folder)).message or "")

    await eventually(said)


async def test_a_server_is_used_once_the_user_agrees_and_never_after_they_leave(
    live: Live, server: Model, folder: Path
) -> None:
    async with live.client() as client:
        status = await client.attach(folder, model=server.setting)
        assert "you have not agreed to it" in (status.message or "")
        assert any("you have not agreed" in text for text in client.messages)
        await client.ready(folder)
        assert await client.found(QUESTION, folder) == ANSWER
        assert server.requests == [] and live.embedded()
        joined = await client.engine.request(JoinModelServer(server.url))
        assert joined.setting == server.setting and joined.message is None

        async def is_full() -> bool:
            status = await client.status(folder)
            return status.state == "ready" and status.coverage.deep == 1 and status.message is None

        await eventually(is_full)
        assert any("def worker_7_2" in text for text in server.texts)
        assert (await client.search("worker_7_2", folder, **DEEP)).hits
        models = {model.name: model for model in (await client.engine.request(Status())).models}
        assert models["test-embed"].state == "loaded"
        await client.engine.request(LeaveModelServer(server.url))
        sent = len(server.requests)
        write(folder, {"new.py": "def fresh_from_the_press():\n    return 1\n"})

        async def is_found() -> bool:
            return await client.found("fresh_from_the_press", folder) == ["new.py"]

        await eventually(is_found)
        await _says(client, folder, "you have not agreed to it")
        assert len(server.requests) == sent
    kept = json.loads((live.data_dir / "model-servers.json").read_bytes())
    assert kept["servers"] == []


async def test_a_failing_server_is_one_sentence_and_search_goes_on(
    live: Live, server: Model, folder: Path
) -> None:
    async with live.client() as client:
        await client.engine.request(JoinModelServer(server.url))
        server.does.statuses = [(500, "", "secret-words")] * 10_000
        await client.attach(folder, model=server.setting)
        await _says(client, folder, f"The model server {server.url[7:]} failed. Search goes on without it.")
        assert await client.found(QUESTION, folder) == ANSWER
        assert await client.found(QUESTION, folder, wait=True) == ANSWER
        problems = (await client.engine.request(ListModelServers(probe=True))).servers
        assert "failed" in (problems[0].message or "")
        server.does.statuses = []
        await client.engine.request(JoinModelServer(server.url))  # Nobody waits for the circuit here.
        assert (await client.ready(folder)).coverage.deep == 1
    await live.stop()
    assert "secret-words" not in live.said


async def test_another_model_behind_the_name_gets_an_index_of_its_own(
    live: Live, server: Model, folder: Path
) -> None:
    async with live.client() as client:
        await client.engine.request(JoinModelServer(server.url))
        await client.attach(folder, model=server.setting)
        await client.ready(folder)
        first = len([text for text in server.texts if "def worker_" in text])
        server.does = Behaviour(weights="second", dim=32)
        found = await client.engine.request(ListModelServers(probe=True))
        assert "another model as test-embed" in (found.servers[0].message or "")
        assert any("another model as test-embed" in text for text in client.messages)
        assert await client.found(QUESTION, folder) == ANSWER

        async def is_new() -> bool:
            again = len([text for text in server.texts if "def worker_" in text])
            return again == 2 * first and (await client.status(folder)).coverage.deep == 1

        await eventually(is_new)

        async def answers() -> bool:
            status = await client.status(folder)
            return status.state == "ready" and bool((await client.search(QUESTION, folder, **DEEP)).hits)

        await eventually(answers)
        assert len(list(live.data_dir.rglob("index.db"))) == 2


async def test_a_token_is_asked_of_the_environment_and_stored_nowhere(
    live: Live, server: Model, folder: Path
) -> None:
    server.does.token = "swordfish"
    variable = "SEMLENS_MODEL_TOKEN_TEST"
    async with live.client() as client:
        with pytest.raises(UsageError, match="no token in"):
            await client.engine.request(JoinModelServer(server.url, token_variable=variable))
        await client.engine.request(TellModelTokens({variable: "swordfish"}))
        await client.engine.request(JoinModelServer(server.url, token_variable=variable))
        await client.attach(folder, model=server.setting)
        await client.ready(folder)
    await live.stop()
    async with live.client() as client:  # Another engine does not know it.
        await client.attach(folder, model=server.setting)
        write(folder, {"new.py": "def fresh_from_the_press():\n    return 1\n"})
        await client.touch(folder, "new.py")
        await _says(client, folder, f"is not known: set {variable}")
        assert await client.found(QUESTION, folder) == ANSWER
        await client.engine.request(TellModelTokens({variable: "swordfish"}))
        assert (await client.ready(folder)).coverage.deep == 1
    await live.stop()
    for path in live.data_dir.rglob("*"):
        assert not path.is_file() or b"swordfish" not in path.read_bytes()


async def test_search_goes_on_with_another_model_if_a_folder_cannot_be_used(
    live: Live, tmp_path: Path
) -> None:
    names = [str(tmp_path / kind) for kind in ("missing", "empty", "file", "half")]
    (tmp_path / "file").write_text("x")
    for kind in ("empty", "half"):
        (tmp_path / kind).mkdir()
    (tmp_path / "half" / "modules.json").write_text('[{"type": "x", "path": ""}]')
    async with live.client() as client:
        for number, name in enumerate([*names, os.path.join("some", "model", "deep")]):
            folder = write(tmp_path / f"code{number}", {"a.py": f"def only_in_{number}():\n    return 1\n"})
            status = await client.attach(folder, model=name)
            sentence = status.message or ""
            assert name in sentence and "The model semlens-code answers meanwhile." in sentence
            assert "\n" not in sentence
            await client.index(folder)
            assert await client.found(f"only_in_{number}", folder) == ["a.py"]
