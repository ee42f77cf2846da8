"""The extension with tiny parts: it is set up in seconds, and its environment runs the checkout."""

from __future__ import annotations

import zipfile
from pathlib import Path

from setup import parts
from support.lean_installation import link_lean_packages
from support.package_index import Index, make_wheel, write_parts
from vscode.editor import REPOSITORY


def with_tiny_parts(vsix: Path, folder: Path, index: Index) -> Path:
    """A copy of `vsix` whose packages are tiny, and served by `index`.

    One of them leads to the server of the checkout and to the packages of a lean installation.
    """
    folder.mkdir()
    packages = folder / "packages"
    link_lean_packages(packages)
    bridge = f"{REPOSITORY / 'server'}\n{packages}\n"
    base = [
        make_wheel(folder, "alpha", "1.0", {"alpha.py": b"", "alpha_data.bin": bytes(range(256)) * 400}),
        make_wheel(folder, "bridge", "1.0", {"bridge.py": b"", "bridge.pth": bridge.encode()}),
    ]
    full = [make_wheel(folder, "gamma", "1.0", {"gamma.py": b""})]
    own = make_wheel(folder, "semlens_lean", "1.0", {"semlens_lean.txt": b""})
    index.add(*base, *full)
    pip = next(parts.PARTS.glob("pip-*.whl"))
    made = write_parts(folder / "parts", pip, own, base, full)
    changed = folder / "semlens.vsix"
    prefix = "extension/dist/parts/"
    with zipfile.ZipFile(vsix) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            if not name.startswith(prefix) or name.startswith(f"{prefix}installer/"):
                target.writestr(name, source.read(name))
        for file in made.iterdir():
            target.write(file, prefix + file.name)
    return changed


def fake_python(folder: Path, version: str) -> Path:
    """A folder for the PATH, with a `python3` that says it is an old one."""
    folder.mkdir()
    program = folder / "python3"
    program.write_text(f"#!/bin/sh\necho cpython {version} 64 {program}\n", "utf-8")
    program.chmod(0o755)
    return folder
