"""Images on the terminal: switched on for a folder, and shown without lines that they do not have."""

from __future__ import annotations

from pathlib import Path

from support.command_line import Run
from support.live import Live, write

FILES = {
    "img/parcels.svg": "<svg><title>Parcels on their way</title></svg>",
    "readme.md": "![From the depot to the door](img/parcels.svg)\n",
}


def test_images_are_switched_on_for_a_folder(run: Run, live: Live, tmp_path: Path) -> None:
    live.start()
    folder = write(tmp_path / "shop", FILES)
    run("index", folder)
    nothing = run("search", "kind:image depot", "--folder", folder)
    assert "the setting semlens.images" in nothing.out
    assert run("index", folder, "--images").status == 0
    shown = run("search", "kind:image depot", "--folder", folder).out
    assert f"{folder / 'img' / 'parcels.svg'}  image\n" in shown
    assert "         From the depot to the door\n" in shown and ":1-1" not in shown
    assert run("why", folder / "img" / "parcels.svg").out.endswith(" is indexed.\n")
    run("index", folder, "--no-images")
    assert "parcels.svg  image" not in run("search", "parcels depot door", "--folder", folder).out
