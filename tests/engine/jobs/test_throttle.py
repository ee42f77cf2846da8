"""By setting, the deep tier waits for the user and for other programs, and reports why it waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

import pytest

from semlens.engine.jobs import deep_tier, throttle
from semlens.engine.jobs.deep_tier import DeepTierJobs
from semlens.engine.jobs.job_queue import JobEvents
from semlens.engine.jobs.throttle import UserActivity, reason_to_wait
from semlens.errors import Cancelled
from semlens.settings import Settings
from semlens.types import CancelToken

POLITE = Settings(deep_tier_while_busy=False)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, and the seconds that other programs have used of four cores by then."""
    now = [100.0, 0.0]
    monkeypatch.setattr(throttle.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(throttle, "cpu_seconds", lambda: (now[1], 4 * now[0]))
    return now


def test_the_deep_tier_waits_a_moment_after_a_query_or_a_key(clock: list[float]) -> None:
    one = UserActivity()
    assert reason_to_wait(POLITE, one) is None
    one.note()
    assert reason_to_wait(POLITE, one) == "waiting until the machine is quiet"
    assert reason_to_wait(Settings(), one) is None
    clock[0] += throttle.ACTIVE_SECONDS
    assert reason_to_wait(POLITE, one) is None


@pytest.mark.parametrize(("cores", "waits"), [(1.0, False), (3.0, True)])
def test_the_deep_tier_waits_for_programs_that_use_most_of_the_cores(
    clock: list[float], cores: float, waits: bool
) -> None:
    one = UserActivity()
    clock[0] += 2.0
    clock[1] += 2.0 * cores
    assert one.machine_busy is waits
    clock[0] += 2.0
    assert not one.machine_busy


def test_other_programs_use_less_than_all_cores() -> None:
    used, every = throttle.cpu_seconds()
    assert used < every


def test_the_deep_tier_waits_for_mains_power_by_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "on_battery", lambda: True)
    assert reason_to_wait(Settings(deep_tier_on_battery=False), UserActivity()) == "waiting for mains power"
    assert reason_to_wait(Settings(), UserActivity()) is None


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str | None]]:
    monkeypatch.setattr(deep_tier, "POLL_SECONDS", 0.0)
    yield []


def test_the_reason_to_wait_is_reported_once_and_so_is_its_end(heard: list[str | None]) -> None:
    reasons = iter(["waiting", "waiting", None])
    work = DeepTierJobs(
        "test", _no_index, list, JobEvents(lambda: heard.append(work.waiting), print), lambda: next(reasons)
    )
    work.throttle(CancelToken())
    work.close()
    assert heard == ["waiting", None]


def test_a_cancel_ends_the_wait(heard: list[str | None]) -> None:
    cancel = CancelToken()
    work = DeepTierJobs("test", _no_index, list, JobEvents(cancel.cancel, print), lambda: "waiting")
    with pytest.raises(Cancelled):
        work.throttle(cancel)
    work.close()


def _no_index() -> NoReturn:
    raise AssertionError("nothing is looked at while one waits")
