"""Whether an index is as it was when it was last closed, so that its opening need not read and compare it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from semlens.core.store.database import seal_path
from semlens.core.store.last_close import has_log, note_close, read_note
from semlens.errors import StorageError
from semlens.private_files import discard

DATABASE, LEXICAL, INSTANT = "index.db", "lexical", "instant"
"""The names of the files in the folder of an index, but for the deep store, which is opened apart."""

_NOTE = "closed"


def removed_at_close(directory: Path) -> list[int] | None:
    """What `note_unchanged` got, if no file of the index has changed since then."""
    if has_log(directory / DATABASE):
        return None
    noted = read_note(directory / _NOTE, _files(directory))
    removed = None if noted is None else noted.get("removed")
    return removed if isinstance(removed, list) else None


def note_unchanged(directory: Path, removed: list[int]) -> None:
    """Note the files of a closed index whose derived indexes agree with its database.

    :param removed: `InstantVectors.removed`
    """
    with suppress(OSError, StorageError):
        note_close(directory / _NOTE, _files(directory), removed=removed)


def forget_unchanged(directory: Path) -> None:
    """Have the next opening read and compare everything."""
    discard(directory / _NOTE)


def _files(directory: Path) -> Iterator[Path]:
    yield directory / DATABASE
    yield seal_path(directory / DATABASE)
    for name in (LEXICAL, INSTANT):
        for path in sorted((directory / name).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path
