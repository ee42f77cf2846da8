"""An environment as *Set Up* makes it at first: Semlens is there as `semlens-lean`, without PyTorch."""

from __future__ import annotations

import importlib.metadata
import os
import sysconfig
import venv
from pathlib import Path

from setup.lean_wheel import NAME, full_packages, leaner

SERVER = Path(__file__).parents[2] / "server"


def make_lean_installation(folder: Path) -> Path:
    """Make the environment in `folder`; its Python. Its packages are links to those of this Python."""
    venv.EnvBuilder(symlinks=os.name != "nt").create(folder)
    scheme = {"base": str(folder), "platbase": str(folder)}
    link_lean_packages(Path(sysconfig.get_path("purelib", "venv", scheme)))
    programs = Path(sysconfig.get_path("scripts", "venv", scheme))
    return programs / ("python.exe" if os.name == "nt" else "python")


def link_lean_packages(folder: Path) -> None:
    """Link the packages of a lean installation into `folder`, with the Semlens of the checkout."""
    folder.mkdir(parents=True, exist_ok=True)
    left_out = {entry for name in ("semlens", *full_packages()) for entry in _entries(name)}
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if entry.name not in left_out and not (folder / entry.name).exists():
            (folder / entry.name).symlink_to(entry)
    told = importlib.metadata.distribution("semlens").read_text("METADATA")
    assert told is not None
    version = importlib.metadata.version("semlens")
    info = folder / f"{NAME.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(leaner(told), encoding="utf-8")
    (folder / "checkout.pth").write_text(f"{SERVER}\n", encoding="utf-8")


def _entries(name: str) -> set[str]:
    """The files and folders of a distribution, beside those of others."""
    return {file.parts[0] for file in importlib.metadata.files(name) or ()}
