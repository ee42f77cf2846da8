"""`semlens embed`: the vectors of a text, for notebooks and other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import typer
from numpy.typing import NDArray

from semlens.api.connection import Connection
from semlens.api.index import embed as embedded
from semlens.api.splitting import fits, split
from semlens.cli.commands.tokens import read_text
from semlens.core.files.source import indexed_text
from semlens.errors import UsageError
from semlens.private_files import storage_errors
from semlens.settings import DEFAULT_MODEL
from semlens.types import Tier

By = Literal["whole", "chunks", "lines"]


def embed(file: Path, model: str, by: By, query: bool, output: Path | None) -> None:
    """Write the vectors of a file or of stdin: as `.npy` if `output` ends so, else as JSON lines.

    Raises `FolderError`, `ModelError`, `StorageError` and `UsageError`.
    """
    name = "" if str(file) == "-" else file.name
    text = indexed_text(name, read_text(file))
    window = DEFAULT_MODEL if model in {Tier.DEEP.value, Tier.INSTANT.value} else model
    rows, groups = _texts(text, name, by, window, never_cut=model == Tier.INSTANT.value)
    if not rows:
        raise UsageError(f"{file if name else 'Standard input'} has no text to embed.")
    connection = Connection()
    try:
        about, vectors = embedded(connection, [one for group in groups for one in group], model, query)
    finally:
        connection.close()
    whole = _means(vectors, groups)
    if output is not None and output.suffix == ".npy":
        with storage_errors(output):
            np.save(output, whole)
        return
    named = {"model": about.model, "fingerprint": about.fingerprint}
    lines = (
        json.dumps({**row, **named, "vector": [round(float(value), 6) for value in vector]})
        for row, vector in zip(rows, whole, strict=True)
    )
    if output is None:
        for line in lines:
            typer.echo(line)
        return
    with storage_errors(output):
        output.write_text("".join(f"{line}\n" for line in lines), "ascii")


def _texts(
    text: str, name: str, by: By, window: str, never_cut: bool
) -> tuple[list[dict[str, Any]], list[list[str]]]:
    """What each vector stands for, and the texts that it is made of."""
    if by == "lines":
        numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        return [{"line": number} for number, _ in numbered], [[line] for _, line in numbered]
    if by == "whole":
        if not text.strip():
            return [], []
        if never_cut or fits(text, window):
            return [{"path": name, "parts": 1}], [[text]]
        parts = split(text, name, window).embedded_text.tolist()
        return [{"path": name, "parts": len(parts)}], [parts]
    chunks = split(text, name, window)
    rows = [
        {
            "path": name,
            "startLine": row["start_line"],
            "endLine": row["end_line"],
            "symbol": row["symbol"],
        }
        for row in chunks.rows()
    ]
    return rows, [[one] for one in chunks.embedded_text.tolist()]


def _means(vectors: NDArray[np.float32], groups: list[list[str]]) -> NDArray[np.float32]:
    """A unit vector for each group of texts: the mean of theirs, each by its length; shape (groups, dim)."""
    found = np.zeros((len(groups), vectors.shape[1]), np.float32)
    start = 0
    for row, group in enumerate(groups):
        part = vectors[start : start + len(group)]
        found[row] = np.array([len(text) for text in group], np.float32) @ part
        start += len(group)
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    norms[norms == 0] = 1
    return np.asarray(found / norms, np.float32)
