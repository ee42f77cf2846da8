"""The rows of an undisturbed index, to compare every other index with."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from support.live import Live

IndexRows = set[tuple[Any, ...]]


def index_folder(data_dir: Path) -> Path:
    """The folder of the only index in `data_dir`."""
    (database,) = data_dir.glob("workspaces/*/*/index.db")
    return database.parent


def rows(data_dir: Path) -> IndexRows:
    """Every chunk in the only index, without its number. The engine must not be running."""
    with closing(sqlite3.connect(index_folder(data_dir) / "index.db")) as connection:
        return set(
            connection.execute(
                "SELECT path, ordinal, start_line, end_line, chunk.content_hash, vector FROM chunk "
                "JOIN file ON file.id = file_id JOIN instant ON chunk_id = chunk.id"
            )
        )


async def from_scratch(folder: Path, tmp_path: Path) -> IndexRows:
    """The rows of a new index of `folder`, made without disturbance."""
    data_dir = tmp_path / "scratch"
    data_dir.mkdir()
    scratch = Live(data_dir, {"SEMLENS_IDLE_MINUTES": "1"})
    try:
        async with scratch.client() as client:
            await client.index(folder)
        await scratch.stop()
        return rows(data_dir)
    finally:
        scratch.kill_all()
