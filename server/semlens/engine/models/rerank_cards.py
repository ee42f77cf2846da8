"""What the cross-encoders are that can be used here: Semlens' own, and those that settings name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress

from attrs import evolve

from semlens.core.embed.cross_encoder import RerankModel
from semlens.core.embed.model_card import licence_of
from semlens.errors import ModelError
from semlens.protocol.editor import InstalledModel
from semlens.settings import DEFAULT_RERANK_MODEL
from semlens.types import Fingerprint


def cross_encoders(named: Collection[str]) -> Iterator[InstalledModel]:
    """Semlens' own, and those that settings name, usable or not. `named` may have the empty name of none."""
    for setting in sorted({DEFAULT_RERANK_MODEL, *filter(None, named)}):
        found = InstalledModel(
            tier="rerank",
            name=setting.replace("\\", "/").rstrip("/").rpartition("/")[2],
            fingerprint=Fingerprint(f"rerank/{setting}"),
            installed=False,
            setting=setting,
            wanted=setting in named,
        )
        with suppress(ModelError, OSError):
            model = RerankModel.find(setting)
            found = evolve(
                found,
                installed=True,
                licence=licence_of(model.folder) or None,
                size=sum(file.stat().st_size for file in model.weight_files),
            )
        yield found
