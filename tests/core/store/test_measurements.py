"""The last measurement of each model on each folder: kept for the next engine, and never a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.core.store.measurements import FILE, MOST, Measurement, Measurements
from semlens.types import Fingerprint

ONE, OTHER = Fingerprint("one-384-00"), Fingerprint("other-384-00")


def measured(folder: str, model: Fingerprint, at: float, mrr: float = 0.5) -> Measurement:
    return Measurement(folder, model, "docstrings", 40, 900, mrr, mrr - 0.1, mrr + 0.1, at)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE


def test_the_last_one_of_a_folder_and_model_is_kept(path: Path) -> None:
    first = Measurements(path)
    first.note([measured("/shop", ONE, 1, 0.25), measured("/shop", OTHER, 1)])
    first.note([measured("/shop", ONE, 3, 0.75), measured("/house", ONE, 2)])
    again = Measurements(path)
    assert again.of(ONE) == [measured("/shop", ONE, 3, 0.75), measured("/house", ONE, 2)]
    assert again.of(OTHER) == [measured("/shop", OTHER, 1)]
    again.forget([ONE])
    assert Measurements(path).read() == [measured("/shop", OTHER, 1)]


def test_only_the_newest_stay(path: Path) -> None:
    kept = Measurements(path)
    kept.note(measured(f"/{number}", ONE, number) for number in range(MOST + 20))
    assert [one.at for one in kept.of(ONE)] == [float(at) for at in range(MOST + 19, 19, -1)]
    assert path.stat().st_size < 200_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"version": 0, "measurements": []}',
        '{"version": 1}',
        '{"version": 1, "measurements": [{"folder": 3}]}',
        '{"version": 1, "measurements": "all"}',
        "\x00" * 100,
    ],
)
def test_a_file_that_says_nothing_is_no_failure(path: Path, text: str) -> None:
    path.write_text(text)
    kept = Measurements(path)
    assert kept.read() == []
    kept.note([measured("/shop", ONE, 1)])
    assert Measurements(path).read() == [measured("/shop", ONE, 1)]


def test_a_place_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = Measurements(tmp_path / "file" / FILE)
    kept.note([measured("/shop", ONE, 1)])
    assert kept.read() == []
