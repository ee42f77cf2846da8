"""A pool of processes that read, chunk and embed files for the indexer: Python runs one thread at a time.

The processes start when there is much to prepare, take batches from one queue, and end soon after the
last one. They never slow the indexer down: a caller prepares a batch itself if no process has begun it,
and gets it back undone if its process dies.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from semlens.core.index.worker_messages import PrepareRequest, ReadAnswer, Setup
from semlens.errors import ShortageError
from semlens.process.child import Child, ChildEnded
from semlens.process.pipes import Payload
from semlens.process.spawn import start_child

WORKER = "semlens.core.index.worker"

MAX_PROCESSES = 6
"""One thread stores what they prepare, and keeps up with about so many."""

QUEUE_DEPTH = 2
"""Batches that a process has at once, so that it never waits for the next."""

IDLE_SECONDS = 30.0
"""A process without work for so long ends: it holds some 100 MB, and starting one takes 0.3 s."""

STUCK_SECONDS = 60.0
"""A process that takes so long over a batch is killed, and the batch is prepared without it."""


def processes_to_use(cores: int) -> int:
    """How many processes to start: one per core if there are two, else one less, for the editor."""
    return 0 if cores < 2 else min(MAX_PROCESSES, max(2, cores - 1))


class Task:
    """A batch to prepare. It finishes with an answer, or without one if no process could do it."""

    def __init__(self, request: PrepareRequest) -> None:
        self.request = request
        self.died = False
        """Whether a process ended while it prepared this very batch."""
        self._answer: Payload | None = None
        self._shortage: ShortageError | None = None
        self._finished = threading.Event()

    def finish(
        self, answer: Payload | None, died: bool = False, shortage: ShortageError | None = None
    ) -> None:
        self._answer, self.died, self._shortage = answer, died, shortage
        self._finished.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the task; whether it has come."""
        return self._finished.wait(seconds)

    def answer(self) -> ReadAnswer | None:
        """What the process has read, or None if no process could do it. Call it once: it unpacks anew.

        Raises `ShortageError` if the process met one.
        """
        if self._shortage is not None:
            raise self._shortage
        return None if self._answer is None else ReadAnswer.unpack(self._answer)


class _Process:
    """A process of the pool, and how many batches it has."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.loaded = False
        self.tasks = 0

    @property
    def has_room(self) -> bool:
        return self.loaded and self.tasks < QUEUE_DEPTH


class Workers:
    """The worker processes of one set of models. Safe for many threads; tasks begin in their order."""

    def __init__(self, data_dir: Path, setup: Setup, count: int | None = None) -> None:
        """:param count: how many processes to start when there is work; None to choose by the cores."""
        self._data_dir = data_dir
        self._setup = setup
        self.count = processes_to_use(os.cpu_count() or 1) if count is None else count
        self._lock = threading.Lock()
        """Guards the fields below. Nothing is sent while it is held, because sending may block."""
        self._waiting: deque[Task] = deque()
        self._processes: list[_Process] = []
        self._closed = False

    @property
    def warm(self) -> bool:
        """Whether processes run already, so that even little work is worth sending."""
        return bool(self._processes)

    @property
    def pids(self) -> list[int]:
        with self._lock:
            return [process.child.pid for process in self._processes]

    def submit(self, request: PrepareRequest, fewest: int = 0) -> Task:
        """Have a batch prepared after those before it. Starts processes, `fewest` of them at least."""
        task = Task(request)
        with self._lock:
            self._waiting.append(task)
            started = self._start_missing(fewest)
        for process in started:
            self._load(process)
        self._send_waiting()
        return task

    def withdraw(self, task: Task) -> bool:
        """Take back a task; False if a process has begun it, or it is finished."""
        with self._lock:
            if task not in self._waiting:
                return False
            self._waiting.remove(task)
            return True

    def close(self) -> None:
        """Kill every process, whatever it does."""
        with self._lock:
            self._closed = True
            processes = list(self._processes)
        for process in processes:
            process.child.kill()
        for process in processes:
            process.child.close()

    def _start_missing(self, fewest: int) -> list[_Process]:
        started: list[_Process] = []
        self._processes = [process for process in self._processes if process.child.alive]
        while len(self._processes) < max(self.count, fewest) and not self._closed:
            try:
                process = start_child(WORKER, data_dir=self._data_dir, low_priority=False)
            except OSError:
                break  # The caller prepares its task itself.
            child = Child(process, self._remove, IDLE_SECONDS, STUCK_SECONDS)
            started.append(_Process(child))
            self._processes.append(started[-1])
        return started

    def _load(self, process: _Process) -> None:
        def loaded(future: Future[Payload]) -> None:
            if future.exception() is None:
                process.loaded = True
                self._send_waiting()

        with suppress(ChildEnded):
            process.child.ask(Setup.METHOD, self._setup.pack()).add_done_callback(loaded)

    def _send_waiting(self) -> None:
        """Send tasks to the processes that have room for them."""
        while True:
            with self._lock:
                free = [process for process in self._processes if process.has_room]
                if not free or not self._waiting or self._closed:
                    return
                process = min(free, key=lambda process: process.tasks)
                process.tasks += 1
                task = self._waiting.popleft()
            self._send(process, task)

    def _send(self, process: _Process, task: Task) -> None:
        def answered(future: Future[Payload]) -> None:
            with self._lock:
                process.tasks -= 1
            error = future.exception()
            died = isinstance(error, ChildEnded) and error.oldest
            shortage = error if isinstance(error, ShortageError) else None
            task.finish(None if error else future.result(), died, shortage)
            self._send_waiting()

        try:
            future = process.child.ask(PrepareRequest.METHOD, task.request.pack())
        except ChildEnded:
            with self._lock:
                self._waiting.appendleft(task)
            self._remove(process.child)
        else:
            future.add_done_callback(answered)

    def _remove(self, child: Child) -> None:
        with self._lock:
            self._processes = [process for process in self._processes if process.child is not child]
