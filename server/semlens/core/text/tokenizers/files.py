"""The files of tokenizers that were fetched or trained: each appears whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from semlens.errors import StorageError


def write_whole(target: Path, content: bytes) -> None:
    """Replace the content of `target`, in a private folder. Raises `StorageError`."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
