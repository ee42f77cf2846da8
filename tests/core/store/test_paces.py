"""The pace of models: kept for the next engine, and following the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.core.store.paces import Paces
from semlens.types import Fingerprint

ONE, OTHER = Fingerprint("one-384-00"), Fingerprint("other-384-00")


def test_a_pace_is_kept_for_each_model(tmp_path: Path) -> None:
    paces = Paces(tmp_path / "paces.json")
    assert paces.of(ONE) is None
    paces.note(ONE, 64, 2.0)
    paces.note(OTHER, 64, 64.0)
    paces.close()
    again = Paces(tmp_path / "paces.json")
    assert again.of(ONE) == pytest.approx(32) and again.of(OTHER) == pytest.approx(1)


def test_what_was_seen_last_counts_most(tmp_path: Path) -> None:
    paces = Paces()
    paces.note(ONE, 64, 1.0)
    for _ in range(40):
        paces.note(ONE, 64, 4.0)
    assert paces.of(ONE) == pytest.approx(16, rel=0.01)
    paces.note(ONE, 0, 1.0)
    assert paces.of(ONE) == pytest.approx(16, rel=0.01)


@pytest.mark.parametrize("text", ["", "[]", '{"version": 0}', '{"version": 1, "seconds_a_text": {"a": 0}}'])
def test_a_file_that_says_nothing_is_no_failure(tmp_path: Path, text: str) -> None:
    (tmp_path / "paces.json").write_text(text)
    assert Paces(tmp_path / "paces.json").of(Fingerprint("a")) is None
