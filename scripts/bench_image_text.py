"""How many words of rendered screenshots RapidOCR reads, and how long an image takes.

    python scripts/bench_image_text.py FONT [--chinese FONT] [--images N] [--seed N]

FONT is a TrueType font with German letters, such as DejaVuSans.ttf. Each row is one kind of screenshot: N
images with words drawn by chance, how many of the words were read letter by letter (of Chinese, how many of
the characters), and the seconds of an image. It needs `pip install .[image-text]`.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from PIL import Image, ImageDraw, ImageFont

from semlens.core.embed.text_reader import TextReader
from speed.machine import describe_machine

ENGLISH = """
order invoice customer packed warehouse closed conveyor settings password forgotten retry timeout connection
refused build failed tests passed total price shipping address get_order_total() user.name 42 3.14 v1.8.0
https://example.org/api Error: null undefined TypeError index.ts src/cart.py --verbose $HOME
""".split()
GERMAN = """
Bestellung Prüfung Größe schließen geändert Übersicht Straße Rückgabe für können löschen Ärger müssen
Öffnungszeiten Lager Rechnung ungültig Kennwort
""".split()
CHINESE = "订单 仓库 打包 关闭 设置 密码 错误 连接 超时 客户 地址 价格 搜索 文件 保存 删除 用户 网络".split()
LIGHT, DARK = ("black", "white"), ((204, 204, 204), (30, 30, 30))


@dataclass(frozen=True)
class Kind:
    """One kind of screenshot."""

    name: str
    words: Sequence[str]
    font: Path
    letters: int
    """Pixels of the font."""
    colours: tuple[object, object] = LIGHT
    """Of the text and of what is behind it."""
    size: tuple[int, int] = (1280, 800)
    lines: int = 20


def main() -> None:
    arguments = _arguments()
    print(describe_machine(("rapidocr", "onnxruntime", "pillow")))
    font, chance = arguments.font, random.Random(arguments.seed)
    kinds = [
        Kind("light, 16 px", ENGLISH, font, 16),
        Kind("light, 12 px", ENGLISH, font, 12),
        Kind("dark, 12 px", ENGLISH, font, 12, DARK),
        Kind("light, 9 px", ENGLISH, font, 9),
        Kind("light, 12 px, a whole screen", ENGLISH, font, 12, size=(1920, 1080), lines=55),
        Kind("light, 12 px, 3840 x 2160", ENGLISH, font, 12, size=(3840, 2160)),
        Kind("German, light, 12 px", GERMAN, font, 12),
    ]
    if arguments.chinese:
        kinds.append(Kind("Chinese, light, 12 px", CHINESE, arguments.chinese, 12))
    with tempfile.TemporaryDirectory() as folder:
        reader = TextReader(Path(folder))
        reader.read(_drawn(kinds[0], [["warm"]]))
        for kind in kinds:
            _measure(reader, kind, arguments.images, chance)
        reader.close()


def _measure(reader: TextReader, kind: Kind, images: int, chance: random.Random) -> None:
    found = asked = 0
    seconds: list[float] = []
    for _ in range(images):
        lines = [chance.choices(kind.words, k=8) for _ in range(kind.lines)]
        data = _drawn(kind, lines)
        started = time.perf_counter()
        read = reader.read(data) or ()
        seconds.append(time.perf_counter() - started)
        drawn, seen = (Counter(_parts(kind, " ".join(map(" ".join, text)))) for text in (lines, [read]))
        found, asked = found + (drawn & seen).total(), asked + drawn.total()
    print(f"{kind.name:32} {found:5,} of {asked:5,} ({found / asked:.1%})  {sum(seconds) / images:.1f} s")


def _parts(kind: Kind, text: str) -> Sequence[str]:
    """The words of a text; its characters in Chinese."""
    return text.replace(" ", "") if kind.words is CHINESE else text.split()


def _drawn(kind: Kind, lines: Sequence[Sequence[str]]) -> bytes:
    ink, paper = kind.colours
    image = Image.new("RGB", kind.size, paper)
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(kind.font, kind.letters)
    for row, words in enumerate(lines):
        draw.text((24, 12 + row * kind.letters * 1.6), " ".join(words), ink, font)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("font", type=Path)
    parser.add_argument("--chinese", type=Path)
    parser.add_argument("--images", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
