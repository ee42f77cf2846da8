"""A folder is forgotten in the editor: it is left out until it is reindexed or opened again."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from semlens.engine.client.client import EngineClient
from semlens.protocol.engine import Shutdown
from semlens.protocol.folders import ForgetFolders, ListFolders
from support.live import write
from support.wire_client import SERVE

SOON = 60.0
"""Seconds; generous for a busy machine."""
FILES = {"cart.py": "def total_price(items):\n    return sum(items)\n"}


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    return [write(tmp_path / name, FILES) for name in ("shop", "tools")]


@pytest_lsp.fixture(config=ClientServerConfig(server_command=SERVE))
async def client(
    lsp_client: LanguageClient, folders: list[Path], session_data_dir: Path
) -> AsyncIterator[None]:
    told: list[Any] = []
    lsp_client.told = told  # type: ignore[attr-defined]

    @lsp_client.feature("semlens/statusChanged")
    def status_changed(params: Any) -> None:
        told.append((params.uri, params.state))

    params = lsp.InitializeParams(
        capabilities=client_capabilities("visual-studio-code"),
        process_id=os.getpid(),
        workspace_folders=[lsp.WorkspaceFolder(one.as_uri(), one.name) for one in folders],
    )

    @lsp_client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        """The test sends what it wants the server to know."""

    await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()
    async with EngineClient(session_data_dir) as engine:
        await engine.request(Shutdown())


async def ask(client: LanguageClient, method: str, **params: Any) -> Any:
    return await client.protocol.send_request_async(f"semlens/{method}", params)


async def states(client: LanguageClient) -> dict[str, str]:
    found = (await ask(client, "status")).folders
    return {Path(one.uri).name: one.state for one in found}


async def until(client: LanguageClient, **wanted: str) -> None:
    deadline = time.monotonic() + SOON
    while (now := await states(client)) != wanted:
        assert time.monotonic() < deadline, now
        await asyncio.sleep(0.1)


async def test_a_forgotten_folder_is_left_out_until_the_user_wants_it_back(
    client: LanguageClient, folders: list[Path], session_data_dir: Path
) -> None:
    shop, tools = folders
    await until(client, shop="ready", tools="ready")
    kept = {one.folder: one for one in (await ask(client, "keptFolders")).folders}
    one = kept[str(shop)]
    assert (one.uri, one.chunks, one.presence, one.open) == (shop.as_uri(), 1, "there", True)
    assert list(one.followers) == ["language server"]

    result = await ask(client, "forget", places=[one.place])
    assert result.freedBytes > 0 and list(result.problems) == []
    assert client.told[-1] == (shop.as_uri(), "forgotten")  # type: ignore[attr-defined]
    assert await states(client) == {"shop": "forgotten", "tools": "ready"}
    # Whatever the editor does meanwhile, the folder stays out, and others answer.
    new = shop / "mail.py"
    new.write_text("def send_receipt(): ...\n", encoding="utf-8")
    client.workspace_did_change_watched_files(
        lsp.DidChangeWatchedFilesParams([lsp.FileEvent(new.as_uri(), lsp.FileChangeType.Created)])
    )
    client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams({"semlens": {"hover": "off"}}))
    hits = (await ask(client, "search", query="total price")).hits
    assert {Path(hit.uri).parent.name for hit in hits} == {"tools"}
    with pytest.raises(Exception, match="was deleted: reindex the workspace, or open the folder again"):
        await ask(client, "search", query="total price", folders=[shop.as_uri()])
    assert str(shop) not in {one.folder for one in (await ask(client, "keptFolders")).folders}

    assert (await ask(client, "reindex")).files == 3
    await until(client, shop="ready", tools="ready")

    # From a terminal, and opened again.
    async with EngineClient(session_data_dir) as engine:
        listed = (await engine.request(ListFolders())).folders
        places = [one.place for one in listed if one.folder in map(str, folders)]
        await engine.request(ForgetFolders(places))
        await until(client, shop="forgotten", tools="forgotten")
        with pytest.raises(Exception, match="The index was deleted: reindex"):
            await ask(client, "search", query="total price")
        opened = lsp.WorkspaceFolder(shop.as_uri(), shop.name)
        for event in (
            lsp.WorkspaceFoldersChangeEvent(added=[], removed=[opened]),
            lsp.WorkspaceFoldersChangeEvent(added=[opened], removed=[]),
        ):
            client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))
        await until(client, tools="forgotten", shop="ready")
        # The next engine gets no folder that was forgotten.
        await engine.request(Shutdown())
        await until(client, tools="forgotten", shop="ready")
        listed = (await engine.request(ListFolders())).folders
        assert str(tools) not in {one.folder for one in listed}
