"""`token_counts.db`: the tokens of files by tokenizer and content, so that no file is counted twice.

All workspaces share it. It only saves work: what is lost or damaged is counted again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from semlens.core.store.records import pack_hash, unpack_hash
from semlens.core.store.sqlite import SqliteFile
from semlens.core.store.sqlite_files import discard_database
from semlens.core.store.statements import in_batches
from semlens.errors import DamagedIndexError, StorageError
from semlens.types import ContentHash

log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
"""Of the tables below, and of how a file's text is counted."""

FILE = "token_counts.db"
MOST_ROWS = 1_000_000
"""About 60 MB: beyond, the file is begun again."""

_SCHEMA = """
CREATE TABLE tokenizer (id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE);
CREATE TABLE count (
    tokenizer_id INTEGER NOT NULL, content_hash BLOB NOT NULL, tokens INTEGER NOT NULL,
    PRIMARY KEY (tokenizer_id, content_hash)
) WITHOUT ROWID;
"""


class TokenCounts:
    """Counts by the identity of a tokenizer and the content hash of a file.

    Safe for many threads; never raises.
    """

    def __init__(self, path: Path) -> None:
        """The file at `path` is opened by the first call."""
        self._path = path
        self._opened: SqliteFile | None = None

    def close(self) -> None:
        """Close the file; a later call opens it again."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def get(self, identity: str, hashes: Iterable[ContentHash]) -> dict[ContentHash, int]:
        """The counts that are known."""
        found: dict[ContentHash, int] = {}
        try:
            with self._file().read() as connection:
                for marks, batch in in_batches(map(pack_hash, hashes)):
                    rows = connection.execute(
                        "SELECT content_hash, tokens FROM count WHERE tokenizer_id = "
                        f"(SELECT id FROM tokenizer WHERE identity = ?) AND content_hash IN ({marks})",
                        [identity, *batch],
                    )
                    found.update((unpack_hash(content), tokens) for content, tokens in rows)
        except StorageError as error:
            self._failed(error)
        return found

    def put(self, identity: str, counts: Mapping[ContentHash, int]) -> None:
        """Keep counts, if possible."""
        try:
            with self._file().write() as connection:
                connection.execute("INSERT OR IGNORE INTO tokenizer (identity) VALUES (?)", (identity,))
                connection.executemany(
                    "INSERT OR REPLACE INTO count SELECT id, ?, ? FROM tokenizer WHERE identity = ?",
                    [(pack_hash(content), tokens, identity) for content, tokens in counts.items()],
                )
        except StorageError as error:
            self._failed(error)

    def _file(self) -> SqliteFile:
        if self._opened is None:
            try:
                self._opened = SqliteFile(self._path, _SCHEMA, SCHEMA_VERSION)
                if self._rows() > MOST_ROWS:
                    self._discard()
                    self._opened = SqliteFile(self._path, _SCHEMA, SCHEMA_VERSION)
            except DamagedIndexError:
                self._discard()
                self._opened = SqliteFile(self._path, _SCHEMA, SCHEMA_VERSION)
        return self._opened

    def _rows(self) -> int:
        assert self._opened is not None
        with self._opened.read() as connection:
            found: int = connection.execute("SELECT count(*) FROM count").fetchone()[0]
        return found

    def _failed(self, error: StorageError) -> None:
        log.warning("%s: %s", self._path.name, error)
        if isinstance(error, DamagedIndexError):
            self._discard()

    def _discard(self) -> None:
        with suppress(StorageError):
            self.close()
            discard_database(self._path)
