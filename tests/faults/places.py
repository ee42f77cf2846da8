"""The files and folders of a data folder, and what can befall each of them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from support.damage import put_a_file, put_a_folder, remove_tree, truncate

FUTURE = 99
DATA = "data"
"""The name of the data folder."""

PLACES = (
    ".",
    "engine.json",
    "engine.json.partial",
    "engine.lock",
    "start.lock",
    "paused",
    "logs",
    "logs/engine.log",
    "vectors.db",
    "vectors.db-wal",
    "vectors.db-shm",
    "workspaces",
    "workspaces/*",
    "workspaces/*/folder",
    "workspaces/*/served.json",
    "workspaces/*/*/",
    "workspaces/*/*/used",
    "workspaces/*/*/parsing",
    "workspaces/*/*/index.db",
    "workspaces/*/*/index.db-wal",
    "workspaces/*/*/index.db-shm",
    "workspaces/*/*/index.db.seal",
    "workspaces/*/*/lexical",
    "workspaces/*/*/lexical/CURRENT",
    "workspaces/*/*/lexical/0*",
    "workspaces/*/*/lexical/0*/meta.json",
    "workspaces/*/*/lexical/0*/.managed.json",
    "workspaces/*/*/lexical/0*/*.store",
    "workspaces/*/*/lexical/0*/sealed.json",
    "workspaces/*/*/nearest",
    "workspaces/*/*/nearest/*",
    "workspaces/*/*/nearest/*/CURRENT",
    "workspaces/*/*/nearest/*/OPENING",
    "workspaces/*/*/nearest/*/0*",
    "workspaces/*/*/nearest/*/0*/chroma.sqlite3",
    "workspaces/*/*/nearest/*/0*/*/data_level0.bin",
    "workspaces/*/*/nearest/*/0*/sealed.json",
)
"""Globs below the data folder, each for one file or folder."""


def lose(path: Path) -> None:
    remove_tree(path) if path.is_dir() else path.unlink()


def swap(path: Path) -> None:
    """Put a folder in place of a file, and a file in place of a folder."""
    put_a_file(path) if path.is_dir() else put_a_folder(path)


def move_away(path: Path) -> None:
    path.rename(_aside(path))


def _aside(path: Path) -> Path:
    """A place beside the data folder, where no engine looks."""
    return next(one for one in (path, *path.parents) if one.name == DATA).with_name("moved")


def make_unreadable(path: Path) -> None:
    path.chmod(0)


def garble(path: Path) -> None:
    path.write_bytes(os.urandom(max(20, path.stat().st_size)))


def make_future(path: Path) -> None:
    """As a later version of Semlens may leave a file."""
    if path.name.endswith((".db", ".sqlite3")):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {FUTURE}")
    elif path.name == "CURRENT":
        path.write_text(f"000001-v{FUTURE}")
    else:
        path.write_text(f'{{"version": {FUTURE}, "entries": [1, 2, 3]}}')


Damage = Callable[[Path], None]

WAYS: dict[str, Damage] = {
    "lost": lose,
    "swapped": swap,
    "moved away": move_away,
    "cut": truncate,
    "garbled": garble,
    "unreadable": make_unreadable,
    "future": make_future,
}
OF_FOLDERS = {"lost", "swapped", "moved away", "unreadable"}
IMPOSSIBLE = {"swapped ."}
"""A file of the user's in place of the data folder is left alone, and said in a sentence."""
