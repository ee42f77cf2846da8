"""Text in images: what RapidOCR reads finds them, and where it is missing one sentence says so."""

from __future__ import annotations

import zlib
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pytest

from semlens.types import Hit
from support.live import Client, Live, eventually, write
from support.tiny_clip import png_of

INSTALLED = all(map(find_spec, ("rapidocr", "onnxruntime")))
CODE = {"src/cart.py": "def add_to_cart(cart, item):\n    cart.append(item)\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", CODE)


def screenshot(*lines: str) -> bytes:
    """A PNG with lines of text, black on white, in letters of 18 pixels."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (640, 40 + 30 * len(lines)), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=18)
    for row, line in enumerate(lines):
        draw.text((20, 20 + 30 * row), line, "black", font)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


async def jammed(client: Client, folder: Path) -> list[Hit]:
    """The images that are found by words that stand in one of them."""
    answer = await client.search("kind:image conveyor jammed", folder, explain=True)
    return [hit for hit in answer.hits if "onveyor" in hit.preview]


@pytest.mark.skipif(INSTALLED, reason="RapidOCR is installed here")
async def test_where_it_is_missing_a_sentence_says_how_to_install_it(live: Live, folder: Path) -> None:
    write(folder, {"img/conveyor.png": png_of(8, 8, b"no pixels")})
    async with live.client() as client:
        await client.attach(folder, images=True, imageText=True)

        async def is_said() -> bool:
            return "cannot be read" in str((await client.status(folder)).message)

        await eventually(is_said)
        said = str((await client.status(folder)).message)
        assert said.startswith("The text in images cannot be read. RapidOCR is not installed: run ")
        assert said.endswith(" install rapidocr onnxruntime.")
        assert [hit.path for hit in await jammed(client, folder)] == ["img/conveyor.png"]
        await client.index(folder)  # It is no failure.
        await client.configure(folder, images=True)

        async def is_fine() -> bool:
            return (await client.status(folder)).message is None

        await eventually(is_fine)


@pytest.mark.model
@pytest.mark.skipif(not INSTALLED, reason="RapidOCR is not installed: pip install .[image-text]")
@pytest.mark.timeout(300)
async def test_images_are_found_by_the_text_in_them(live: Live, folder: Path) -> None:
    write(folder, {"img/1.png": screenshot("Warehouse status", "Conveyor jammed in aisle seven")})
    write(folder, {"img/2.png": screenshot("Settings", "Change the printer of labels")})
    write(folder, {"img/broken.png": png_of(24, 24, b"no pixels")})
    write(folder, {"img/bomb.png": png_of(60_000, 60_000, zlib.compress(b"\0" * 1000))})
    async with live.client() as client:
        await client.attach(folder, images=True, imageText=True)
        await client.index(folder)  # However long the reader takes to load.
        (hit,) = await jammed(client, folder)
        assert (hit.path, hit.summary) == ("img/1.png", "In the picture: Conveyor jammed in aisle seven")
        assert hit.explanation is not None
        assert "words of the question stand in the picture" in hit.explanation.summary
        found = (await client.search("kind:image printer of labels", folder)).hits
        assert found[0].path == "img/2.png" and (await client.status(folder)).message is None
        log = live.said
        assert "it cannot be read" in log and "img/broken.png" in log and "img/bomb.png" in log
        (folder / "img/1.png").rename(folder / "moved.png")
        await client.index(folder)
        assert [hit.path for hit in await jammed(client, folder)] == ["moved.png"]
        await client.configure(folder, images=True)

        async def is_forgotten() -> bool:
            return not await jammed(client, folder)

        await eventually(is_forgotten)
