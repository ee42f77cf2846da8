"""What the engine does for its data by itself: put lost files back, and delete stale ones."""

from __future__ import annotations

from pathlib import Path

from semlens.engine.jobs.cleanup import Cleanup, clean
from semlens.engine.jobs.file_guard import FileGuard, Look
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.workspace.registry import WorkspaceRegistry


class Upkeep:
    """The threads that look after a data folder."""

    def __init__(self, data_dir: Path, models: ModelRegistry, folders: WorkspaceRegistry) -> None:
        self._data_dir = data_dir
        self._models = models
        self._folders = folders
        self._cleanup = Cleanup(self._clean, self._is_quiet)
        self._file_guard = FileGuard(self._looks)

    def stop(self) -> None:
        """End the threads; what one is doing is not awaited."""
        self._cleanup.stop()
        self._file_guard.stop()

    def _is_quiet(self) -> bool:
        return not any(workspace.status().busy for workspace in self._folders.every)

    def _clean(self) -> None:
        clean(self._data_dir, self._models.vectors, self._folders.directories)

    def _looks(self) -> list[Look]:
        vectors = self._models.vectors
        of_vectors: list[Look] = [] if vectors is None else [vectors.put_back]
        return of_vectors + [workspace.put_back_lost for workspace in self._folders.every]
