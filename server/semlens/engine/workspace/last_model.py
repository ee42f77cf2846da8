"""The model whose index answered for a folder last, stored for the next engine.

A change of model builds a new index beside the old one. If the engine ends before the new index is complete,
the next engine must still answer from the old one.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from semlens.core.store.layout import workspace_dir
from semlens.errors import StorageError
from semlens.private_files import read_small, write_private
from semlens.settings import DEFAULT_MODEL, Settings

_FILE = "served.json"


@dataclass(frozen=True, slots=True)
class LastModel:
    """A model, by its name in the settings."""

    model: str
    chosen: bool
    """Whether the user chose it: the default model may change with the next version."""
    second: str = ""
    """The second model, if the folder has one."""


def last_model(data_dir: Path, root: Path) -> LastModel | None:
    """The model whose index of `root` answered last; None if none did."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        raw = json.loads(read_small(workspace_dir(data_dir, root) / _FILE))
        return LastModel(str(raw["model"]), bool(raw["chosen"]), str(raw.get("second", "")))
    return None


def remember_model(data_dir: Path, root: Path, model: str, second: str) -> None:
    """Store which models answer for `root`, the second one empty for none; a storage error is ignored."""
    last = LastModel(model, model != DEFAULT_MODEL, second)
    if last != last_model(data_dir, root):
        with suppress(StorageError):
            write_private(workspace_dir(data_dir, root) / _FILE, json.dumps(asdict(last)).encode())


def settings_of(last: LastModel | None) -> Settings:
    """The settings of a client that has none: the models that answered last, if the user chose them."""
    if last is None:
        return Settings()
    return Settings(model=last.model if last.chosen else DEFAULT_MODEL, second_model=last.second)
