"""`model-servers.json`: the embedding servers to which the user has agreed to send code, without tokens."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from semlens.core.served.identity import PROBES
from semlens.core.served.model import Place, ServedModel
from semlens.core.served.prompts import Prompts
from semlens.private_files import read_small, write_private
from semlens.protocol.json import json_bytes, json_value

FILE = "model-servers.json"
VERSION = 1
"""Of the file's format. A file of another version is written anew."""
CONSENT_VERSION = 1
"""Version of what is sent. If more is sent one day, the user is asked again."""


def read_servers(data_dir: Path) -> list[ServedModel]:
    """The models to whose servers the user has agreed; none if the file is damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        raw = json_value(read_small(data_dir / FILE))
        if raw["version"] == VERSION:
            return [_model(row) for row in raw["servers"] if row["consent"] == CONSENT_VERSION]
    return []


def write_servers(data_dir: Path, models: Sequence[ServedModel]) -> None:
    """Keep these models, and no others. Raises `StorageError`."""
    content = {"version": VERSION, "servers": [_row(model) for model in models]}
    write_private(data_dir / FILE, json_bytes(content))


def _row(model: ServedModel) -> dict[str, Any]:
    return {
        "url": model.place.url,
        "model": model.place.model,
        "origin": model.place.origin,
        "consent": CONSENT_VERSION,
        "dialect": model.dialect,
        "dimension": model.dim,
        "window": model.window,
        "limit": model.limit,
        "query_prompt": model.prompts.query,
        "document_prompt": model.prompts.document,
        "batch": model.batch,
        "token_variable": model.token_variable,
        "identity": model.identity,
        "probes": base64.b64encode(model.probes.astype("<f2").tobytes()).decode(),
    }


def _model(row: Mapping[str, Any]) -> ServedModel:
    """Raises `ValueError`, `TypeError` or `KeyError` if the row is damaged."""
    place = Place(str(row["url"]), str(row["model"]))
    if place.origin != row["origin"] or row["dialect"] not in ("openai", "tei"):
        raise ValueError("the server is not the one that was agreed to")
    probes = np.frombuffer(base64.b64decode(row["probes"]), "<f2").reshape(len(PROBES), int(row["dimension"]))
    return ServedModel(
        place,
        row["dialect"],
        int(row["dimension"]),
        int(row["window"]),
        int(row["limit"]),
        Prompts(str(row["query_prompt"]), str(row["document_prompt"])),
        int(row["batch"]),
        str(row["token_variable"]),
        str(row["identity"]),
        probes.astype(np.float16),
    )
