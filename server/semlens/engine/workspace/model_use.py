"""Which models the engine uses at this moment, which are installed, and which settings name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from semlens.core.embed.model_card import ModelCard
from semlens.core.store.layout import workspaces
from semlens.engine.models.cards import find_card, find_image_card, find_instant_card, words_card
from semlens.engine.models.instant import is_instant
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.trained import is_trained, trained_models
from semlens.engine.workspace.last_model import last_model
from semlens.engine.workspace.registry import WorkspaceRegistry
from semlens.engine.workspace.workspace import Workspace
from semlens.settings import DEFAULT_INSTANT_MODEL, DEFAULT_MODEL, PLAIN_MODEL, Settings
from semlens.types import Fingerprint, Tier


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What the engine uses at this moment."""

    cards: Mapping[Fingerprint, ModelCard]
    """The models that are known, also those that are gone; of a setting the newest last."""
    installed: frozenset[Fingerprint]
    open_models: frozenset[Fingerprint]
    """Those of open folders, both tiers'."""
    settings: frozenset[str]
    """The models of both tiers that settings name: the default ones, and those of folders, open or not; and
    image models."""
    seconds: frozenset[str]
    """The same for second models."""
    serving: Mapping[Path, Path]
    """The folder of each index that answers → its workspace."""
    trained: frozenset[Fingerprint] = frozenset()
    """Those that were trained here and kept."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Models as settings name them."""

    chosen: frozenset[str]
    """By the default, and by folders, open or not."""
    seconds: frozenset[str]
    """The second models of folders, open or not."""
    images: frozenset[str]
    """The image models of folders, open or not."""
    trained_instant: frozenset[str]
    """The folders of models that were trained here."""
    trained_deep: frozenset[str]

    @property
    def instant(self) -> set[str]:
        """Those of the instant tier."""
        return {*filter(is_instant, self.chosen), *self.trained_instant, DEFAULT_INSTANT_MODEL}


def models_in_use(data_dir: Path, models: ModelRegistry, folders: WorkspaceRegistry) -> ModelUse:
    """What is used now. Opens the models without settings, and so the vectors. Raises `SemlensError`."""
    models.models(Settings())
    names = _names(data_dir, folders)
    known = models.known.read()
    here = _installed_cards(data_dir, models, names, known)
    installed = {card.fingerprint: card for card in here}
    gone = {key: card for key, card in known.items() if key not in installed}
    return ModelUse(
        cards={**gone, **installed},
        installed=frozenset(installed),
        open_models=frozenset(one for workspace in folders.every for one in _fingerprints(workspace)),
        settings=names.chosen | names.images,
        seconds=names.seconds,
        trained=frozenset(
            card.fingerprint for card in here if card.setting and is_trained(data_dir, Path(card.setting))
        ),
        serving={workspace.directory: workspace.root for workspace in folders},
    )


def _names(data_dir: Path, folders: WorkspaceRegistry) -> _Names:
    """Raises `StorageError`."""
    roots = [root for _, root in workspaces(data_dir) if root is not None]
    lasts = [last for root in roots if (last := last_model(data_dir, root)) is not None]
    opened = [workspace.settings for workspace in folders.every]
    chosen = {name for one in opened for name in (one.model, one.instant_model)}
    chosen |= {name for last in lasts for name in (last.model, last.instant)}
    seconds = {last.second for last in lasts} | {one.second_model for one in opened}
    images = {last.image_model for last in lasts} | {one.image_model for one in opened}
    trained = trained_models(data_dir)
    return _Names(
        chosen=frozenset({DEFAULT_MODEL, DEFAULT_INSTANT_MODEL, *chosen}),
        seconds=frozenset(filter(None, seconds)),
        images=frozenset(filter(None, images)),
        trained_instant=frozenset(str(folder) for tier, folder in trained if tier is Tier.INSTANT),
        trained_deep=frozenset(str(folder) for tier, folder in trained if tier is Tier.DEEP),
    )


def _installed_cards(
    data_dir: Path, models: ModelRegistry, names: _Names, known: Mapping[Fingerprint, ModelCard]
) -> list[ModelCard]:
    """The cards of the models whose files are there, or whose server the user has joined."""
    seen = (card.setting for card in known.values() if card.setting)
    joined = (one.place.setting for one in models.servers.joined())
    deep = {PLAIN_MODEL, *names.chosen, *names.seconds, *seen, *joined, *names.trained_deep} - names.instant
    found = [card for name in sorted(deep) if (card := find_card(name, models.servers, data_dir))]
    instant = [card for name in sorted(names.instant) if (card := find_instant_card(name)) is not None]
    in_words = (words_card(card) for card in found)
    images = [card for name in sorted(names.images) if (card := find_image_card(name)) is not None]
    return [
        *found,
        *instant,
        *images,
        *(card for card in in_words if card.fingerprint in known or card.setting in names.seconds),
    ]


def _fingerprints(workspace: Workspace) -> list[Fingerprint]:
    """The models whose vectors an open folder uses."""
    models = workspace.models
    return [models.deep_fingerprint, models.instant_fingerprint, *workspace.added.fingerprints]
