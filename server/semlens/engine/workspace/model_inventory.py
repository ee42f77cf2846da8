"""Which models there are, what is indexed with each, and which of them nobody wants any more."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from attrs import evolve

from semlens.core.embed.model_card import ModelCard
from semlens.core.index.folder import SECOND
from semlens.core.store.layout import disk_usage, last_used, workspaces
from semlens.core.store.live_set import LiveSet, read_live_set
from semlens.core.store.vector_cache import VectorCache
from semlens.engine.workspace.last_model import last_model
from semlens.private_files import discard
from semlens.protocol.models import ModelFolder, ModelInfo
from semlens.types import ContentHash, Fingerprint, Tier

_SLUG = re.compile(r"(?P<name>.+)-(?P<dimension>\d+)-[0-9a-f]{32}")
"""A deep model's fingerprint (`DeepModel.fingerprint`)."""
_INSTANT = "static-"


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What the engine uses at this moment."""

    cards: Mapping[Fingerprint, ModelCard]
    """The models that are known, also those that are gone; of a setting the newest last."""
    installed: frozenset[Fingerprint]
    open_models: frozenset[Fingerprint]
    """Those of open folders, both tiers'."""
    settings: frozenset[str]
    """The models of both tiers that settings name: the default ones, and those of folders, open or not."""
    seconds: frozenset[str]
    """The same for second models."""
    serving: Mapping[Path, Path]
    """The folder of each index that answers → its workspace."""
    trained: frozenset[Fingerprint] = frozenset()
    """Those that were trained here and kept."""


@dataclass(frozen=True, slots=True)
class _Index:
    """An index of a workspace, in its private folder."""

    directory: Path
    root: Path | None
    live: LiveSet


def list_models(data_dir: Path, vectors: VectorCache, use: ModelUse) -> list[ModelInfo]:
    """Every model that is installed or has vectors; the wanted ones first. Raises `StorageError`."""
    indexes = list(_indexes(data_dir))
    sizes = vectors.sizes()
    wanted = _wanted(data_dir, indexes, use)
    fingerprints = {
        *use.cards, *sizes, *(one for index in indexes for one in index.live.by_model)
    }  # fmt: skip
    infos = []
    for fingerprint in fingerprints:
        count, size = sizes.get(fingerprint, (0, 0))
        own = [index for index in indexes if fingerprint in index.live.by_model]
        folders = [_folder(index, fingerprint, vectors, use) for index in own]
        installed = fingerprint in use.installed
        if installed or count or folders:
            info = _described(fingerprint, use.cards.get(fingerprint), installed)
            trained = fingerprint in use.trained
            kept = evolve(info, vectors=count, vector_bytes=size, folders=folders, trained=trained)
            infos.append(evolve(kept, wanted=fingerprint in wanted))
    return sorted(infos, key=lambda one: (not one.wanted, one.tier.value, one.name, one.fingerprint))


def remove_models(
    data_dir: Path, vectors: VectorCache, gone: Collection[Fingerprint], in_use: Collection[Path]
) -> int:
    """Delete the vectors and the indexes of models; how many bytes the disk has got back.

    :param in_use: the private folders of open indexes, which stay
    :raises StorageError: the vectors cannot be deleted
    """
    freed = 0
    chosen = set(gone)
    for index in list(_indexes(data_dir)):
        if index.directory in in_use:
            continue
        second = index.live.second
        if set(index.live.fingerprints) & chosen:
            freed += disk_usage(index.directory)
            discard(index.directory)
        elif second is not None and second[0] in chosen:
            freed += disk_usage(index.directory / SECOND)
            discard(index.directory / SECOND)
    return freed + vectors.remove(list(gone))


def _indexes(data_dir: Path) -> Iterator[_Index]:
    for folder, root in workspaces(data_dir):
        for database in sorted(folder.glob("*/index.db")):
            live = read_live_set(database)
            if live is not None:
                yield _Index(database.parent, root, live)


def named_models(data_dir: Path) -> tuple[set[str], set[str]]:
    """The models that answered last for each workspace, as settings name them, and the second models.

    Raises `StorageError`.
    """
    roots = [root for _, root in workspaces(data_dir) if root is not None]
    lasts = [last for root in roots if (last := last_model(data_dir, root)) is not None]
    named = {name for last in lasts for name in (last.model, last.instant)}
    return named, {last.second for last in lasts if last.second}


def _wanted(data_dir: Path, indexes: Iterable[_Index], use: ModelUse) -> set[Fingerprint]:
    """The models of open folders, and those that a setting names, as they are now."""
    newest = {card.setting: key for key, card in use.cards.items() if not card.in_words}
    in_words = {card.setting: key for key, card in use.cards.items() if card.in_words}
    wanted = {*use.open_models, *(newest[one] for one in use.settings if one in newest)}
    wanted |= {in_words[one] for one in use.seconds if one in in_words}
    for index in indexes:
        last = last_model(data_dir, index.root) if index.root is not None else None
        if last is not None and last.model not in newest and _answers(index, use):
            wanted.update(index.live.fingerprints)  # Its model's folder may be back tomorrow.
    return wanted


def _folder(index: _Index, fingerprint: Fingerprint, vectors: VectorCache, use: ModelUse) -> ModelFolder:
    hashes: list[ContentHash] = list(index.live.by_model[fingerprint])
    of_second = fingerprint not in index.live.fingerprints
    missing = len(vectors.missing(fingerprint, hashes))
    return ModelFolder(
        folder=str(index.root or ""),
        answers=_answers(index, use),
        texts=len(hashes),
        embedded=1 - missing / len(hashes) if hashes else 1.0,
        disk_bytes=disk_usage(index.directory / SECOND if of_second else index.directory),
    )


def _answers(index: _Index, use: ModelUse) -> bool:
    """Whether an index answers for its folder; for one that is not open, whether it was the last to."""
    if index.root in use.serving.values():
        return index.directory in use.serving
    others = [path.parent for path in index.directory.parent.glob("*/index.db")]
    return index.directory == max(others, key=last_used, default=None)


def _described(fingerprint: Fingerprint, card: ModelCard | None, installed: bool) -> ModelInfo:
    """What a model's card says, or else its fingerprint."""
    if card is None:
        slug = _SLUG.fullmatch(fingerprint)
        tier = Tier.INSTANT if fingerprint.startswith(_INSTANT) else Tier.DEEP
        name = slug["name"] if slug else fingerprint.partition("/")[0]
        return ModelInfo(tier, name, fingerprint, int(slug["dimension"]) if slug else None, installed)
    return ModelInfo(
        card.tier,
        card.name,
        fingerprint,
        card.dimension,
        installed,
        card.setting or None,
        card.window,
        card.tokenizer or None,
        card.vocabulary or None,
        card.pooling or None,
        card.licence or None,
        card.size or None,
        in_words=card.in_words,
    )
