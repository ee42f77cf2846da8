"""The handlers of the requests about models."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from semlens.core.embed.model_card import ModelCard
from semlens.core.embed.model_problem import model_problem
from semlens.core.store.vector_cache import VectorCache
from semlens.engine.daemon.agent_service import Held
from semlens.engine.models.cards import find_card, find_instant_card, words_card
from semlens.engine.models.instant import is_instant
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.trained import forget, is_trained, named, trained_models
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.estimate import estimate, together
from semlens.engine.workspace.model_inventory import ModelUse, list_models, named_models, remove_models
from semlens.engine.workspace.registry import WorkspaceRegistry
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import StorageError, UsageError
from semlens.protocol.models import (
    EstimateModel,
    ListModels,
    ModelEstimate,
    ModelsAnswer,
    RemoveModels,
    RemoveModelsAnswer,
    VerifyModel,
    VerifyModelAnswer,
)
from semlens.protocol.request import Request
from semlens.settings import DEFAULT_INSTANT_MODEL, DEFAULT_MODEL, PLAIN_MODEL, Settings
from semlens.types import CancelToken, Fingerprint, Tier


class ModelService:
    """Lists models, and deletes what was made with those that nobody wants."""

    def __init__(
        self, data_dir: Path, model_registry: ModelRegistry, folders: WorkspaceRegistry, held: Held
    ) -> None:
        """`held` gives the workspaces of folders, or all open ones, and keeps them open."""
        self._held = held
        self._data_dir = data_dir
        self._model_registry = model_registry
        self._folders = folders
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            ListModels: self._list,
            VerifyModel: self._verify,
            RemoveModels: self._remove,
            EstimateModel: self._estimate,
        }

    async def _list(self, request: ListModels, connection: Connection) -> ModelsAnswer:
        return await asyncio.to_thread(self._listed)

    async def _verify(self, request: VerifyModel, connection: Connection) -> VerifyModelAnswer:
        return await asyncio.to_thread(self._verified, request.fingerprint)

    async def _remove(self, request: RemoveModels, connection: Connection) -> RemoveModelsAnswer:
        async with self._folders.none_opens():
            return await asyncio.to_thread(self._removed, request.fingerprints)

    async def _estimate(self, request: EstimateModel, connection: Connection) -> ModelEstimate:
        cancel = CancelToken()
        async with self._held([request.folder] if request.folder else None) as workspaces:
            try:
                return await asyncio.to_thread(self._estimated, request, workspaces, cancel)
            except asyncio.CancelledError:
                cancel.cancel()
                raise

    def _estimated(
        self, request: EstimateModel, workspaces: Sequence[Workspace], cancel: CancelToken
    ) -> ModelEstimate:
        """Runs on a thread of its own, as the model may have to be loaded. Raises `SemlensError`."""
        name = named(self._data_dir, request.model)
        settings = workspaces[0].settings
        if is_instant(name) and not request.second:
            static = self._model_registry.models(evolve(settings, instant_model=name)).static
            return ModelEstimate(static.name, 0, 0, 0.0, 0, instant=True)
        models = self._model_registry.models(evolve(settings, model=name))
        found = together([estimate(one.index, models, request.second, cancel) for one in workspaces])
        return ModelEstimate(models.deep.name, found.texts, found.unread, found.seconds, found.disk_bytes)

    def _listed(self) -> ModelsAnswer:
        use = self._use()
        return ModelsAnswer(list_models(self._data_dir, self._vectors(), use))

    def _verified(self, fingerprint: Fingerprint) -> VerifyModelAnswer:
        found = next((one for one in self._listed().models if one.fingerprint == fingerprint), None)
        if found is None:
            raise UsageError(f"No model has the fingerprint {fingerprint}: semlens models lists them.")
        return VerifyModelAnswer(model_problem(found, self._data_dir))

    def _removed(self, fingerprints: list[Fingerprint]) -> RemoveModelsAnswer:
        known = {one.fingerprint: one for one in self._listed().models}
        for fingerprint in fingerprints:
            if fingerprint not in known:
                raise UsageError(f"No model has the fingerprint {fingerprint}: semlens models lists them.")
            if known[fingerprint].wanted:
                raise UsageError(f"The model {known[fingerprint].name} is in use: choose another one first.")
        in_use = self._folders.directories
        freed = remove_models(self._data_dir, self._vectors(), fingerprints, in_use)
        for one in fingerprints:
            if known[one].trained and known[one].setting:
                freed += known[one].size or 0
                self._model_registry.drop(known[one].setting or "")
                forget(self._data_dir, Path(known[one].setting or ""))
        gone = (one for one in fingerprints if known[one].trained or not known[one].installed)
        self._model_registry.known.forget(gone)
        return RemoveModelsAnswer([known[one] for one in fingerprints], freed)

    def _vectors(self) -> VectorCache:
        vectors = self._model_registry.vectors
        if vectors is None:
            raise StorageError("The vectors are not open: try again.")
        return vectors

    def _use(self) -> ModelUse:
        """What is used now. Opens the models without settings, and so the vectors. Raises `SemlensError`."""
        self._model_registry.models(Settings())
        every = self._folders.every
        opened = {name for one in every for name in (one.settings.model, one.settings.instant_model)}
        last, seconds = named_models(self._data_dir)
        chosen = {*opened, *last}
        settings = {DEFAULT_MODEL, DEFAULT_INSTANT_MODEL, *chosen}
        seconds |= {one.settings.second_model for one in every} - {""}
        trained = trained_models(self._data_dir)
        known = self._model_registry.known.read()
        servers = self._model_registry.servers
        seen = (card.setting for card in known.values() if card.setting)
        joined = (one.place.setting for one in servers.joined())
        kept = {str(folder) for tier, folder in trained if tier is Tier.DEEP}
        instant = {str(folder) for tier, folder in trained if tier is Tier.INSTANT}
        instant |= {name for name in chosen if is_instant(name)} | {DEFAULT_INSTANT_MODEL}
        names = {PLAIN_MODEL, *settings, *seconds, *seen, *joined, *kept} - instant
        found = [card for name in sorted(names) if (card := find_card(name, servers, self._data_dir))]
        in_words = [words_card(card) for card in found]
        quick = (find_instant_card(name) for name in sorted(instant))
        here: list[ModelCard] = [*found, *(card for card in quick if card is not None)]
        here += [card for card in in_words if card.fingerprint in known or card.setting in seconds]
        installed = {card.fingerprint: card for card in here}
        gone = {key: card for key, card in known.items() if key not in installed}
        return ModelUse(
            cards={**gone, **installed},
            installed=frozenset(installed),
            open_models=frozenset(one for workspace in every for one in _fingerprints(workspace)),
            settings=frozenset(settings),
            seconds=frozenset(seconds),
            trained=frozenset(
                card.fingerprint
                for card in here
                if card.setting and is_trained(self._data_dir, Path(card.setting))
            ),
            serving={workspace.directory: workspace.root for workspace in self._folders},
        )


def _fingerprints(workspace: Workspace) -> list[Fingerprint]:
    """The models whose vectors an open folder uses."""
    second = workspace.second.models
    in_words = [] if second is None else [second.words_fingerprint]
    return [workspace.models.deep_fingerprint, workspace.models.instant_fingerprint, *in_words]
