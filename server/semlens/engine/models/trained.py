"""The models that were trained here and kept: one folder each, below one folder in the data folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from semlens.engine.models.instant import is_instant
from semlens.errors import StorageError
from semlens.private_files import discard, private_dir, storage_errors
from semlens.types import Tier

FOLDER: Final = "trained"
_NOT_SLUG: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 60


def trained_models(data_dir: Path) -> list[tuple[Tier, Path]]:
    """The tier and the folder of each kept model, by name."""
    folders = sorted((data_dir / FOLDER).glob("*/modules.json"))
    return [(tier_of(path.parent), path.parent) for path in folders]


def tier_of(folder: Path) -> Tier:
    """The tier for which the model in a folder is."""
    return Tier.INSTANT if is_instant(str(folder)) else Tier.DEEP


def named(data_dir: Path, setting: str) -> str:
    """What the setting calls a model: the folder of a kept one that is called so, else `setting` itself."""
    found = (str(folder) for _, folder in trained_models(data_dir) if folder.name == setting)
    return next(found, setting)


def is_trained(data_dir: Path, folder: Path) -> bool:
    """Whether a folder is one of the kept models'."""
    return folder.parent == data_dir / FOLDER


def free_name(data_dir: Path, base: str, root: Path) -> str:
    """A name for a model that is trained from `base` on the code of `root`: none of those that are kept."""
    wanted = _NOT_SLUG.sub("-", f"{base}-{root.name}").strip("-.")[:_LONGEST] or "trained"
    taken = {folder.name for _, folder in trained_models(data_dir)}
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def keep(data_dir: Path, model: Path, name: str) -> Path:
    """Move a finished model to the kept ones; its folder there. Raises `StorageError`."""
    target = private_dir(data_dir / FOLDER) / name
    if target.exists():
        raise StorageError(f"There is a model in {target} already: remove it first.")
    with storage_errors(target):
        model.replace(target)
    return target


def forget(data_dir: Path, folder: Path) -> None:
    """Delete a kept model's folder."""
    if is_trained(data_dir, folder):
        discard(folder)
