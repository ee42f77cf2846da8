"""The tiers of a folder's further models: one that reads the code in words, one that looks at images."""

from __future__ import annotations

import threading
from pathlib import Path

from semlens.core.index.deep_vectors import DeepVectors
from semlens.core.index.image_tier import ImageModels, ImageTier
from semlens.core.index.model_set import ModelSet
from semlens.core.index.second_tier import SecondTier
from semlens.core.store.database import IndexDatabase
from semlens.core.store.model_table import ModelTable
from semlens.private_files import discard
from semlens.types import Fingerprint

SECOND = "second"
"""The folder of the second model's collection."""
IMAGES = "images"
"""The folder of the image model's collection."""


class AddedTiers:
    """Those of one folder, which are there once a model was named."""

    def __init__(self, root: Path, directory: Path, database: IndexDatabase, lock: threading.RLock) -> None:
        """
        :param root: the folder with the images
        :param directory: the private folder of the index
        :param lock: the index's, for its one writer
        """
        self._root = root
        self._directory = directory
        self._database = database
        self._lock = lock
        self.second: SecondTier | None = None
        """The tier of the second model, if `use_second` has named one."""
        self.images: ImageTier | None = None
        """The tier of the image model, if `use_image_model` has named one."""

    @property
    def vectors(self) -> list[DeepVectors]:
        """The stores of those that are there."""
        return [tier.vectors for tier in (self.second, self.images) if tier is not None]

    def use_second(self, models: ModelSet | None) -> None:
        """Read every chunk in words with a second model, too, or with none any more.

        What another second model has made is deleted, but for its vectors in the cache.

        :param models: those of the setting that names the second model
        :raises StorageError: nothing can be kept
        """
        with self._lock:
            before = self.second
            if before is not None and before.models is models:
                return
            self.second = None
            wanted = None if models is None else models.words_fingerprint
            self._leave(before, self._database.second.table, wanted, self._directory / SECOND)
            if models is not None:
                self.second = SecondTier(self._database, self._directory / SECOND, models)

    def use_image_model(self, models: ImageModels | None) -> None:
        """Have a model look at the images, too, or none any more; its vectors in the cache stay.

        :raises StorageError: nothing can be kept
        """
        with self._lock:
            before = self.images
            if before is not None and before.models is models:
                return
            self.images = None
            wanted = None if models is None else models.model.fingerprint
            self._leave(before, self._database.image_contents.table, wanted, self._directory / IMAGES)
            if models is not None:
                self.images = ImageTier(self._root, self._database, self._directory / IMAGES, models)

    def _leave(
        self,
        tier: SecondTier | ImageTier | None,
        table: ModelTable,
        wanted: Fingerprint | None,
        directory: Path,
    ) -> None:
        """Close a tier; delete its rows and its collection unless they are the wanted model's."""
        if tier is not None:
            tier.close()
        noted = table.model
        if noted is not None and noted != wanted:
            table.end()
            discard(directory)

    def close(self) -> None:
        """Close and seal their stores."""
        for tier in (self.second, self.images):
            if tier is not None:
                tier.close()
