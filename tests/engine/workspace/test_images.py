"""Images in an open folder: switched on and off, followed, counted in no cost, and remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.protocol.agents import Packing, PackSearch
from semlens.protocol.engine import Index, Search
from semlens.types import Hit
from support.live import Client, Live, eventually, write

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><title>Parcels on their way</title></svg>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "img/parcels.svg": SVG,
        "readme.md": "![From the depot to the door](img/parcels.svg)\n",
        "cart.py": "def add_to_cart(cart, item):\n    cart.append(item)\n",
    }
    return write(tmp_path / "shop", files)


async def images(client: Client, folder: Path, question: str = "kind:image parcels") -> list[Hit]:
    return [hit for hit in (await client.search(question, folder)).hits if hit.language == "image"]


async def test_images_are_found_followed_and_forgotten(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder, images=True)
        await client.ready(folder)
        (hit,) = await images(client, folder)
        assert (hit.path, hit.summary) == ("img/parcels.svg", "Parcels on their way")
        write(folder, {"readme.md": "![By bicycle](img/parcels.svg)\n"})

        async def is_reworded() -> bool:
            found = await images(client, folder)
            return bool(found) and found[0].preview.endswith("By bicycle")

        await eventually(is_reworded)
        await client.ready(folder)
        assert (await client.why(folder, "img/parcels.svg")).indexed
        await client.configure(folder)

        async def is_gone() -> bool:
            return not await images(client, folder)

        await eventually(is_gone)
        said = (await client.search("kind:image parcels", folder)).notices
        assert any("the setting semlens.images" in one.text for one in said)
        assert not (await client.why(folder, "img/parcels.svg")).indexed


async def test_without_an_editor_a_folder_keeps_its_images(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.engine.request(Index(str(folder), images=True))
        assert await images(client, folder)
    await live.stop()
    async with live.client() as client:
        await client.index(folder)
        assert await images(client, folder)
        question = Search("kind:image from the depot to the door", folders=[str(folder)])
        answer = await client.engine.request(PackSearch(question, Packing()))
        assert "image parcels.svg" in answer.text and "From the depot to the door" in answer.text
        await client.engine.request(Index(str(folder), images=False))
        assert not await images(client, folder)
