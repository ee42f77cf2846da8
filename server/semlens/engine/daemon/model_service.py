"""The handlers of the requests about models."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from semlens.core.embed.model_problem import model_problem
from semlens.core.store.measurements import Measurement
from semlens.core.store.vector_cache import VectorCache
from semlens.engine.daemon.agent_service import Held
from semlens.engine.models.instant import is_instant
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.rerank_cards import cross_encoders
from semlens.engine.models.reranking import Reranks
from semlens.engine.models.trained import forget, named
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.estimate import estimate, together
from semlens.engine.workspace.model_inventory import in_order, list_models, remove_models
from semlens.engine.workspace.model_use import models_in_use
from semlens.engine.workspace.registry import WorkspaceRegistry
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import StorageError, UsageError
from semlens.protocol.editor import InstalledModel, Measured, ModelQuality, ModelsResult, VerifyModelResult
from semlens.protocol.models import (
    EstimateModel,
    ListModels,
    ModelEstimate,
    RemoveModels,
    RemoveModelsAnswer,
    VerifyModel,
)
from semlens.protocol.request import Request
from semlens.settings import DEFAULT_RERANK_MODEL
from semlens.types import CancelToken, Fingerprint


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

    async def _list(self, request: ListModels, connection: Connection) -> ModelsResult:
        return await asyncio.to_thread(self._listed)

    async def _verify(self, request: VerifyModel, connection: Connection) -> VerifyModelResult:
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

    def _listed(self) -> ModelsResult:
        use = models_in_use(self._data_dir, self._model_registry, self._folders)
        paces, measurements = self._model_registry.paces, self._model_registry.measurements.read()
        embedding = [
            evolve(
                model,
                pace=paces.of(model.fingerprint),
                measured=[_quality(one) for one in measurements if one.model == model.fingerprint],
            )
            for model in list_models(self._data_dir, self._vectors(), use)
        ]
        named = {Reranks.of(one.settings).model for one in self._folders.every} or {DEFAULT_RERANK_MODEL}
        return ModelsResult(in_order([*embedding, *cross_encoders(named)]))

    def _verified(self, fingerprint: Fingerprint) -> VerifyModelResult:
        return VerifyModelResult(model_problem(self._known([fingerprint])[0], self._data_dir))

    def _removed(self, fingerprints: list[Fingerprint]) -> RemoveModelsAnswer:
        chosen = self._known(fingerprints)
        if wanted := next((one for one in chosen if one.wanted), None):
            raise UsageError(f"The model {wanted.name} is in use: choose another one first.")
        freed = remove_models(self._data_dir, self._vectors(), fingerprints, self._folders.directories)
        for model in chosen:
            if model.trained and model.setting:
                freed += model.size or 0
                self._model_registry.drop(model.setting)
                forget(self._data_dir, Path(model.setting))
        self._model_registry.known.forget(
            one.fingerprint for one in chosen if one.trained or not one.installed
        )
        self._model_registry.measurements.forget(fingerprints)
        return RemoveModelsAnswer(chosen, freed)

    def _known(self, fingerprints: Sequence[Fingerprint]) -> list[InstalledModel]:
        """The models with these fingerprints. Raises `UsageError` if there is none with one of them."""
        known = {one.fingerprint: one for one in self._listed().models}
        for fingerprint in fingerprints:
            if fingerprint not in known:
                raise UsageError(f"No model has the fingerprint {fingerprint}: semlens models lists them.")
        return [known[fingerprint] for fingerprint in fingerprints]

    def _vectors(self) -> VectorCache:
        vectors = self._model_registry.vectors
        if vectors is None:
            raise StorageError("The vectors are not open: try again.")
        return vectors


def _quality(found: Measurement) -> ModelQuality:
    mrr = Measured(found.mrr, found.low, found.high)
    return ModelQuality(found.folder, found.source, found.questions, found.chunks, mrr, found.at)
