"""The locks hold all that their packages need: pip is told not to look for itself what a package needs."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = Path(__file__).parents[2] / "lock"
OF_ITS_OWN = {"torch"}
"""What `lock/torch.txt` holds; what it needs is said in pyproject.toml, and differs by platform."""


PROJECT = (LOCKS.parent / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_nothing_that_a_locked_package_needs_is_missing(lock: str) -> None:
    assert _missing(lock, _names(lock)) == set()


_FULL_STAGE = frozenset({"torch_backends.py", "deep_learner.py", "pictures.py", "text_worker.py"})
"""Files that import packages of the full stage or of an extra, at need."""


def test_an_installation_lacks_only_what_it_does_not_use() -> None:
    unused = set(_listed("unused"))
    assert {needed for _, needed in _missing_pairs("base", _names("base"))} <= unused | set(_listed("full"))
    both = _names("base") | _names("full")
    assert {needed for _, needed in _missing_pairs("full", both)} <= OF_ITS_OWN
    assert not _names("base") & (unused | set(_listed("full"))) and _names("full") & set(_listed("full"))


def test_the_base_environment_has_every_package_that_semlens_imports() -> None:
    of_modules = importlib.metadata.packages_distributions()
    package = LOCKS.parent / "server" / "semlens"
    wanted = {
        module
        for file in package.rglob("*.py")
        if file.name not in _FULL_STAGE
        for module in _imported(file)
        if module not in sys.stdlib_module_names and module != "semlens"
    }
    names = {module: {canonicalize_name(name) for name in of_modules.get(module, ())} for module in wanted}
    assert {module for module, found in names.items() if not found & _names("base")} == set()


def _imported(file: Path) -> Iterator[str]:
    """The top modules that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_an_installation_has_the_versions_of_a_checkout() -> None:
    checkout = {(one.name, str(one.specifier)) for one in _locked("runtime")}
    for lock in ("base", "full"):
        versions = {(one.name, str(one.specifier)) for one in _locked(lock)}
        assert versions and versions <= checkout, lock


@pytest.mark.parametrize("lock", ["base", "full", "torch-cpu", "pip"])
def test_every_package_of_an_installation_has_hashes(lock: str) -> None:
    text = (LOCKS / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.findall(r"^\S.*(?:\n +.*)*", text, re.MULTILINE)
    assert entries and all("--hash=sha256:" in entry for entry in entries)


def _names(lock: str) -> set[str]:
    return {canonicalize_name(requirement.name) for requirement in _locked(lock)}


def _listed(key: str) -> list[str]:
    """A list of [tool.semlens] in pyproject.toml."""
    found = re.search(rf"^{key} = \[(.*)\]$", PROJECT, re.MULTILINE)
    assert found is not None
    return re.findall(r'"([^"]+)"', found[1])


def _missing(lock: str, locked: set[str]) -> set[str]:
    return {f"{package} needs {needed}" for package, needed in _missing_pairs(lock, locked)}


def _missing_pairs(lock: str, locked: set[str]) -> Iterator[tuple[str, str]]:
    for package in _names(lock):
        for needed in _needs(package):
            if needed not in locked | OF_ITS_OWN:
                yield package, needed


def _locked(lock: str) -> Iterator[Requirement]:
    for line in (LOCKS / f"{lock}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            yield Requirement(line.partition(" --hash")[0].removesuffix("\\"))


def _needs(package: str) -> Iterator[str]:
    """What an installed package needs here; one for other machines is not installed, and needs nothing."""
    try:
        needs = importlib.metadata.requires(package) or []
    except importlib.metadata.PackageNotFoundError:
        return
    for needed in map(Requirement, needs):
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            yield canonicalize_name(needed.name)
