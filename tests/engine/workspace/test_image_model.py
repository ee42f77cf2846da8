"""A model that looks at images: they are found by what they show, and nothing else is found otherwise."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from semlens.errors import SemlensError
from semlens.protocol.models import ListModels
from semlens.types import Hit, Tier
from support.live import Client, Live, eventually, many_files, write
from support.tiny_clip import png, png_of, save

PICTURES = {"img/1.png": png("green"), "img/2.png": png("red"), "img/3.png": png("blue")}
QUESTION = "a picture of the red house"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return save(tmp_path / "tiny-clip")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", many_files(6))


async def seen(client: Client, folder: Path) -> list[Hit]:
    """The images that look like the question, best first."""
    answer = await client.search(QUESTION, folder, tiers=[Tier.IMAGE], wait=True)
    return [hit for hit in answer.hits if any(one.name == "image" for one in hit.reasons)]


async def only_seen(client: Client, folder: Path, path: str) -> None:
    """Wait until the image at `path` alone looks like the question."""
    found: list[str] = []

    async def is_there() -> bool:
        found[:] = [hit.path for hit in await seen(client, folder)]
        return found == [path]

    await eventually(is_there, lambda: found)


@pytest.mark.model
@pytest.mark.timeout(300)  # the model's process makes way for all others while it imports torch
async def test_images_are_found_by_what_they_show_and_followed(live: Live, folder: Path, model: Path) -> None:
    bomb = png_of(60_000, 60_000, zlib.compress(b"\0" * 1000))
    write(folder, {**PICTURES, "img/broken.png": png_of(24, 24, b"no pixels"), "img/bomb.png": bomb})
    async with live.client() as client:
        await client.attach(folder, images=True, imageModel=str(model))
        await client.index(folder)  # However long the model takes to load.
        assert [hit.path for hit in await seen(client, folder)] == ["img/2.png"]
        assert (await client.status(folder)).message is None
        answer = await client.search(QUESTION, folder, limit=100, explain=True, wait=True)
        hit = next(hit for hit in answer.hits if hit.path == "img/2.png")
        assert hit.explanation is not None and not hit.weak
        assert "the picture looks like the question" in hit.explanation.summary
        assert any(one.text.startswith("By what it shows: the best") for one in hit.explanation.tiers)
        without = [tier for tier in Tier if tier is not Tier.IMAGE]
        plain = await client.search(QUESTION, folder, limit=100, tiers=without, wait=True)
        assert code(answer.hits) == code(plain.hits)
        (listed,) = (one for one in (await client.engine.request(ListModels())).models if one.tier == "image")
        assert (listed.name, listed.installed, listed.wanted) == ("tiny-clip", True, True)
        assert listed.vectors == len(PICTURES) and listed.folders[0].embedded == 1
        (folder / "img/2.png").rename(folder / "moved.png")
        await only_seen(client, folder, "moved.png")
        write(folder, {"moved.png": png("white"), "web/back.png": png("red")})
        await only_seen(client, folder, "web/back.png")
    log = live.said
    assert "cannot be decoded: img/bomb.png" in log and "cannot be decoded: img/broken.png" in log


async def test_one_that_cannot_be_used_is_a_sentence_and_words_still_find(
    live: Live, folder: Path, model: Path
) -> None:
    async with live.client() as client:
        await client.attach(folder, images=True, imageModel="/nowhere/at/all")
        status = await client.ready(folder)
        assert "The image model cannot be used. There is no model in /nowhere/at/all" in str(status.message)
        await client.configure(folder, images=True, imageModel=str(model))
        assert (await client.ready(folder)).message is None
    await live.stop()
    async with live.client() as client:  # Without an editor and its settings.
        await client.index(folder)
        settings = model / "0_CLIPModel" / "preprocessor_config.json"
        settings.write_text(f"{settings.read_text()} ")
        write(folder, {"img/login-screen.png": png("red")})
        with pytest.raises(SemlensError, match="The files of the model tiny-clip were changed"):
            await client.index(folder)
        said = str((await client.status(folder)).message)
        assert "The images cannot be looked at. The files of the model tiny-clip were changed" in said
        found = await client.search("kind:image login screen", folder)
        assert [hit.path for hit in found.hits] == ["img/login-screen.png"]
        assert await client.found("worker_5_2", folder) == ["pkg5/module_0005.py"]


def code(hits: list[Hit]) -> list[tuple[str, int, float]]:
    return [(hit.path, hit.start_line, hit.score) for hit in hits if hit.language != "image"]
