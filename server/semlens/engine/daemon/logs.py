"""The engine's logs: no fault of theirs keeps an engine from starting, and none of them grows for ever."""

from __future__ import annotations

import faulthandler
import logging
import os
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from semlens.core.store.file_states import is_other, state_of, state_of_open
from semlens.errors import StorageError
from semlens.private_files import make_room, private_dir

LOG_BYTES = 1_000_000
"""Of the log, and of what libraries write to stderr; of the log there is one earlier part."""

_KEPT_BYTES = 100_000
"""The end of stderr that is kept when the rest is dropped."""


def log_to(path: Path) -> None:
    """Log to the file at `path`, and crashes of native code to stderr. Never fails."""
    handler = _LastingLog(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    with suppress(Exception):
        faulthandler.enable()


def bound_stderr(path: Path) -> None:
    """Cut the file at `path` if stderr goes to it and it has become long; its end is kept."""
    with suppress(OSError):
        state, now = state_of_open(2), state_of(path)
        if now is None or is_other(now, state) or state.size <= LOG_BYTES:
            return
        with path.open("rb") as file:
            file.seek(-_KEPT_BYTES, os.SEEK_END)
            kept = file.read()
        os.ftruncate(2, 0)
        os.write(2, kept)


class _LastingLog(RotatingFileHandler):
    """A log that is begun again when its file is deleted, and that is silent while it cannot be written."""

    def emit(self, record: logging.LogRecord) -> None:
        stream = self.stream
        if stream is not None and self._is_lost(stream.fileno()):
            stream.close()
            self.stream = None
        super().emit(record)

    def doRollover(self) -> None:  # noqa: N802 - logging calls it
        """Begin the log again: what is there becomes its earlier part, or goes if it cannot be moved."""
        try:
            make_room(Path(f"{self.baseFilename}.1"))
            super().doRollover()
        except (OSError, StorageError):
            os.truncate(self.baseFilename, 0)
            self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging calls it
        """Without a log the engine still answers."""

    def _is_lost(self, descriptor: int) -> bool:
        now = state_of(Path(self.baseFilename))
        return now is None or is_other(now, state_of_open(descriptor))

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        private_dir(path.parent)
        make_room(path)
        if path.exists() and not os.access(path, os.W_OK):
            path.unlink()
        return super()._open()
