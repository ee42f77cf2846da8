"""The files of one generation of a lexical index, as tantivy writes them."""

from __future__ import annotations

from pathlib import Path

from semlens.core.store.seal import Seal

_SEAL = "sealed.json"
_SEGMENTS = "meta.json"
"""tantivy's list of its segments."""


def seal_of(folder: Path) -> Seal:
    """The seal over the files of the last commit; other files of a killed writer do not break it."""
    # Not durable: every saved file waits for the seal, and a power failure costs a rebuild of some seconds.
    return Seal(folder / _SEAL, lambda: _committed(folder), exact=False, durable=False)


def is_index(folder: Path) -> bool:
    """Whether there is an index in `folder`, committed or not."""
    return (folder / _SEGMENTS).exists()


def _committed(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name != _SEAL and not path.name.startswith(".")]
