"""A closed job queue cancels its jobs, and a lease delays the close of a workspace."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from semlens.engine.jobs.job_queue import JobQueue
from semlens.engine.workspace.leases import Leases
from semlens.errors import Cancelled


def test_a_job_after_close_is_cancelled() -> None:
    queue = JobQueue("test")
    assert queue.submit(lambda token: 1).result(5) == 1
    queue.close()
    for late in (queue.submit(lambda token: 1), queue.run_always(lambda: 1)):
        with pytest.raises(Cancelled):
            late.result(5)
    assert not queue.busy


def test_close_cancels_running_and_queued_jobs() -> None:
    queue, running = JobQueue("test"), threading.Event()

    def until_cancelled(token: object) -> None:
        running.set()
        while True:
            token.check()  # type: ignore[attr-defined]

    first, second = queue.submit(until_cancelled), queue.submit(until_cancelled)
    assert running.wait(5)
    queue.close()
    assert isinstance(first.exception(5), Cancelled)
    assert second.cancelled() or isinstance(second.exception(5), Cancelled)
    assert not queue.busy


def test_wait_free_waits_for_every_lease() -> None:
    leases = Leases()
    assert leases.wait_free(0)
    with ThreadPoolExecutor() as pool:
        with leases.hold():
            with leases.hold():
                assert not leases.wait_free(0.01)
            waiting = pool.submit(leases.wait_free, 30)
            assert not waiting.done()
        assert waiting.result(5)
