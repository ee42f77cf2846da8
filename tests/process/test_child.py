"""A child process: each request has one end, whatever the child does."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from pathlib import Path
from typing import Any

import psutil
import pytest

from semlens.errors import ModelError
from semlens.process.child import Child, ChildEnded
from semlens.process.pipes import Payload
from support import scripted_child

SECONDS = 60.0

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

Start = Callable[..., Child]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Child] = []

    def begin(*arguments: str, **options: Any) -> Child:
        process = subprocess.Popen(
            [sys.executable, "-I", scripted_child.__file__, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        started.append(Child(process, **options))
        return started[-1]

    yield begin
    for child in started:
        child.close()
        assert not child.alive and child.status is not None


def test_answers_come_back_with_their_bytes(start: Start) -> None:
    child = start()
    payloads = [Payload({"text": "\ud800", "number": number}, b"\0\n" * number) for number in range(50)]
    answers = [child.ask("echo", payload) for payload in payloads]
    assert [answer.result(SECONDS) for answer in answers] == payloads
    assert child.alive and psutil.pid_exists(child.pid)


def test_a_large_request_and_its_large_answer_pass_each_other(start: Start) -> None:
    child = start()
    large = Payload("x" * 1_000_000, b"y" * 3_000_000)
    answers = [child.ask("echo", large) for _ in range(4)]
    assert all(answer.result(SECONDS) == large for answer in answers)


def test_an_error_comes_as_it_was_raised(start: Start) -> None:
    child = start()
    with pytest.raises(ModelError, match="no such model"):
        child.ask("refuse", Payload("no such model")).result(SECONDS)
    assert child.ask("echo", Payload(1)).result(SECONDS).value == 1


def test_progress_is_reported_before_the_answer(start: Start) -> None:
    heard: list[int] = []
    assert start().ask("count", Payload(3), heard.append).result(SECONDS).value == 3
    assert heard == [0, 1, 2]


def test_what_is_printed_is_no_message_and_stdin_is_empty(start: Start) -> None:
    child = start()
    assert child.ask("print").result(SECONDS).value == ""
    assert child.ask("echo", Payload(1)).result(SECONDS).value == 1


def test_a_value_that_cannot_be_sent_is_the_callers_error_alone(start: Start) -> None:
    child = start(idle_seconds=SECONDS)
    with pytest.raises(TypeError):
        child.ask("echo", Payload({1, 2}))
    assert child.ask("echo", Payload(1)).result(SECONDS).value == 1


def test_what_is_cancelled_is_not_begun(start: Start) -> None:
    child = start()
    first = child.ask("count", Payload(10))
    second = child.ask("exit", Payload(9))
    assert second.cancel()
    assert first.result(SECONDS).value == 10
    assert child.ask("echo", Payload(1)).result(SECONDS).value == 1
    with pytest.raises(CancelledError):
        second.result(SECONDS)


@pytest.mark.parametrize(
    "arguments", [[], ["Loading weights: 100%"], ["{}\n"], ['{"id":1,"error":5}\n'], [""]]
)
def test_a_child_that_ends_or_makes_noise_or_closes_its_pipe_fails_every_request(
    start: Start, arguments: list[str]
) -> None:
    ended: list[Child] = []

    def end(child: Child) -> None:
        assert not child.alive
        ended.append(child)

    child = start(*arguments, on_end=end)
    fatal = child.ask("exit", Payload(3))
    later = [echo(child) for _ in range(3)]
    with pytest.raises(ChildEnded) as caught:
        fatal.result(SECONDS)
    assert ended == [child] and not child.closing
    assert caught.value.oldest and not caught.value.stuck
    assert caught.value.status == child.status
    if not arguments:
        assert child.status == 3 and "status 3" in str(caught.value)
    for answer in later:
        with pytest.raises(ChildEnded) as caught:
            answer.result(SECONDS)
        assert not caught.value.oldest
    with pytest.raises(ChildEnded):
        child.ask("echo")
    assert not psutil.pid_exists(child.pid)


def echo(child: Child) -> Future[Payload]:
    """A request to a child that may have ended meanwhile."""
    try:
        return child.ask("echo")
    except ChildEnded as error:
        failed: Future[Payload] = Future()
        failed.set_exception(error)
        return failed


@pytest.mark.parametrize(
    "method",
    ["hang", pytest.param("stop", marks=POSIX)],
)
def test_a_silent_child_is_killed(start: Start, method: str) -> None:
    child = start(stuck_seconds=0.5, idle_seconds=SECONDS)
    with pytest.raises(ChildEnded) as caught:
        child.ask(method).result(SECONDS)
    assert caught.value.stuck and caught.value.oldest and not child.closing


def test_a_child_that_reports_progress_is_not_stuck(start: Start) -> None:
    child = start(stuck_seconds=3.0)
    assert child.ask("count", Payload(100)).result(SECONDS).value == 100


def test_an_idle_child_ends_but_never_one_that_owes_an_answer(start: Start) -> None:
    ended = threading.Event()
    child = start(on_end=lambda child: ended.set(), idle_seconds=0.3, stuck_seconds=SECONDS)
    assert child.ask("count", Payload(20)).result(SECONDS).value == 20
    assert ended.wait(SECONDS)
    assert child.closing and child.status == 0


@pytest.mark.parametrize(("method", "arguments"), [("hang", []), ("echo", []), ("echo", [""])])
def test_close_ends_it_whatever_it_does(start: Start, method: str, arguments: list[str]) -> None:
    child = start(*arguments, stuck_seconds=SECONDS)
    answer = child.ask(method)
    child.close()
    wait([answer], SECONDS)
    assert not psutil.pid_exists(child.pid)
    assert child.closing
    with pytest.raises(ChildEnded):
        child.ask("echo")


def talk_to_a_child(*messages: bytes) -> tuple[bytes, int]:
    """What a child answers to these messages, and its exit status once its stdin is closed."""
    command = [sys.executable, "-I", scripted_child.__file__]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    said, _ = child.communicate(b"".join(message + b"\n" for message in messages), timeout=SECONDS)
    return said, child.returncode


@pytest.mark.parametrize("cancelled", [b"[]", b"{}", b"null", b'"1"', b"1.5", b"99", b"[[1]]"])
def test_a_cancel_of_nothing_is_passed_over(cancelled: bytes) -> None:
    echo = b'{"id": 1, "method": "count", "params": 1}'
    _, status = talk_to_a_child(b'{"cancel": ' + cancelled + b"}", echo, b'{"cancel": ' + cancelled + b"}")
    assert status == 0


@pytest.mark.parametrize(
    "noise", [b"{}", b'{"id": []}', b'{"id": [], "method": "echo", "params": 1}', b"[]", b"x"]
)
def test_a_child_ends_when_what_comes_is_no_message(noise: bytes) -> None:
    command = [sys.executable, "-I", scripted_child.__file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdin is not None
        child.stdin.write(noise + b"\n")
        child.stdin.flush()
        assert child.wait(SECONDS) == 0


@POSIX
def test_a_stopped_child_with_a_full_pipe_is_ended_too(start: Start) -> None:
    child = start(stuck_seconds=1.0)
    assert child.ask("echo").result(SECONDS)
    stopped = child.ask("stop")
    blocked = child.ask("echo", Payload(None, b"x" * 3_000_000))
    for answer in (stopped, blocked):
        with pytest.raises(ChildEnded) as caught:
            answer.result(SECONDS)
        assert caught.value.stuck


def test_kill_ends_it_at_once(start: Start) -> None:
    child = start()
    answer = child.ask("hang")
    child.kill()
    with pytest.raises(ChildEnded):
        answer.result(SECONDS)


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "from semlens.process.child import Child\n"
        "from semlens.process.pipes import Payload\n"
        "child = Child(subprocess.Popen([sys.executable, sys.argv[1]], stdin=-1, stdout=-1))\n"
        "child.ask('echo').result(); child.ask('hang')\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, scripted_child.__file__]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=tmp_path) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    _, alive = psutil.wait_procs([child], timeout=SECONDS)
    assert not alive
