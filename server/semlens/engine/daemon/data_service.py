"""The handlers of the requests of programs: chunks, symbols and vectors, and the vectors of any text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from semlens.core.index.model_set import ModelSet
from semlens.engine.daemon.agent_service import Held
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.chroma_directory import export_chroma
from semlens.engine.workspace.index_data import chunk_page, vectors_of
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import UsageError
from semlens.protocol.data import (
    ChunkPage,
    Embed,
    ExportAnswer,
    ExportChroma,
    ReadChunks,
    ReadVectors,
    Vectors,
)
from semlens.protocol.notifications import Progress as ProgressReport
from semlens.protocol.request import Request
from semlens.settings import Settings
from semlens.types import CancelToken, Tier

LOAD_SECONDS = 120.0
"""How long a question's vector waits for its model to load."""

T = TypeVar("T")


class DataService:
    """Gives programs what indexes hold."""

    def __init__(self, held: Held, model_registry: ModelRegistry) -> None:
        """`held` keeps the workspaces of folders open."""
        self._held = held
        self._model_registry = model_registry
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            Embed: self._embed,
            ReadChunks: self._read_chunks,
            ReadVectors: self._read_vectors,
            ExportChroma: self._export_chroma,
        }

    async def _embed(self, request: Embed, connection: Connection) -> Vectors:
        if not request.folder:
            return await _on_thread(lambda cancel: self._embedded(request, Settings(), cancel))
        async with self._held([request.folder]) as (workspace,):
            settings = workspace.settings
            return await _on_thread(lambda cancel: self._embedded(request, settings, cancel))

    def _embedded(self, request: Embed, settings: Settings, cancel: CancelToken) -> Vectors:
        """Runs on a thread of its own, as a model may have to be loaded. Raises `SemlensError`."""
        tiers = {tier.value for tier in (Tier.INSTANT, Tier.DEEP)}
        named = settings if request.model in tiers else evolve(settings, model=request.model)
        models = self._model_registry.models(named)
        if request.model == Tier.INSTANT.value:
            rows = models.static.embed(request.texts)
            return Vectors.pack(models.static.name, models.instant_fingerprint, rows)
        return Vectors.pack(models.deep.name, models.deep_fingerprint, _deep(models, request, cancel))

    async def _read_chunks(self, request: ReadChunks, connection: Connection) -> ChunkPage:
        async with self._held([request.folder]) as (workspace,):
            return await asyncio.to_thread(lambda: chunk_page(workspace.index, request.after))

    async def _read_vectors(self, request: ReadVectors, connection: Connection) -> Vectors:
        if request.tier not in (Tier.INSTANT, Tier.DEEP):
            raise UsageError(
                f"The {request.tier.value} tier has no vectors of code: ask for instant or deep."
            )
        async with self._held([request.folder]) as (workspace,):
            return await asyncio.to_thread(_read_vectors, workspace, request)

    async def _export_chroma(self, request: ExportChroma, connection: Connection) -> ExportAnswer:
        target = Path(request.target)
        if not target.is_absolute():
            raise UsageError(f"{target} is no absolute path.")

        def progress(done: int, total: int) -> None:
            if request.progress_id is not None:
                connection.notify(ProgressReport(request.progress_id, "rows", done, total))

        async with self._held([request.folder]) as (workspace,):
            return await _on_thread(
                lambda cancel: export_chroma(
                    workspace.index, target, workspace.models.static.name, cancel, progress
                )
            )


async def _on_thread(work: Callable[[CancelToken], T]) -> T:
    """The result of `work` on a thread; it is told when the answer is no longer wanted."""
    cancel = CancelToken()
    try:
        return await asyncio.to_thread(work, cancel)
    except asyncio.CancelledError:
        cancel.cancel()
        raise


def _deep(models: ModelSet, request: Embed, cancel: CancelToken) -> NDArray[np.float32]:
    """The transformer's vectors, shape (texts, dimension). Raises `ModelError` and `Cancelled`."""
    encoder = models.encoder
    if not request.texts:
        return np.zeros((0, models.deep.dim), np.float32)
    if not request.query:
        return encoder.encode(request.texts, cancel)
    rows: list[NDArray[np.float32]] = []
    for text in request.texts:
        cancel.check()
        rows.append(encoder.encode_query(text, LOAD_SECONDS))
    return np.stack(rows)


def _read_vectors(workspace: Workspace, request: ReadVectors) -> Vectors:
    models, rows = workspace.models, vectors_of(workspace.index, request.tier, request.hashes)
    if request.tier is Tier.INSTANT:
        return Vectors.pack(models.static.name, models.instant_fingerprint, rows)
    return Vectors.pack(models.deep.name, models.deep_fingerprint, rows)
