"""A folder that an agent asks about is followed until it is forgotten, and again from the next question."""

from __future__ import annotations

from pathlib import Path

from semlens.mcp.following import FollowedFolders
from semlens.protocol.folders import ForgetFolders, ListFolders
from support.live import Live, eventually, write


async def test_the_next_question_brings_a_forgotten_folder_back(live: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", {"a.py": "def first():\n    return 1\n"})
    async with live.client() as client:
        followed = FollowedFolders(client.engine)

        async def followers() -> list[list[str]]:
            return [one.followers for one in (await client.engine.request(ListFolders())).folders]

        assert (await followed.ready(str(folder))).folder == str(folder)
        assert await followers() == [["test"]]
        places = [one.place for one in (await client.engine.request(ListFolders())).folders]
        await client.engine.request(ForgetFolders(places))
        assert await followers() == []
        await followed.ready(str(folder))
        assert await followers() == [["test"]]

        async def is_found() -> bool:
            return bool(await client.found("first", folder))

        await eventually(is_found)
