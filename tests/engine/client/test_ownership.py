"""One engine for all clients, whatever happens to it: each ends with a working one within two seconds."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
import pytest

from semlens.engine.client import client as client_module
from semlens.engine.client import startup
from semlens.engine.client.channel import Channel
from semlens.engine.client.client import EngineClient
from semlens.engine.client.engine_process import EngineProcess
from semlens.engine.wire import endpoint
from semlens.errors import EngineError, SemlensError
from semlens.protocol.engine import Attach, Detach, Shutdown
from semlens.protocol.notifications import FolderStatus, Progress
from semlens.settings import Settings
from support.echo_engine import Count, Crash, Echo, HangOnce, Refuse, Spin, Wait
from support.echo_engines import Engines

LIMIT = 60.0
"""Seconds: what takes longer hangs, on any machine."""

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


async def eventually(true: Callable[[], bool], seconds: float = LIMIT) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


def pid_of(client: EngineClient) -> int:
    assert client.engine is not None
    return client.engine.pid


# Starting


async def test_the_first_request_starts_an_engine(engines: Engines) -> None:
    async with engines.client() as client, within(LIMIT):
        assert (await client.request(Echo("a"))).text == "a"
        assert engines.alive() == [pid_of(client)]


async def test_twenty_clients_at_once_start_one_engine(engines: Engines) -> None:
    clients = [engines.client(f"client {number}") for number in range(20)]
    async with within(LIMIT):
        answers = await asyncio.gather(*(client.request(Echo()) for client in clients))
    assert len({answer.pid for answer in answers}) == 1
    assert len(engines.started) == 1
    await asyncio.gather(*(client.close() for client in clients))


ASK = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from support.echo_engine import Echo
from support.echo_engines import Engines

async def ask():
    async with Engines(Path(sys.argv[1])).client() as client:
        return (await client.request(Echo())).pid

print(asyncio.run(ask()))
"""


def test_processes_that_start_together_share_one_engine(engines: Engines) -> None:
    command = [sys.executable, "-c", ASK, str(engines.data_dir), str(Path(__file__).parents[2])]
    environment = {**os.environ, "SEMLENS_IDLE_MINUTES": "0.01"}
    asking = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) for _ in range(8)]
    pids = {int(process.communicate(timeout=30)[0]) for process in asking}
    assert len(pids) == 1


async def test_what_an_engine_writes_is_for_its_user_alone(engines: Engines) -> None:
    async with engines.client() as client:
        await client.request(Echo())
        if sys.platform != "win32":
            assert engines.data_dir.joinpath("engine.json").stat().st_mode & 0o077 == 0
            assert engines.data_dir.joinpath("logs").stat().st_mode & 0o077 == 0
            assert engines.data_dir.joinpath("logs", "engine.log").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"port": "x"}', b"\xff" * 10_000])
async def test_a_damaged_endpoint_file_is_replaced(engines: Engines, content: bytes) -> None:
    engines.data_dir.joinpath("engine.json").write_bytes(content)
    async with engines.client() as client, within(LIMIT):
        await client.request(Echo())


async def test_a_stale_endpoint_file_ends_no_innocent_process(engines: Engines) -> None:
    innocent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    stale = endpoint.Endpoint(9, "t", innocent.pid, "0.1.0", time.time())
    file = engines.data_dir / "engine.json"
    file.write_text(json.dumps(asdict(stale)))
    file.chmod(0o600)
    async with engines.client() as client, within(LIMIT):
        await client.request(Echo())
    EngineProcess.of(stale, engines.data_dir).kill()
    assert innocent.poll() is None
    innocent.communicate(b"\n")


async def test_a_stranger_on_a_dead_engines_port_learns_nothing(engines: Engines) -> None:
    async with engines.client() as client:
        await client.request(Echo())
        os.kill(pid_of(client), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        engines.started[0].wait()
    dead = endpoint.read(engines.data_dir)
    assert dead is not None
    heard: list[bytes] = []

    async def impostor(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(65536))

    stranger = await asyncio.start_server(impostor, "127.0.0.1", dead.port)
    async with engines.client() as client, within(LIMIT):
        await client.request(Echo())
    stranger.close()
    assert dead.token.encode() not in b"".join(heard)


@posix
async def test_an_endpoint_file_that_others_can_write_is_not_believed(engines: Engines) -> None:
    async with engines.client() as client:
        await client.request(Echo())
        assert endpoint.read(engines.data_dir) is not None
        engines.data_dir.joinpath("engine.json").chmod(0o622)
        assert endpoint.read(engines.data_dir) is None


async def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with EngineClient(tmp_path / "file" / "data") as client:
        with pytest.raises(EngineError, match=r"The data folder .* cannot be made"):
            await client.request(Echo())


async def test_an_engine_that_does_not_start_is_one_sentence_and_works_when_it_can(engines: Engines) -> None:
    def broken(data_dir: Path) -> int:
        engines.started.append(subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]))
        return engines.started[-1].pid

    client = EngineClient(engines.data_dir, "test", broken)
    async with within(LIMIT):
        with pytest.raises(EngineError, match=r"did not start; run semlens doctor, or see .*engine\.log"):
            await client.request(Echo())
    async with engines.client() as client:
        await client.request(Echo())


@posix
async def test_a_full_disk_is_named(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(startup, "STARTS", 0)
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(EngineError, match=r"cannot be written \(No space left on device\); free some space"):
        await engines.client().request(Echo())


@posix
async def test_an_engine_that_is_suspended_while_it_starts_is_replaced(engines: Engines) -> None:
    def suspended(data_dir: Path) -> int:
        if not engines.started:
            pid = engines.launch(data_dir)
            os.kill(pid, signal.SIGSTOP)
            return pid
        return engines.launch(data_dir)

    async with EngineClient(engines.data_dir, "test", suspended) as client, within(LIMIT):
        assert (await client.request(Echo())).pid == engines.started[1].pid
    assert engines.alive() == [engines.started[1].pid]


async def test_a_client_that_is_suspended_while_it_starts_one_holds_up_nobody(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "START_LOCK_SECONDS", 0.3)
    with endpoint.start_lock(endpoint.prepare(engines.data_dir)):
        async with engines.client() as client, within(LIMIT):
            await client.request(Echo())


# Losing it


@posix
async def test_a_killed_engine_is_replaced_and_no_request_is_lost(engines: Engines) -> None:
    async with engines.client() as client, engines.client("other") as other:
        await client.request(Attach("/here"))
        await other.request(Attach("/there"))
        killed = pid_of(client)
        asked = [asyncio.create_task(one.request(Wait(0.3))) for one in (client, other, client)]
        await asyncio.sleep(0.1)
        os.kill(killed, signal.SIGKILL)
        async with within(LIMIT):
            answers = await asyncio.gather(*asked)
        assert {answer.pid for answer in answers} == {pid_of(client)} != {killed}
        assert (await client.request(Echo())).attached == ["/here", "/there"]


@posix
async def test_a_folder_stays_attached_without_a_question_being_asked(engines: Engines) -> None:
    async with engines.client() as client:
        connected: list[bool] = []
        client.on_connection = connected.append
        await client.request(Attach("/here"))
        killed = pid_of(client)
        os.kill(killed, signal.SIGKILL)
        await eventually(lambda: connected == [True, False, True])
        assert pid_of(client) != killed
        assert (await client.request(Echo())).attached == ["/here"]
        await client.request(Detach("/here"))
        os.kill(pid_of(client), signal.SIGKILL)
        assert (await client.request(Echo())).attached == []


@posix
async def test_an_engine_that_was_suspended_is_replaced_for_who_waits(engines: Engines) -> None:
    async with engines.client() as client:
        await client.request(Echo())
        stuck = pid_of(client)
        asked = asyncio.create_task(client.request(Wait(0.1)))
        await asyncio.sleep(0.05)
        os.kill(stuck, signal.SIGSTOP)
        async with within(LIMIT):
            assert (await asked).pid != stuck
        await eventually(lambda: engines.alive() == [pid_of(client)])


@posix
async def test_an_engine_that_was_suspended_is_replaced_for_who_comes(engines: Engines) -> None:
    async with engines.client() as client:
        await client.request(Echo())
        stuck = pid_of(client)
    os.kill(stuck, signal.SIGSTOP)
    clients = [engines.client() for _ in range(5)]
    async with within(LIMIT):
        answers = await asyncio.gather(*(client.request(Echo()) for client in clients))
    assert len({answer.pid for answer in answers} | {stuck}) == 2
    await asyncio.gather(*(client.close() for client in clients))


@posix
async def test_an_engine_that_hangs_is_replaced(engines: Engines) -> None:
    async with engines.client() as client, within(LIMIT):
        await client.request(Echo())
        first = pid_of(client)
        assert (await client.request(HangOnce())).pid != first


async def test_an_engine_that_is_busy_is_left_alone(engines: Engines) -> None:
    async with engines.client() as client, engines.client("other") as other:
        await client.request(Echo())
        asked = asyncio.create_task(client.request(Spin(3)))
        await asyncio.sleep(0.1)
        assert (await other.request(Echo())).pid == (await asked).pid == engines.started[0].pid


async def test_a_request_that_kills_every_engine_is_given_up(engines: Engines) -> None:
    async with engines.client() as client:
        with pytest.raises(EngineError, match="ended 4 times"):
            await client.request(Crash())
        await client.request(Echo())


# Another version


def older(build: endpoint.Build) -> endpoint.Build:
    return endpoint.Build((0, 0, 1), build.changed_ns)


async def test_a_newer_client_takes_over_and_the_older_ones_requests_are_answered(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines.environment["SEMLENS_TEST_VERSION"] = "0.0.1"
    mine = endpoint.this_build()
    monkeypatch.setattr(endpoint, "this_build", lambda: older(mine))
    async with engines.client("older") as first, engines.client("newer") as second:
        await first.request(Attach("/here"))
        replaced = pid_of(first)
        asked = asyncio.create_task(first.request(Wait(0.5)))
        await asyncio.sleep(0.1)
        engines.environment.clear()
        monkeypatch.undo()
        async with within(LIMIT):
            assert (await second.request(Echo())).pid != replaced
            assert (await asked).pid == pid_of(second)
        assert "close" in engines.said
        await eventually(lambda: engines.alive() == [pid_of(second)])


async def test_an_older_client_uses_the_newer_engine(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engines.client("newer") as first, engines.client("older") as second:
        await first.request(Echo())
        mine = endpoint.this_build()
        monkeypatch.setattr(endpoint, "this_build", lambda: older(mine))
        assert (await second.request(Echo())).pid == pid_of(first)
        assert len(engines.started) == 1


async def test_an_older_engine_with_other_messages_is_asked_to_end(engines: Engines) -> None:
    engines.environment.update({"SEMLENS_TEST_VERSION": "0.0.1", "SEMLENS_TEST_RPC": "1"})
    await asyncio.to_thread(endpoint.prepare, engines.data_dir)
    engines.launch(engines.data_dir)
    await eventually(lambda: endpoint.is_owned(engines.data_dir))
    engines.environment.clear()
    async with engines.client() as client, within(LIMIT):
        assert (await client.request(Echo())).pid == engines.started[-1].pid
    assert len(engines.started) == 2
    assert "close" in engines.said


async def test_an_engine_with_newer_messages_asks_for_a_reload(engines: Engines) -> None:
    engines.environment["SEMLENS_TEST_RPC"] = "99"
    async with engines.client() as client:
        with pytest.raises(
            EngineError, match=r"^A newer Semlens is running; reload this window to use it\.$"
        ):
            await client.request(Echo())
        assert len(engines.alive()) == 1


async def test_an_older_engine_that_hangs_in_its_ending_is_ended(engines: Engines) -> None:
    engines.environment.update({"SEMLENS_TEST_VERSION": "0.0.1", "SEMLENS_TEST_HANG_IN_CLOSE": "1"})
    await asyncio.to_thread(endpoint.prepare, engines.data_dir)
    engines.launch(engines.data_dir)
    await eventually(lambda: endpoint.read(engines.data_dir) is not None)
    engines.environment.clear()
    async with engines.client() as client, within(LIMIT):
        assert (await client.request(Echo())).pid == engines.started[-1].pid
    assert engines.alive() == [engines.started[-1].pid]


# Ending


async def test_an_engine_without_clients_ends(engines: Engines) -> None:
    engines.environment["SEMLENS_IDLE_MINUTES"] = "0.005"
    async with engines.client() as client:
        await client.request(Echo())
        await asyncio.sleep(0.6)
        assert engines.alive()
    await eventually(lambda: not engines.alive())
    assert not endpoint.is_owned(engines.data_dir)
    assert "close\n" in engines.said


async def test_a_client_sets_when_the_engine_ends(engines: Engines) -> None:
    async with engines.client() as client:
        await client.request(Attach("/here", Settings(idle_minutes=0.005)))
    await eventually(lambda: not engines.alive())


@posix
async def test_an_engine_that_is_told_to_end_ends_cleanly(engines: Engines) -> None:
    async with engines.client() as client:
        asked = asyncio.create_task(client.request(Wait(0.4)))
        await eventually(lambda: "waiting" in engines.said)
        first = pid_of(client)
        os.kill(first, signal.SIGTERM)
        await eventually(lambda: first not in engines.alive())
        assert engines.said.startswith("waiting\ncancelled\nclosed test\nclose\n")
        assert (await asked).pid != first


async def test_shutdown_does_not_start_another_engine(engines: Engines) -> None:
    async with engines.client() as client:
        await client.request(Echo())
        await client.request(Shutdown())
        await eventually(lambda: not engines.alive())
        assert len(engines.started) == 1


# Asking


async def test_progress_comes_to_the_one_who_asked(engines: Engines) -> None:
    heard: list[Progress] = []
    other: list[object] = []
    async with engines.client() as client:
        client.on_notification = other.append
        assert await client.request(Count(20), heard.append) == 20
        assert [reached.done for reached in heard] == list(range(1, 21))
        await client.request(Attach("/here"))
        assert other == [FolderStatus("/here", "ready")]


async def test_cancelling_a_request_stops_its_work(engines: Engines) -> None:
    async with engines.client() as client:
        asked = asyncio.create_task(client.request(Wait()))
        await eventually(lambda: "waiting" in engines.said)
        asked.cancel()
        await eventually(lambda: "cancelled" in engines.said)
        with pytest.raises(asyncio.CancelledError):
            await asked
        await client.request(Echo())


async def test_an_engines_refusal_is_raised_as_it_was(engines: Engines) -> None:
    async with engines.client() as client:
        with pytest.raises(SemlensError, match=r"^The folder cannot be read\.$") as raised:
            await client.request(Refuse())
        assert type(raised.value).__name__ == "FolderError"


async def test_a_closed_client_asks_nothing_more(engines: Engines) -> None:
    client = engines.client()
    await client.request(Echo())
    await client.close()
    with pytest.raises(EngineError):
        await client.request(Echo())


def test_the_launcher_leaves_an_engine_without_a_parent(data_dir: Path) -> None:
    """An editor ends its language server with all that descends from it."""
    endpoint.prepare(data_dir)
    startup.launch_engine(data_dir)
    end = time.monotonic() + 10
    while (found := endpoint.read(data_dir)) is None and time.monotonic() < end:
        time.sleep(0.02)
    assert found is not None
    engine = psutil.Process(found.pid)
    assert found.pid not in {child.pid for child in psutil.Process().children(recursive=True)}
    assert Path(engine.cwd()) == data_dir
    with suppress(psutil.Error):
        engine.kill()
        engine.wait(5)


# Files that are deleted under a running engine


async def test_a_lost_endpoint_file_is_written_again(engines: Engines) -> None:
    async with engines.client() as first:
        await first.request(Echo())
        (engines.data_dir / "engine.json").unlink()
        async with engines.client("second") as second, within(LIMIT):
            assert (await second.request(Echo())).pid == pid_of(first)
    assert len(engines.started) == 1


async def test_a_damaged_endpoint_file_is_written_again(engines: Engines) -> None:
    async with engines.client() as first:
        await first.request(Echo())
        (engines.data_dir / "engine.json").write_text("{")
        async with engines.client("second") as second, within(LIMIT):
            assert (await second.request(Echo())).pid == pid_of(first)
    assert len(engines.started) == 1


@posix
async def test_a_lost_lock_file_is_held_again(engines: Engines) -> None:
    async with engines.client() as first:
        await first.request(Echo())
        (engines.data_dir / "engine.lock").unlink()
        await eventually(lambda: (engines.data_dir / "engine.lock").exists())
        await eventually(lambda: endpoint.is_owned(engines.data_dir))
        async with engines.client("second") as second:
            assert (await second.request(Echo())).pid == pid_of(first)
    assert len(engines.started) == 1


@posix
async def test_of_two_engines_the_one_without_the_lock_ends(engines: Engines) -> None:
    async with engines.client() as first:
        await first.request(Echo())
        old = pid_of(first)
        (engines.data_dir / "engine.lock").unlink()
        engines.launch(engines.data_dir)
        await eventually(lambda: len(engines.alive()) == 1 and endpoint.read(engines.data_dir) is not None)
        assert (await first.request(Echo())).pid in engines.alive()
        async with engines.client("second") as second:
            assert (await second.request(Echo())).pid == pid_of(first)
        assert len(engines.alive()) == 1 and old in [engine.pid for engine in engines.started]


async def test_a_question_that_is_cancelled_while_it_connects_leaves_no_connection(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Channel] = []
    connect, request = startup.connect, Channel.request
    attaching = asyncio.Event()

    async def noted(*arguments: Any) -> Channel:
        opened.append(await connect(*arguments))
        return opened[-1]

    async def stuck(channel: Channel, asked: Any) -> Any:
        if isinstance(asked, Attach):
            attaching.set()
            await asyncio.Event().wait()
        return await request(channel, asked)

    monkeypatch.setattr(startup, "connect", noted)
    monkeypatch.setattr(client_module, "RECONNECT_DELAYS", (60.0,))
    async with engines.client() as client, within(LIMIT):
        for folder in ("/a", "/b"):
            await client.request(Attach(folder))
        with suppress(EngineError):
            await client.request(Crash())
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Channel, "request", stuck)
            typed = asyncio.ensure_future(client.request(Echo()))
            await attaching.wait()
            typed.cancel()
            with pytest.raises(asyncio.CancelledError):
                await typed
        assert (await client.request(Echo())).attached == ["/a", "/b"]
        assert len(opened) > 2 and [channel.open for channel in opened].count(True) == 1
