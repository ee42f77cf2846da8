"""Which models there are, what is indexed with each, and which of them nobody wants any more."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from attrs import evolve

from semlens.core.embed.model_card import ModelCard
from semlens.core.index.added_tiers import IMAGES, SECOND
from semlens.core.store.layout import disk_usage, last_used, workspaces
from semlens.core.store.live_set import LiveSet, read_live_set
from semlens.core.store.vector_cache import VectorCache
from semlens.engine.workspace.last_model import last_model
from semlens.engine.workspace.model_use import ModelUse
from semlens.private_files import discard
from semlens.protocol.editor import IndexedFolder, InstalledModel
from semlens.types import ContentHash, Fingerprint, Tier

_SLUG = re.compile(r"(?P<name>.+)-(?P<dimension>\d+)-[0-9a-f]{32}")
"""A deep model's fingerprint (`DeepModel.fingerprint`)."""
_INSTANT = "static-"
_TIERS: Mapping[Tier, Literal["instant", "image"]] = {Tier.INSTANT: "instant", Tier.IMAGE: "image"}
"""All others are the deep tier's."""


@dataclass(frozen=True, slots=True)
class _Index:
    """An index of a workspace, in its private folder."""

    directory: Path
    root: Path | None
    live: LiveSet


def list_models(data_dir: Path, vectors: VectorCache, use: ModelUse) -> list[InstalledModel]:
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
            infos.append(evolve(kept, wanted=fingerprint in wanted, removable_bytes=_removable(kept)))
    return in_order(infos)


def in_order(models: Iterable[InstalledModel]) -> list[InstalledModel]:
    """The models as they are listed: the wanted ones first."""
    return sorted(models, key=lambda one: (not one.wanted, one.tier, one.name, one.fingerprint))


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
        whole = set(index.live.fingerprints) & chosen
        gone_with_it = (
            [index.directory]
            if whole
            else [_part(index, one) for one in index.live.by_model if one in chosen]
        )
        for folder in gone_with_it:
            freed += disk_usage(folder)
            discard(folder)
    return freed + vectors.remove(list(gone))


def _indexes(data_dir: Path) -> Iterator[_Index]:
    for folder, root in workspaces(data_dir):
        for database in sorted(folder.glob("*/index.db")):
            live = read_live_set(database)
            if live is not None:
                yield _Index(database.parent, root, live)


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


def _folder(index: _Index, fingerprint: Fingerprint, vectors: VectorCache, use: ModelUse) -> IndexedFolder:
    hashes: list[ContentHash] = list(index.live.by_model[fingerprint])
    missing = len(vectors.missing(fingerprint, hashes))
    return IndexedFolder(
        folder=str(index.root or ""),
        answers=_answers(index, use),
        texts=len(hashes),
        embedded=1 - missing / len(hashes) if hashes else 1.0,
        disk_bytes=disk_usage(_part(index, fingerprint)),
    )


def _part(index: _Index, fingerprint: Fingerprint) -> Path:
    """The folder of an index that a model has: those of its own tiers have all of it."""
    live = index.live
    if fingerprint in live.fingerprints:
        return index.directory
    return index.directory / (IMAGES if live.images is not None and live.images[0] == fingerprint else SECOND)


def _answers(index: _Index, use: ModelUse) -> bool:
    """Whether an index answers for its folder; for one that is not open, whether it was the last to."""
    if index.root in use.serving.values():
        return index.directory in use.serving
    others = [path.parent for path in index.directory.parent.glob("*/index.db")]
    return index.directory == max(others, key=last_used, default=None)


def _removable(model: InstalledModel) -> int:
    """About the bytes that go with it: its files if it was trained here, and the indexes of its own."""
    own_indexes = model.tier == "deep" or model.trained  # the instant tier shares a transformer's
    indexes = sum(folder.disk_bytes for folder in model.folders) if own_indexes else 0
    return model.vector_bytes + indexes + (model.size or 0 if model.trained else 0)


def _described(fingerprint: Fingerprint, card: ModelCard | None, installed: bool) -> InstalledModel:
    """What a model's card says, or else its fingerprint."""
    if card is None:
        slug = _SLUG.fullmatch(fingerprint)
        return InstalledModel(
            tier="instant" if fingerprint.startswith(_INSTANT) else "deep",
            name=slug["name"] if slug else fingerprint.partition("/")[0],
            fingerprint=fingerprint,
            installed=installed,
            dimension=int(slug["dimension"]) if slug else None,
        )
    return InstalledModel(
        tier=_TIERS.get(card.tier, "deep"),
        name=card.name,
        fingerprint=fingerprint,
        installed=installed,
        dimension=card.dimension,
        setting=card.setting or None,
        window=card.window,
        tokenizer=card.tokenizer or None,
        vocabulary=card.vocabulary or None,
        pooling=card.pooling or None,
        licence=card.licence or None,
        size=card.size or None,
        in_words=card.in_words,
    )
