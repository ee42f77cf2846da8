"""Giving memory back works on every system and loses nothing."""

from __future__ import annotations

import sys

import pytest

from semlens.core.util.memory import release_memory


def test_what_is_in_use_stays() -> None:
    kept = [bytes([number % 256]) * 10_000 for number in range(100)]
    release_memory()
    assert all(block == bytes([number % 256]) * 10_000 for number, block in enumerate(kept))


def test_a_system_without_it_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    release_memory()
