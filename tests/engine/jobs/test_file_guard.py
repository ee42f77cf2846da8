"""Each look at the files is taken, whatever becomes of the others, and a failure is logged once."""

from __future__ import annotations

import threading

import pytest

from semlens.engine.jobs import file_guard


def test_a_look_that_fails_hinders_no_other_and_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(file_guard, "LOOK_SECONDS", 0.001)
    often, taken = threading.Event(), []

    def fail() -> None:
        raise OSError("gone")

    def look() -> None:
        taken.append(1)
        if len(taken) > 5:
            often.set()

    guard = file_guard.FileGuard(lambda: [fail, look])
    assert often.wait(60)
    guard.stop()
    assert caplog.messages == ["lost files could not be written again: OSError: gone"]
