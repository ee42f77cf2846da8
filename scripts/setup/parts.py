"""Make `dist/parts`: what the extension carries to set Semlens up on a machine.

semlens_lean-….whl      Semlens with its models
base.txt, full.txt, torch-cpu.txt       the locks of the two stages
pip-….whl               installs them
installer/              the program that does it (`installer/` of the checkout)
manifest.json           what the program reads first
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path

from setup import python
from setup.lean_wheel import make_lean
from setup.steps import ROOT, Step, is_done, key_of, plain_environment, set_done, step

PARTS = ROOT / "dist" / "parts"
EPOCH = "1580601600"
"""The time of every file in a wheel, so that the same files give the same bytes."""
LOCKS = ("base.txt", "full.txt", "torch-cpu.txt")

_IMPORTS = (
    "bpe_openai",
    "chromadb.api.client",
    "numkong",
    "numpy",
    "orjson",
    "semlens.core.cost.worker",
    "semlens.core.embed.worker",
    "semlens.core.index.worker",
    "semlens.engine.daemon.service",
    "semlens.lsp.server",
    "tantivy",
    "tokenizers",
    "tree_sitter_language_pack",
    "watchdog.observers",
)
"""Loading these shows that packages with compiled code run on the machine. It compiles what each process of
Semlens imports, so that the first start is fast, and an update is a short pause."""


def prepare() -> None:
    """Make the parts, unless they are up to date. Raises SetupError."""
    stamp = PARTS / ".stamp"
    key = key_of(files=_sources())
    if is_done(stamp, key):
        return
    with step("Parts of the extension", network=True) as making:
        shutil.rmtree(PARTS, ignore_errors=True)
        PARTS.mkdir(parents=True)
        make(PARTS, making)
    set_done(stamp, key)


def make(folder: Path, making: Step) -> None:
    """Make the parts in an empty folder."""
    wheel = _semlens(folder, making)
    pip = _pip(folder, making)
    for name in LOCKS:
        shutil.copyfile(ROOT / "lock" / name, folder / name)
    shutil.copytree(
        ROOT / "installer", folder / "installer", ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    locks = "".join((folder / name).read_text("utf-8") for name in LOCKS)
    manifest = {
        "version": wheel.name.split("-")[1],
        "key": hashlib.sha256(f"{digest}{locks}".encode()).hexdigest(),
        "wheel": wheel.name,
        "wheel_sha256": digest,
        "pip": pip.name,
        "imports": _IMPORTS,
        "sizes": json.loads((ROOT / "lock" / "sizes.json").read_text("utf-8")),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8", newline="\n")


def build(target: str, folder: Path, making: Step) -> None:
    """Build Semlens's `wheel` or `sdist` into `folder`; the same sources give the same bytes."""
    options = ("-I", "-m", "hatchling", "build", "--target", target, "--directory")
    making.run((python.PYTHON, *options, folder), environment=plain_environment(SOURCE_DATE_EPOCH=EPOCH))


def build_wheel(folder: Path, making: Step) -> Path:
    """Build Semlens's wheel into `folder`."""
    build("wheel", folder, making)
    return next(folder.glob("semlens-*.whl"))


def _semlens(folder: Path, making: Step) -> Path:
    with tempfile.TemporaryDirectory() as built:
        return make_lean(build_wheel(Path(built), making), folder)


def _pip(folder: Path, making: Step) -> Path:
    options = ["--no-input", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--quiet"]
    lock = ["-r", str(ROOT / "lock" / "pip.txt"), "--dest", str(folder)]
    making.run(
        [python.PYTHON, "-I", "-m", "pip", "download", *options, *lock], environment=plain_environment()
    )
    return next(folder.glob("pip-*.whl"))


def _sources() -> list[Path]:
    folders = (ROOT / "server", ROOT / "installer", ROOT / "scripts" / "setup")
    found = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and not _is_cache(path)
    ]
    locks = [ROOT / "lock" / name for name in (*LOCKS, "pip.txt", "sizes.json")]
    return sorted([*found, *locks, ROOT / "pyproject.toml", ROOT / "README.md", ROOT / "LICENSE"])


def _is_cache(path: Path) -> bool:
    return bool(re.search(r"__pycache__|\.pyc$|\.egg-info", str(path)))
