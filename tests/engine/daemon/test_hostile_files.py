"""What one file of a workspace must not be able to do to an engine, or to the other files."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from semlens.core.store import vector_table
from support.live import Live, many_files, write
from support.oracle import index_folder

MEGABYTE = 1 << 20
PLAIN = 8
DEEP = {
    "functions.js": "".join(f"function f{n}() {{ let x{n} = {n};\n" for n in range(700)) + "}" * 700,
    "classes.java": "".join(f"class C{n} {{ int x{n};\n" for n in range(700)) + "}" * 700,
    "calls.py": "x = " + "f(\n" * 2000 + ")\n" * 2000,
    "lists.json": "[\n" * 5000 + "]\n" * 5000,
    "quotes.md": "".join(f"{'>' * n} deep\n" for n in range(1, 500)),
}
RULES = {
    ".semlensignore": "*a" * 1_000_000,
    ".gitignore": "**/" * 200_000 + "x",
    "below/.gitignore": "".join(f"n{n}\n*b{n}?\n" for n in range(5_000)),
}


async def test_files_that_are_nested_very_deeply_leave_none_out(live: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "deep", DEEP | many_files(PLAIN))
    async with live.client() as client:
        report = await client.index(folder, tier="instant")
        assert (report.files, report.skipped) == (len(DEEP) + PLAIN, 0)
        assert await client.found("f650", folder) == ["functions.js"]
        assert (await client.index(folder, tier="instant")).changed == 0
    assert len(live.engines) == 1


@pytest.mark.parametrize("name", RULES)
async def test_rules_take_bounded_memory_and_are_named(live: Live, tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "ruled", many_files(PLAIN) | {"below/one.py": "def below(): ...\n"})
    async with live.client() as client:
        await client.index(folder, tier="instant")
        before = psutil.Process(live.pid).memory_info().rss
        write(folder, {name: f"{RULES[name]}\n"} | {".git/HEAD": "ref: refs/heads/main\n"})
        await client.attach(folder)
        await client.ready(folder, deep=False)
        assert psutil.Process(live.pid).memory_info().rss - before < 200 * MEGABYTE
        assert (await client.status(folder)).files >= PLAIN
        assert name in str((await client.status(folder)).message)


async def test_vectors_of_another_version_are_kept_said_and_come_back(live: Live, tmp_path: Path) -> None:
    folder, path = write(tmp_path / "shop", many_files(PLAIN)), live.data_dir / "vectors.db"
    ours, others = (path.with_name(f"vectors.db.v{one}") for one in (vector_table.SCHEMA_VERSION, 99))

    async def whole() -> str:
        async with live.client() as client:
            await client.attach(folder)
            await client.ready(folder)
            said = (await client.status(folder)).message or ""
        await live.stop()
        return said

    await whole()
    texts = len(live.embedded())
    os.replace(path, ours)
    write_version(path, 99)
    assert "another version" in await whole(), "an update, and back: the own vectors are taken up again"
    assert others.exists() and not ours.exists()
    shutil.rmtree(index_folder(live.data_dir) / "nearest")
    await whole()
    assert len(live.embedded()) == texts


def write_version(path: Path, version: int) -> None:
    """A database of another version, with a table that nobody here knows."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"CREATE TABLE unknown (x); PRAGMA user_version = {version};")
