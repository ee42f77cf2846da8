"""The shape of a model's network, read from its files without loading it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import ROWS as STATIC_ROWS
from semlens.core.embed.weights import SCALES

_LENGTH_BYTES: Final = 8
"""A .safetensors file begins with the length of its header, a JSON object (huggingface/safetensors)."""
_NUMBERS: Final = ("F", "BF", "I8")
"""Beginnings of the types of weights; positions and the like are wider whole numbers."""


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """What a network is made of. What its files do not say is None."""

    parameters: int
    """The numbers that it has learned."""
    table: int
    """Those of them that are the table of its vocabulary: a row for each token."""
    layers: int | None = None
    heads: int | None = None
    """Of attention, in each layer."""
    width: int | None = None
    """Of the vectors between its layers."""


def shape_of_deep(model: DeepModel) -> NetworkShape:
    """The shape of a transformer. Raises `OSError` and `ValueError` if its files cannot be read."""
    sizes = {name: size for file in model.weight_files for name, size in _tensors(file)}
    config = _config(model)
    return NetworkShape(
        parameters=sum(sizes.values()),
        table=sum(
            size for name, size in sizes.items() if "word_embeddings" in name or "embed_tokens" in name
        ),
        layers=_number(config, "num_hidden_layers", "n_layers", "num_layers"),
        heads=_number(config, "num_attention_heads", "n_heads", "num_heads"),
        width=_number(config, "hidden_size", "dim", "d_model"),
    )


def shape_of_instant(folder: Path) -> NetworkShape:
    """The shape of the instant model in a folder, a table alone. Raises `OSError` and `ValueError`."""
    rows, dimension = np.load(folder / STATIC_ROWS, mmap_mode="r", allow_pickle=False).shape
    return NetworkShape(parameters=rows * dimension, table=rows * dimension, width=dimension)


def _tensors(file: Path) -> list[tuple[str, int]]:
    """The weights in a .safetensors file, each with how many numbers it has."""
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(_LENGTH_BYTES), "little")
        header: dict[str, Any] = json.loads(opened.read(length))
    return [
        (name, int(np.prod(tensor["shape"], dtype=np.int64)))
        for name, tensor in header.items()
        if name != "__metadata__" and tensor["dtype"].startswith(_NUMBERS) and not name.endswith(SCALES)
    ]


def _config(model: DeepModel) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        config = json.loads((model.tokenizer_json.parent / "config.json").read_text("utf-8"))
        if isinstance(config, dict):
            return config
    return {}


def _number(config: dict[str, Any], *names: str) -> int | None:
    return next((config[name] for name in names if isinstance(config.get(name), int)), None)
