"""Writes chunks, symbols and vectors as JSON lines and NumPy arrays.

Every tool for tables reads JSON lines, and NumPy needs no package that Semlens lacks: a library for Parquet
would be larger than Semlens itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semlens.api.tables import Chunks, Symbols
from semlens.private_files import new_folder
from semlens.protocol.data import Vectors

FORMAT = 1
"""Version of the files and their fields, in `about.json`."""


def write_arrays(
    target: Path,
    folder: Path,
    chunks: Chunks,
    symbols: Symbols,
    tiers: Mapping[str, tuple[Vectors, NDArray[np.float32]]],
) -> list[str]:
    """Write the new folder `target`, as `Index.export` says; the names of its files.

    :param folder: the indexed folder
    :param tiers: for `instant` and `deep` the model, and its vectors in the order of the chunks
    :raises UsageError: `target` is not new
    :raises StorageError: it cannot be written
    """
    models = {
        tier: {"model": about.model, "fingerprint": about.fingerprint, "dimension": about.dimension}
        for tier, (about, _) in tiers.items()
    }
    with new_folder(target) as made:
        write_lines(made / "chunks.jsonl", chunks.rows())
        write_lines(made / "symbols.jsonl", symbols.rows())
        instant, deep = (tiers[tier][1] for tier in ("instant", "deep"))
        np.savez_compressed(made / "vectors.npz", instant=instant, deep=deep)
        about = {"format": FORMAT, "folder": str(folder), "chunks": len(chunks), "models": models}
        (made / "about.json").write_text(json.dumps(about, indent=2) + "\n", "utf-8")
    return sorted(path.name for path in target.iterdir())


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write a JSON object a line, in ASCII, so that a name in no encoding survives."""
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
