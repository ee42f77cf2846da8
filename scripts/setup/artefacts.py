"""What may be inside the files of a release, and archives whose bytes depend on their contents alone."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

_CODE = (
    r"semlens/([\w/]+/)?\w+\.py",
    r"semlens/py\.typed",
    r"semlens/models/(deep|instant|rerank)/(1_Pooling/)?[\w.]+\.(json|npy|safetensors)",
    r"semlens/models/(deep|rerank)/LICENSE",
    r"semlens/core/(files|query|text)/\w+\.txt",
    r"semlens/lsp/words/[\w-]+\.json",
)
_INFO = r"semlens(_lean)?-[\d.]+\.dist-info/(METADATA|WHEEL|RECORD|entry_points\.txt|licenses/LICENSE)"
_ALLOWED = {
    ".whl": (*_CODE, _INFO),
    ".gz": (
        r"semlens-[\d.]+/(server|tests|scripts|installer|lock|training)/.*[^/]",
        r"semlens-[\d.]+/[\w.-]+",
    ),
    ".vsix": (
        r"\[Content_Types\]\.xml",
        r"extension\.vsixmanifest",
        r"extension/(package(\.nls(\.[\w-]+)?)?\.json|readme\.md|changelog\.md|LICENSE\.txt)",
        r"extension/dist/(extension|quietClient|pages/\w+)\.js",
        r"extension/dist/pages/\w+\.css",
        r"extension/l10n/bundle\.l10n(\.[\w-]+)?\.json",
        r"extension/extension/syntaxes/[\w.-]+\.json",
        r"extension/media/\w+\.(png|svg)",
        r"extension/dist/parts/(manifest\.json|LICENCES\.md|(base|full|torch-cpu)\.txt)",
        r"extension/dist/parts/(semlens_lean|pip)-[\d.]+-py3-none-any\.whl",
        r"extension/dist/parts/installer/(\w+/)?\w+\.py",
    ),
}
"""Ending of an archive → what the paths inside it look like."""
_NEVER = re.compile(r"\.pyc$|__pycache__|\.env\b|\.pem$|\.map$|screenshots/|/\.git/")
_NEEDED = {
    ".whl": (
        "semlens/models/deep/layers.safetensors",
        "semlens/models/instant/rows.npy",
        "semlens/models/rerank/model.safetensors",
        "semlens/__main__.py",
    ),
    ".vsix": (
        "extension/dist/extension.js",
        "extension/dist/quietClient.js",
        "extension/dist/parts/manifest.json",
        "extension/package.nls.de.json",
        "extension/l10n/bundle.l10n.de.json",
    ),
}
_DATE = (2020, 2, 2, 0, 0, 0)


def check(archive: Path) -> list[str]:
    """What is wrong with the contents of a release's file, each as a sentence."""
    patterns = _ALLOWED.get(archive.suffix)
    if patterns is None:
        return []
    names = _names(archive)
    found = [
        f"{archive.name} has {name}, which does not belong there."
        for name in names
        if not _fits(name, patterns)
    ]
    missing = [name for name in _NEEDED.get(archive.suffix, ()) if name not in names]
    return found + [f"{archive.name} lacks {name}." for name in missing]


def repack(source: Path, target: Path) -> None:
    """Copy a zip archive without its times and its order."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr = 0o644 << 16
            # A wheel is compressed already.
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))


def _names(archive: Path) -> list[str]:
    if archive.suffix == ".gz":
        with tarfile.open(archive) as tar:
            return [member.name for member in tar.getmembers() if member.isfile()]
    with zipfile.ZipFile(archive) as zipped:
        return [name for name in zipped.namelist() if not name.endswith("/")]


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return not _NEVER.search(name) and any(re.fullmatch(pattern, name) for pattern in patterns)
