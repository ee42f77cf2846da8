"""The weights of a transformer as arrays, read without torch. Semlens' own have the largest table as int8."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.errors import ModelError
from semlens.settings import DEFAULT_RERANK_MODEL

SHIPPED = Path(__file__).parents[2] / "models" / "deep"
"""The folder of Semlens' own model: a sentence-transformers folder, but with its weights in two files."""

RERANK_SHIPPED = SHIPPED.with_name("rerank")
"""The folder of Semlens' own cross-encoder."""

RERANK_SHA256 = "861d15237cd6f7717835294bd6c424f3ed0a2562316b71da14e07024c2aac09c"
"""Of its weights."""

ROWS, SCALES = ".rows", ".scales"
"""Endings of the names of a table's int8 rows, (rows, dimension), and their float32 scales, (rows,)."""


def load_weights(folder: Path) -> dict[str, NDArray[np.float32]]:
    """The weights in the .safetensors files of a network's folder, by their names in the network.

    :raises Exception: the errors of safetensors, and of types that numpy lacks.
    """
    from safetensors.numpy import load_file

    found: dict[str, NDArray[np.float32]] = {}
    whole = folder / "model.safetensors"
    for file in [whole] if whole.is_file() else sorted(folder.glob("*.safetensors")):
        arrays = load_file(file)
        for name, value in arrays.items():
            if name.endswith(ROWS):
                table = name.removesuffix(ROWS)
                found[table] = value * arrays[table + SCALES][:, None]
            elif np.issubdtype(value.dtype, np.floating) and not name.endswith(SCALES):
                found[name.removeprefix("bert.")] = np.asarray(value, np.float32)
    return found


def verify_weights(name: str, files: Sequence[Path], sha256: str, remedy: str) -> None:
    """Raise `ModelError` if the weights of the model `name` are no longer those with this hash."""
    try:
        found = sha256_of(files)
    except OSError as error:
        raise ModelError(f"The weights of the model {name} cannot be read: {error}.") from error
    if found != sha256:
        raise ModelError(f"The weights of the model {name} were changed: {remedy}.")


def verify_rerank_weights() -> None:
    """Raise `ModelError` if the weights of Semlens' own cross-encoder are not those that came with it."""
    weights = RERANK_SHIPPED / "model.safetensors"
    verify_weights(DEFAULT_RERANK_MODEL, [weights], RERANK_SHA256, "reinstall Semlens")


def sha256_of(files: Sequence[Path]) -> str:
    """The hash of several files, one after the other. Raises `OSError`."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
