"""The model whose index answered for a folder last, stored for the next engine.

A change of model builds a new index beside the old one. If the engine ends before the new index is complete,
the next engine must still answer from the old one.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from attrs import evolve

from semlens.core.store.layout import workspace_path
from semlens.errors import StorageError
from semlens.private_files import read_small, write_private
from semlens.settings import DEFAULT_INSTANT_MODEL, DEFAULT_MODEL, Settings

_FILE = "served.json"


@dataclass(frozen=True, slots=True)
class LastModel:
    """The models of a folder, by their names in the settings."""

    model: str
    instant: str
    chosen: bool
    """Whether the user chose them: the default models may change with the next version."""
    second: str = ""
    """The second model, if the folder has one."""
    images: bool = False
    """Whether its images are indexed, too."""
    image_model: str = ""
    """The model that looks at them, if there is one."""
    image_text: bool = False
    """Whether text in them is read."""

    def settings(self, others: Settings) -> Settings:
        """`others` with these models."""
        return evolve(others, model=self.model, instant_model=self.instant)

    @property
    def is_choice(self) -> bool:
        """Whether the user has chosen anything for the folder."""
        return self.chosen or bool(self.second or self.images or self.image_model or self.image_text)

    def names(self, settings: Settings) -> bool:
        """Whether `settings` name these models."""
        return (self.model, self.instant) == (settings.model, settings.instant_model)


def last_model(data_dir: Path, root: Path) -> LastModel | None:
    """The model whose index of `root` answered last; None if none did."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        raw = json.loads(read_small(workspace_path(data_dir, root) / _FILE))
        instant = str(raw.get("instant", DEFAULT_INSTANT_MODEL))
        return LastModel(
            model=str(raw["model"]),
            instant=instant,
            chosen=bool(raw["chosen"]),
            second=str(raw.get("second", "")),
            images=bool(raw.get("images", False)),
            image_model=str(raw.get("image_model", "")),
            image_text=bool(raw.get("image_text", False)),
        )
    return None


def remember_model(data_dir: Path, root: Path, settings: Settings) -> None:
    """Store that the index of the models in `settings` answers for `root`; a storage error is ignored.

    Nothing is stored of a folder whose index is gone.
    """
    names = (settings.model, settings.instant_model)
    chosen = names != (DEFAULT_MODEL, DEFAULT_INSTANT_MODEL)
    last = LastModel(
        *names,
        chosen=chosen,
        second=settings.second_model,
        images=settings.images,
        image_model=settings.image_model,
        image_text=settings.image_text,
    )
    if last != last_model(data_dir, root):
        with suppress(StorageError):
            write_private(workspace_path(data_dir, root) / _FILE, json.dumps(asdict(last)).encode())


def settings_of(last: LastModel | None) -> Settings:
    """The settings of a client that has none: the models that answered last, if the user chose them, and
    whether images are indexed."""
    if last is None:
        return Settings()
    settings = Settings(
        second_model=last.second,
        images=last.images,
        image_model=last.image_model,
        image_text=last.image_text,
    )
    return last.settings(settings) if last.chosen else settings
