"""The tier of a model that looks at images: a vector of each image that can be decoded, by its bytes.

It has a collection and a fingerprint of its own. As in the deep tier, each vector is in the shared cache
before it is in the store, by the hash of the image's bytes: no image is looked at twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.encoder import State
from semlens.core.index.deep_vectors import MIN_SEALED, DeepVectors
from semlens.core.index.model_set import EmbeddingCache
from semlens.core.index.noted_images import NotedImages, Throttle
from semlens.core.store.database import IndexDatabase
from semlens.core.store.image_contents import ImageContent
from semlens.types import CancelToken, ContentHash, Fingerprint

log = logging.getLogger(__name__)

_KEPT_AT_ONCE: Final = 16
"""Vectors that one transaction keeps; a kill costs at most so many looks."""


class LookingModel(Protocol):
    """The image model, as far as an index knows it."""

    @property
    def name(self) -> str: ...
    @property
    def dim(self) -> int: ...
    @property
    def fingerprint(self) -> Fingerprint: ...


class LookingEncoder(Protocol):
    """The image model, as a client of the process that runs it."""

    @property
    def state(self) -> State: ...
    @property
    def message(self) -> str | None: ...
    def encode_query(self, text: str, timeout: float = 0.0) -> NDArray[np.float32]: ...
    def encode_image(self, data: bytes, cancel: CancelToken | None = None) -> NDArray[np.float32] | None: ...
    def use_cpu_only(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ImageModels:
    """The image model of a setting, shared by every folder with this setting."""

    model: LookingModel
    encoder: LookingEncoder
    vectors: EmbeddingCache


class ImageTier(NotedImages):
    """The images of one folder and their vectors. Safe for many threads."""

    def __init__(self, root: Path, database: IndexDatabase, folder: Path, models: ImageModels) -> None:
        """
        :param root: the folder with the images
        :param folder: for the vectors
        :raises StorageError: nothing can be kept
        """
        model = models.model
        contents = database.image_contents
        super().__init__(root, database.images, contents, contents.begin(model.fingerprint))
        self.models = models
        self.closed = False
        self.vectors = DeepVectors(folder, model.fingerprint, model.dim, models.vectors)

    def refuse(self, content: ContentHash) -> None:
        """Note that no model can look at the images with a content, until they change."""
        refused = {path: one for path, one in self._copy().items() if one.content == content}
        log.info("not looked at, as it cannot be decoded: %s", ", ".join(sorted(refused)))
        self._change({path: ImageContent(one.stamp, None) for path, one in refused.items()}, ())

    def coverage(self) -> float:
        """The share of the images that have a vector in the store, from 0 to 1; 0 until it is open."""
        with self._guard:
            contents, revision = {one.content for one in self._read.values() if one.content}, self._revision
        return self.vectors.coverage(lambda: contents, revision) if contents else 1.0

    def close(self) -> None:
        """Close and seal the store."""
        self.closed = True
        self.vectors.close()


def fill_image_tier(
    tier: ImageTier,
    cancel: CancelToken,
    progress: Callable[[int, int], None] = lambda done, total: None,
    throttle: Throttle = lambda cancel: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> int:
    """Give every image a vector; how many were looked at.

    :param progress: called with the number of images done and of all images
    :param throttle: delays each image while the machine must not be kept busy
    :param interrupted: whether something more urgent has come up; then the rest waits for the next call
    :raises Cancelled, EncoderError, StorageError: what was kept stays
    """
    tier.vectors.open()
    if not tier.note_images(cancel, throttle, interrupted):
        return 0
    reuse_image_vectors(tier, cancel)
    contents = list(tier.contents())
    pending = tier.vectors.missing(contents)
    done, looked = len(contents) - len(pending), 0
    progress(done, len(contents))
    seen: dict[ContentHash, NDArray[np.float32]] = {}
    try:
        for number, content in enumerate(pending, done + 1):
            throttle(cancel)
            cancel.check()
            if interrupted():
                return looked
            data = tier.data(content)
            if data is not None:
                vector = tier.models.encoder.encode_image(data, cancel)
                looked += 1
                if vector is None:
                    tier.refuse(content)
                else:
                    seen[content] = vector
            if len(seen) == _KEPT_AT_ONCE:
                _keep(tier, seen)
            progress(number, len(contents))
    finally:
        _keep(tier, seen)
    tier.vectors.drop_orphans(frozenset(contents), cancel.check)
    tier.vectors.checkpoint(MIN_SEALED)
    return looked


def reuse_image_vectors(tier: ImageTier, cancel: CancelToken) -> None:
    """Share the tier's vectors with the cache, as `DeepVectors.share_with_cache` does.

    :raises Cancelled, StorageError: finished batches are kept
    """
    tier.vectors.share_with_cache(list(tier.contents()), cancel.check)


def _keep(tier: ImageTier, seen: dict[ContentHash, NDArray[np.float32]]) -> None:
    if seen:
        tier.vectors.add_new(list(seen), np.stack(list(seen.values())))
        seen.clear()
