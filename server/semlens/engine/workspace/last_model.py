"""Which model's index answered for a folder last, kept for the engine that comes after this one.

A change of model makes a new index beside the old one, and may be cut short by the engine's end: the
next engine must go on to answer from the old index, and not from one that is half made.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from semlens.core.store.layout import read_small, workspace_dir, write_private
from semlens.errors import StorageError
from semlens.settings import DEFAULT_MODEL

_FILE = "served.json"


@dataclass(frozen=True, slots=True)
class LastModel:
    """A model as a setting names it."""

    model: str
    chosen: bool
    """Whether a user named it: a default may be another one in the next version."""


def last_model(data_dir: Path, root: Path) -> LastModel | None:
    """The model whose index of `root` answered last, if one did."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        raw = json.loads(read_small(workspace_dir(data_dir, root) / _FILE))
        return LastModel(str(raw["model"]), bool(raw["chosen"]))
    return None


def remember_model(data_dir: Path, root: Path, model: str) -> None:
    """From now on the index of `model` answers for `root`, as far as this can be written down."""
    served = LastModel(model, model != DEFAULT_MODEL)
    if served != last_model(data_dir, root):
        with suppress(StorageError):
            write_private(workspace_dir(data_dir, root) / _FILE, json.dumps(asdict(served)).encode())
