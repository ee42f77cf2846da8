"""A disk that fills up, and writes that fail, in each store on its own.

The first is a small file system in memory, which takes root. For the second a library is laid between the
engine and the system's calls, so that SQLite, tantivy and Chroma meet the error where they write.
"""

from __future__ import annotations

import asyncio
import errno
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.table import Experiment, Table, middle_and_most
from semlens.errors import SemlensError
from support.live import Client, Live, eventually, many_files, write
from support.oracle import from_scratch, rows

SOURCE = Path(__file__).with_name("failing_writes.c")
STORES = {
    "index.db": "index.db",
    "vectors.db": "vectors.db",
    "words (tantivy)": "/lexical/",
    "nearest neighbours (Chroma)": "/nearest/",
    "seals": "seal",
    "generations": "CURRENT",
    "logs": "/logs/",
    "the whole data folder": "/data/",
}
ERRORS = [errno.ENOSPC, errno.EIO, errno.EROFS]
FILES = 120
NOTICED_SECONDS = 4.0
DISK_MEGABYTES = 24
_PLACES = re.compile(r"…/workspaces/[^/]+/[^/ ]+")


async def failing_writes(experiment: Experiment) -> Table:
    table = Table(
        "Write errors injected into one store at a time",
        ["store", "error", "what the user is told", "answers meanwhile", "rows that differ in the end",
         "s to be whole again"],
    )  # fmt: skip
    library = failing_library(experiment.folder)
    if library is None:
        table.notes.append("Not run: this takes Linux and a C compiler.")
        return table
    for number, (store, part) in enumerate(STORES.items()):
        for error in ERRORS:
            folder = experiment.folder / f"{number}-{error}"
            folder.mkdir()
            table.rows.append([store, errno.errorcode[error], *await fail(folder, library, error, part)])
            print(table.rows[-1], file=sys.stderr)
    return table


def failing_library(folder: Path) -> Path | None:
    """What makes writes fail in a process that loads it, if it can be made here."""
    compiler, library = shutil.which("cc"), folder / "failing_writes.so"
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    made = subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"])
    return None if made.returncode else library


async def fail(folder: Path, library: Path, error: int, part: str) -> list[object]:
    """What the user is told, whether questions are answered, rows that differ in the end, and seconds."""
    root = write(folder / "workspace", many_files(FILES))
    data_dir, order = folder / "data", folder / "order"
    data_dir.mkdir()
    order.write_bytes(bytes(256))
    live = Live(data_dir, {"LD_PRELOAD": str(library), "SEMLENS_FAULT_FILE": str(order)})
    try:
        async with live.client() as client:
            await client.attach(root)
            await client.ready(root)
            _give(order, f"{error} {part}")
            write(root, many_files(40, start=FILES - 20))
            told = await _told(client, root)
            answers = bool(await client.found("worker_3_2", root))
            _give(order, "")
            since = time.monotonic()
            await eventually(lambda: _is_whole(client, root))
            took = time.monotonic() - since
            engines = len(live.engines)
        await live.stop()
        differing = rows(data_dir) ^ await from_scratch(root, folder)
        said = told if engines == 1 else f"{told} ({engines} engines)"
        return [_PLACES.sub("…", said.replace(str(data_dir), "…")), answers, len(differing), f"{took:.1f}"]
    finally:
        live.kill_all()


def _give(order: Path, text: str) -> None:
    """In place: the engine has this file mapped."""
    with order.open("r+b") as file:
        file.write(text.encode().ljust(256, b"\0"))


async def _told(client: Client, root: Path) -> str:
    """The folder's error, or that there was none: not every store is written to for every change."""
    end = time.monotonic() + NOTICED_SECONDS
    while time.monotonic() < end:
        status = await client.status(root)
        if status.state == "error":
            assert "\n" not in (status.message or "")
            return str(status.message)
        await asyncio.sleep(0.05)
    return "nothing: all is indexed" if await _is_whole(client, root) else f"nothing ({status.state})"


async def _is_whole(client: Client, root: Path) -> bool:
    status = await client.status(root)
    coverage = status.coverage
    full = coverage.lexical == coverage.instant == coverage.deep == 1
    return full and status.state == "ready" and status.files == FILES + 20


async def full_disk(experiment: Experiment) -> Table:
    table = Table(
        f"A disk of {DISK_MEGABYTES} MB that fills up at random moments of indexing",
        ["times", "said that it is full", "rows that differ in the end", "s to be whole, median / most"],
    )
    said, differing, took = 0, 0, []
    for number in range(experiment.times):
        folder = experiment.folder / str(number)
        folder.mkdir()
        with small_disk(folder / "disk", DISK_MEGABYTES * 1024) as disk:
            if disk is None:
                table.notes.append("Not run: this user may not make a small disk.")
                return table
            outcome = await _fill(folder, disk, experiment)
        said, differing = said + outcome[0], differing + outcome[1]
        took.append(outcome[2])
        print(f"full disk {number + 1} of {experiment.times}: {outcome}", file=sys.stderr)
    table.rows.append([experiment.times, said, differing, middle_and_most(took)])
    return table


async def _fill(folder: Path, disk: Path, experiment: Experiment) -> tuple[bool, int, float]:
    root, data_dir, filler = write(folder / "workspace", many_files(FILES)), disk / "data", disk / "filler"
    data_dir.mkdir()
    live = Live(data_dir)
    try:
        async with live.client() as client:
            await client.attach(root)
            await asyncio.sleep(experiment.chance.uniform(0.2, 3.0))
            _use_up(disk, filler)
            write(root, many_files(40, start=FILES - 20))
            said = "full" in await _told_or_refused(client, root)
            filler.unlink()
            since = time.monotonic()
            await eventually(lambda: _is_whole(client, root))
            took = time.monotonic() - since
        await live.stop()
        return said, len(rows(data_dir) ^ await from_scratch(root, folder)), took
    finally:
        live.kill_all()


async def _told_or_refused(client: Client, root: Path) -> str:
    try:
        return await _told(client, root)
    except SemlensError as error:
        return str(error)


def _use_up(disk: Path, filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(min(1 << 16, max(1, shutil.disk_usage(disk).free))))
            except OSError:
                return


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path | None]:
    """A disk of this size at `folder`, while the context lasts; None if this user may not make one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    mounted = shutil.which("mount") and not subprocess.run(mount, capture_output=True).returncode
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
