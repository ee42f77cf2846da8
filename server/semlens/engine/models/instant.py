"""Which instant model a setting names."""

from __future__ import annotations

from pathlib import Path

from semlens.core.embed.static_model import ROWS, SHIPPED
from semlens.errors import ModelError
from semlens.settings import DEFAULT_INSTANT_MODEL


def instant_folder(setting: str) -> Path:
    """The folder of the instant model that a setting names. Raises `ModelError` if it names none."""
    if setting == DEFAULT_INSTANT_MODEL:
        return SHIPPED
    folder = Path(setting).expanduser()
    if not folder.is_absolute():
        raise ModelError(
            f'There is no instant model "{setting}": give {DEFAULT_INSTANT_MODEL}, or the absolute path of '
            "one that semlens train has made."
        )
    if not folder.is_dir():
        raise ModelError(f"There is no instant model in {folder}: there is no such folder.")
    return folder.resolve()


def is_instant(setting: str) -> bool:
    """Whether a setting names an instant model, and no transformer, whose folder may have a card, too."""
    return setting == DEFAULT_INSTANT_MODEL or (Path(setting).expanduser() / ROWS).is_file()


def instant_setting(folder: Path) -> str:
    """What the setting calls the instant model in a folder."""
    return DEFAULT_INSTANT_MODEL if folder == SHIPPED else str(folder)
