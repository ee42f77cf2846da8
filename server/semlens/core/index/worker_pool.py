"""Processes that read, chunk and embed files for the indexer, because Python runs one thread at a time.

They start when there is much to prepare, take batches from one queue, and end soon after the last
one. They are only ever faster than doing without: whoever waits for a batch that no process has begun
does it, and a batch whose process died comes back undone.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from semlens.core.index.worker_messages import Setup, receive, send
from semlens.process.spawn import start_child

WORKER = "semlens.core.index.worker"

MOST_PROCESSES = 6
"""One thread writes what they prepare, and keeps up with about so many."""

AHEAD = 2
"""Batches that a process has at once, so that it need not wait for the next."""

IDLE_SECONDS = 30.0
"""After so long without work a process ends: it holds some 100 MB, and starting one takes 0.3 s."""

STUCK_SECONDS = 60.0
"""A process that takes so long over a batch is ended, and the batch done without it."""

_GRACE = 0.5


def processes_to_use(cores: int) -> int:
    """How many processes: all cores if there are two, else one less, so that the editor has one."""
    return 0 if cores < 2 else min(MOST_PROCESSES, max(2, cores - 1))


class Task:
    """A batch to prepare. `answer` is None for one that no process could do."""

    def __init__(self, parcel: Any) -> None:
        self.parcel = parcel
        self.answer: Any = None
        self.begun: float | None = None
        self.died = False
        """Whether a process ended while it prepared this very batch."""
        self._finished = threading.Event()
        self._kill: Callable[[], None] = lambda: None

    def begin(self, kill: Callable[[], None]) -> None:
        self.begun, self._kill = time.monotonic(), kill

    def finish(self, answer: Any) -> None:
        self.answer = answer
        self._finished.set()

    def wait(self, seconds: float) -> bool:
        """Whether it is finished, one way or the other."""
        if self.begun is not None and time.monotonic() - self.begun > STUCK_SECONDS:
            self._kill()
        return self._finished.wait(seconds)


class Workers:
    """The processes of one set of models. Safe for several threads, whose tasks are done in turn."""

    def __init__(self, data_dir: Path, setup: Setup, count: int | None = None) -> None:
        self._data_dir = data_dir
        self._setup = setup
        self.count = processes_to_use(os.cpu_count() or 1) if count is None else count
        self._changed = threading.Condition()
        self._waiting: deque[Task] = deque()
        self._processes: set[_Process] = set()
        self._closed = False

    @property
    def warm(self) -> bool:
        """Whether processes are there already, so that even little work is worth giving to them."""
        return bool(self._processes)

    @property
    def pids(self) -> list[int]:
        with self._changed:
            return [process.pid for process in self._processes]

    def submit(self, parcel: Any, fewest: int = 0) -> Task:
        """Have a batch prepared, after those before it, by `fewest` processes at least."""
        task = Task(parcel)
        with self._changed:
            self._waiting.append(task)
            while len(self._processes) < max(self.count, fewest) and not self._closed:
                try:
                    process = _Process(self, self._data_dir, self._setup)
                except OSError:
                    break  # Whoever waits for the task does it.
                self._processes.add(process)
            self._changed.notify()
        return task

    def withdraw(self, task: Task) -> bool:
        """Take back a task; False if a process has begun it, or is done with it."""
        with self._changed:
            if task not in self._waiting:
                return False
            self._waiting.remove(task)
            return True

    def close(self) -> None:
        """End every process, whatever it does."""
        with self._changed:
            self._closed = True
            processes = list(self._processes)
            self._changed.notify_all()
        for process in processes:
            process.kill()
        for process in processes:
            process.join()

    def next_task(self, process: _Process, wait: bool) -> Task | None:
        """What a process is to do next, for a while even if there is nothing yet. None tells it to end."""
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._waiting or self._closed, IDLE_SECONDS)
            if self._waiting and not self._closed:
                task = self._waiting.popleft()
                task.begin(process.kill)
                return task
            if wait:
                self._processes.discard(process)
            return None

    def gone(self, process: _Process) -> None:
        with self._changed:
            self._processes.discard(process)


class _Process:
    """One process, and the thread that gives it work and takes its answers."""

    def __init__(self, workers: Workers, data_dir: Path, setup: Setup) -> None:
        self._workers = workers
        self._setup = setup
        self._child = start_child(WORKER, data_dir=data_dir, low_priority=False)
        self.pid = self._child.pid
        self._thread = threading.Thread(target=self._run, name=f"prepare {self.pid}", daemon=True)
        self._thread.start()

    def kill(self) -> None:
        self._child.kill()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        begun: deque[Task] = deque()
        try:
            send(self._input, self._setup.parcel())
            if receive(self._output) is not None:  # It is ready.
                self._serve(begun)
        except (OSError, ValueError):
            pass
        finally:
            self._workers.gone(self)
            self._end()
            for place, task in enumerate(begun):
                task.died = place == 0
                task.finish(None)

    def _serve(self, begun: deque[Task]) -> None:
        while True:
            while len(begun) < AHEAD:
                task = self._workers.next_task(self, wait=not begun)
                if task is None:
                    break
                begun.append(task)
                send(self._input, task.parcel)
            if not begun:
                return
            answer = receive(self._output)
            if answer is None:
                return
            begun.popleft().finish(answer)

    def _end(self) -> None:
        """Its input ends, and so does it."""
        with suppress(OSError):
            self._input.close()
        try:
            self._child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        with suppress(OSError):
            self._output.close()

    @property
    def _input(self) -> IO[bytes]:
        assert self._child.stdin is not None
        return self._child.stdin

    @property
    def _output(self) -> IO[bytes]:
        assert self._child.stdout is not None
        return self._child.stdout
