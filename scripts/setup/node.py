"""Set up the Node part of a checkout: the locked npm packages, and the extension as a `.vsix`.

Everything is in the checkout's `node_modules` and `dist`; nothing is installed globally.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from setup import parts
from setup.steps import ROOT, SetupError, is_done, key_of, set_done, step

VSIX = ROOT / "dist" / "semlens.vsix"
OLDEST = 20
"""The oldest major version of Node that the tools run on."""

_PACKED = (
    "package.json",
    "package.nls.json",
    "package.nls.de.json",
    "package.nls.zh-cn.json",
    "package-lock.json",
    "esbuild.mjs",
    "package.mjs",
    "tsconfig.json",
    ".vscodeignore",
)
_PACKED_TEXTS = ("README.md", "CHANGELOG.md", "LICENSE")
_PACKED_FOLDERS = ("extension", "installer", "l10n", "media")
_NOT_SOURCES = frozenset({"dist", "node_modules", "out", "__pycache__"})


def prepare() -> None:
    """Install the packages and build the `.vsix`, if they are out of date. Raises SetupError.

    The Python part must be there: it builds what the extension carries.
    """
    packages()
    parts.prepare()
    _extension()


def npm() -> str:
    """The path of npm. Raises SetupError if it is missing, or if Node is missing or too old."""
    advice = f"install Node.js {OLDEST} or newer from https://nodejs.org/ and run the same command again."
    node, found = shutil.which("node"), shutil.which("npm")
    if node is None:
        raise SetupError(f"Semlens needs Node.js to build its extension, and it was not found: {advice}")
    major = version(node)
    if major is None or major < OLDEST:
        raise SetupError(f"Semlens needs Node.js {OLDEST}, and {node} is {major or 'broken'}: {advice}")
    if found is None:
        raise SetupError(f"Semlens needs npm to build its extension, and it was not found: {advice}")
    return found


@functools.cache
def version(node: str) -> int | None:
    """The major version of the Node at `node`, or None if it does not run."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found[1]) if found else None


def packages() -> None:
    """Install the locked npm packages, unless they are installed. Raises SetupError."""
    # `npm ci` deletes node_modules first, and the stamp with it: an interrupted one starts over.
    stamp = ROOT / "node_modules" / ".semlens-packages"
    key = key_of(files=[ROOT / "package.json", ROOT / "package-lock.json"])
    if is_done(stamp, key):
        return
    with step("npm packages", network=True) as installing:
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"]
        installing.run([npm(), "ci", *options])
    set_done(stamp, key)


def _extension() -> None:
    stamp = VSIX.with_suffix(".stamp")
    key = key_of(files=sorted(_sources()))
    if VSIX.exists() and is_done(stamp, key):
        return
    stamp.unlink(missing_ok=True)
    VSIX.parent.mkdir(exist_ok=True)
    with step("Extension") as building:
        building.run([npm(), "run", "package"])
    if not VSIX.exists():
        raise SetupError(f"Extension: {VSIX} was not made by `npm run package`.")
    set_done(stamp, key)


def _sources() -> Iterator[Path]:
    yield parts.PARTS / "manifest.json"
    for name in (*_PACKED, *_PACKED_TEXTS):
        if (ROOT / name).is_file():
            yield ROOT / name
    for name in _PACKED_FOLDERS:
        for folder, below, files in os.walk(ROOT / name):
            below[:] = [child for child in below if child not in _NOT_SOURCES]
            yield from (Path(folder, file) for file in files)
