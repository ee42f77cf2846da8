"""The map as it goes to the editor: columns of numbers that fit together."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np

from semlens.core.map.layout import lay_out, place
from semlens.core.map.messages import LayOut, Place
from semlens.core.map.picture import make_picture
from semlens.core.map.types import Floats
from semlens.engine.daemon.map_service import map_result
from support.opened_index import opened_index

BODY = "".join(f"    total_{n} = price_{n} * amount_{n} + postage_{n}\n" for n in range(150))
INNER = BODY.replace("    ", "        ")
PYTHON = f"import os\n\n\ndef total(cart):\n{BODY}\n\nclass Cart:\n    def add(self, item):\n{INNER}"
GO = (
    "package stock\n\nfunc Reserve(pieces int) int {\n"
    + "\tpieces = pieces + 1 // take one more\n" * 40
    + "\treturn pieces\n}\n"
)


def ask(request: LayOut | Place) -> Floats:
    if isinstance(request, LayOut):
        return lay_out(request.vectors)
    return place(request.vectors, request.known, request.positions)


def test_each_column_says_of_each_point_what_is_in_the_file(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    for name, text in {"app/cart.py": PYTHON, "stock.go": GO}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    with opened_index(root, tmp_path / "data") as index:
        picture = make_picture(index, ask)
        found = map_result(picture, index.reader.files.stamps(), True)

    def column(text: str, kind: str) -> list[int]:
        return np.frombuffer(base64.b64decode(text), kind).tolist()

    lines = column(found.lines, "<u4")
    points = {
        name: (found.paths[file], found.languages[file], first, last)
        for name, file, first, last in zip(
            found.names, column(found.files, "<u4"), lines[::2], lines[1::2], strict=True
        )
    }
    assert points["total"] == ("app/cart.py", "python", 3, 153), "a long definition is one point, and whole"
    path, language, first, last = points["Reserve"]
    assert (path, language) == ("stock.go", "go") and first <= 2 and last == 44
    kinds = dict(zip(found.names, column(found.kinds, "u1"), strict=True))
    assert found.kind_list[kinds["total"]] == "function"
    assert len(column(found.positions, "<f4")) == 2 * found.points == 2 * len(found.names)
    clusters = column(found.clusters, "<i2")
    assert all(-1 <= cluster < len(found.cluster_list) for cluster in clusters)
    assert all(
        abs(time - (root / path).stat().st_mtime) < 2
        for path, time in zip(found.paths, found.changed, strict=True)
    )
    assert found.complete and found.placed == 0
