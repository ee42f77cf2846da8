"""The locks hold what pyproject.toml asks for, each file by its hash, and name no registry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("runtime", "dev")


def locked(lock: str) -> list[Requirement]:
    text = (ROOT / "lock" / f"{lock}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all("--hash=sha256:" in line for line in lines)
    return [Requirement(line.split(" --hash", 1)[0]) for line in lines]


def asked_for() -> list[Requirement]:
    """The package's own dependencies; read by a pattern, for Python 3.10 has no reader of TOML."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    assert listed
    return [Requirement(item) for item in re.findall(r'"([^"]+)"', listed[1])]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_dependency_at_a_version_that_is_asked_for(lock: str) -> None:
    versions: dict[str, list[str]] = {}
    for requirement in locked(lock):
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        versions.setdefault(canonicalize_name(requirement.name), []).append(pin.version)
    for requirement in asked_for():
        if requirement.name == "torch":
            continue
        found = versions[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in found), requirement


def test_both_locks_have_the_same_versions() -> None:
    assert {str(requirement) for requirement in locked("runtime")} <= {str(it) for it in locked("dev")}


def test_torch_is_pinned_once() -> None:
    pinned = (ROOT / "lock" / "torch.txt").read_text(encoding="utf-8").strip()
    assert f'constraint-dependencies = ["{pinned}"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", (*LOCKS, "torch"))
def test_a_lock_names_no_registry(lock: str) -> None:
    text = (ROOT / "lock" / f"{lock}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
