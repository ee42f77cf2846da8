"""What may be in a release, and that the same contents give the same bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from setup.artefacts import check, repack
from setup.lean_wheel import full_packages, make_lean
from setup.licences import fetched

NEEDED = (
    "semlens/models/deep/layers.safetensors",
    "semlens/models/instant/rows.npy",
    "semlens/models/rerank/model.safetensors",
    "semlens/__main__.py",
)


def archive(
    path: Path, *names: str, date: tuple[int, int, int, int, int, int] = (2026, 1, 1, 0, 0, 0)
) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        for name in names:
            zipped.writestr(zipfile.ZipInfo(name, date), name)
    return path


def test_what_belongs_into_a_wheel_is_let_in(tmp_path: Path) -> None:
    info = "semlens-0.1.0.dist-info"
    wheel = archive(tmp_path / "semlens.whl", *NEEDED, "semlens/core/index/walk.py", f"{info}/METADATA")
    assert check(wheel) == []


def test_every_file_of_the_package_belongs_into_a_wheel(tmp_path: Path, repository: Path) -> None:
    package = repository / "server" / "semlens"
    files = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    names = [path.relative_to(package.parent).as_posix() for path in files]
    assert check(archive(tmp_path / "semlens.whl", *names)) == []


@pytest.mark.parametrize(
    "name",
    [
        "semlens/core/__pycache__/walk.cpython-311.pyc",
        "semlens/.env",
        "tests/test_imports.py",
        "semlens/models/deep/notes.txt",
        "semlens/secret.pem",
        "other/__init__.py",
    ],
)
def test_what_does_not_belong_is_named(tmp_path: Path, name: str) -> None:
    assert check(archive(tmp_path / "semlens.whl", *NEEDED, name)) == [
        f"semlens.whl has {name}, which does not belong there."
    ]


def test_a_wheel_without_a_model_is_refused(tmp_path: Path) -> None:
    assert check(archive(tmp_path / "semlens.whl", *NEEDED[1:])) == [
        "semlens.whl lacks semlens/models/deep/layers.safetensors."
    ]


def test_the_same_contents_give_the_same_bytes(tmp_path: Path) -> None:
    first = archive(tmp_path / "a.vsix", "extension/b", "extension/a")
    second = archive(tmp_path / "b.vsix", "extension/a", "extension/b", date=(2030, 5, 5, 5, 5, 4))
    made = []
    for source in (first, second):
        repack(source, tmp_path / "out.vsix")
        made.append((tmp_path / "out.vsix").read_bytes())
    assert made[0] == made[1]


def test_the_lean_wheel_has_the_same_files_and_fewer_needs(tmp_path: Path) -> None:
    needs = [*full_packages(), "numpy", "torch-like"]
    metadata = "Metadata-Version: 2.4\nName: semlens\nVersion: 1.0\n"
    metadata += "".join(f"Requires-Dist: {name}>=1\n" for name in needs)
    wheel = tmp_path / "semlens-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as zipped:
        zipped.writestr("semlens/__init__.py", "")
        zipped.writestr("semlens-1.0.dist-info/METADATA", metadata)
        zipped.writestr("semlens-1.0.dist-info/RECORD", "")
    (tmp_path / "lean").mkdir()
    lean = make_lean(wheel, tmp_path / "lean")
    assert lean.name == "semlens_lean-1.0-py3-none-any.whl"
    with zipfile.ZipFile(lean) as zipped:
        info = "semlens_lean-1.0.dist-info"
        assert set(zipped.namelist()) == {"semlens/__init__.py", f"{info}/METADATA", f"{info}/RECORD"}
        told = zipped.read(f"{info}/METADATA").decode().splitlines()
        assert "Name: semlens-lean" in told
        kept = [line for line in told if line.startswith("Requires-Dist")]
        assert kept == ["Requires-Dist: numpy>=1", "Requires-Dist: torch-like>=1"]
        assert len(zipped.read(f"{info}/RECORD").decode().splitlines()) == 3


@pytest.mark.parametrize("lock", ["base", "full", "torch-cpu"])
def test_the_licence_of_every_package_is_known(lock: str) -> None:
    assert all(licence for _, licence, _ in fetched(lock))
