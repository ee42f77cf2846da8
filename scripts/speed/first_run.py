"""Measure the first run on the screen: real VS Code with a clean profile, an empty data folder, the `.vsix`.

Then the update: a newer `.vsix` into the same profile, with the index in place, while questions are asked.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup import chromium, lean_wheel, node, vscode
from setup.lean_wheel import write_wheel
from setup.steps import CACHE, ROOT

sys.path.insert(0, str(ROOT / "tests"))
from vscode import agent_extension
from vscode.editor import Editor, node_path

NEWER = "99.0.0"
FILES = 300
_PARTS = "extension/dist/parts/"
_MANIFEST = f"{_PARTS}manifest.json"


def measure(work: Path) -> None:
    """Print the seconds and megabytes of an installation, and of an update, in `work`, an empty folder."""
    browser, server = chromium.find(), vscode.prepare(CACHE)
    if browser is None:
        sys.exit("Chromium was not found: install it, or set SEMLENS_CHROMIUM to its path.")
    node.prepare()
    subprocess.run([node_path(), "esbuild.mjs", "--tests"], cwd=ROOT, check=True)
    workspace, profile = _workspace(work / "folder" / "project"), work / "profile"
    server.install_extension(node.VSIX, profile)
    storage = profile / "data" / "User" / "globalStorage" / "semlens.semlens"
    os.environ["SEMLENS_DATA_DIR"] = str(work / "data")
    with served(server, browser, workspace, profile, work) as editor:
        print(f"first run: {editor.measure('install', storage=str(storage))}")
    print(f"  {_megabytes(storage):.0f} MB of environments, {_megabytes(work / 'data'):.0f} MB of data")
    for line in (storage / "set-up.log").read_text("utf-8").splitlines():
        if line.startswith("done"):
            print(f"  {line}")
    _index_all(storage, workspace)
    before = _vectors(work / "data")
    server.install_extension(agent_extension.package(work / "agent.vsix"), profile)
    server.install_extension(newer_extension(node.VSIX, work / "newer.vsix"), profile)
    with served(server, browser, workspace, profile, work) as editor:
        print(f"update: {editor.measure('install', storage=str(storage), update=NEWER)}")
    print(f"  vectors before the update: {before}, after it: {_vectors(work / 'data')}")


def newer_extension(vsix: Path, target: Path) -> Path:
    """A copy of the extension whose package of Semlens has the version `NEWER`."""
    with zipfile.ZipFile(vsix) as source:
        files = {name: source.read(name) for name in source.namelist()}
    manifest = json.loads(files.pop(_MANIFEST))
    with zipfile.ZipFile(io.BytesIO(files.pop(_PARTS + manifest["wheel"]))) as old:
        package = {name: old.read(name) for name in old.namelist()}
    version = manifest["version"]
    for name in ("semlens/__init__.py", f"semlens_lean-{version}.dist-info/METADATA"):
        package[name] = package[name].replace(version.encode(), NEWER.encode(), 1)
    with tempfile.TemporaryDirectory() as folder:
        wheel = write_wheel(package, Path(folder), (lean_wheel.NAME, NEWER))
        files[_PARTS + wheel.name] = wheel.read_bytes()
    digest = hashlib.sha256(files[_PARTS + wheel.name]).hexdigest()
    newer = {"version": NEWER, "key": digest, "wheel": wheel.name, "wheel_sha256": digest}
    files[_MANIFEST] = json.dumps({**manifest, **newer}).encode()
    with zipfile.ZipFile(target, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return target


@contextmanager
def served(
    server: vscode.CodeServer, browser: Path, workspace: Path, profile: Path, work: Path
) -> Iterator[Editor]:
    """VS Code on a workspace, for as long as the context lasts."""
    port = vscode.free_port()
    process = server.serve(workspace, profile, port, work / "code-server.log")
    editor = Editor(browser, workspace, work / "data", port, process)
    try:
        while process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield editor
    finally:
        editor.close()


def _workspace(folder: Path) -> Path:
    """`FILES` source files of this checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.ts"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines()[:FILES]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def _index_all(storage: Path, workspace: Path) -> None:
    """Wait for the deep tier."""
    python = next(storage.glob("environments/*/bin/python"))
    command = [str(python), "-I", "-m", "semlens", "index", str(workspace)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _vectors(data: Path) -> tuple[int, ...]:
    """How many vectors are kept, and the number of the last that was written."""
    with contextlib.closing(sqlite3.connect(f"file:{data / 'vectors.db'}?mode=ro", uri=True)) as database:
        return tuple(database.execute("SELECT count(*), max(id) FROM vector").fetchone())


def _megabytes(folder: Path) -> float:
    """On disk; a file with two names counts once."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            status = path.stat()
            found[status.st_ino] = status.st_size
    return sum(found.values()) / 1e6
