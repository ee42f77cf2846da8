"""The locks hold all that their packages need: pip is told not to look for itself what a package needs."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = Path(__file__).parents[2] / "lock"
OF_ITS_OWN = {"torch"}
"""What `lock/torch.txt` holds; what it needs is said in pyproject.toml, and differs by platform."""


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_nothing_that_a_locked_package_needs_is_missing(lock: str) -> None:
    locked = {canonicalize_name(requirement.name) for requirement in _locked(lock)}
    missing = {
        f"{package} needs {needed}"
        for package in locked
        for needed in _needs(package)
        if needed not in locked | OF_ITS_OWN
    }
    assert missing == set()


def _locked(lock: str) -> Iterator[Requirement]:
    for line in (LOCKS / f"{lock}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            yield Requirement(line.removesuffix("\\"))


def _needs(package: str) -> Iterator[str]:
    """What an installed package needs here; one for other machines is not installed, and needs nothing."""
    try:
        needs = importlib.metadata.requires(package) or []
    except importlib.metadata.PackageNotFoundError:
        return
    for needed in map(Requirement, needs):
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            yield canonicalize_name(needed.name)
