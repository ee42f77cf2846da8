"""An image model for unit tests of the core: its vectors depend on the bytes of an image alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.encoder import State
from semlens.core.index.image_tier import ImageModels
from semlens.core.index.model_set import EmbeddingCache
from semlens.core.util.content_hash import hash_bytes
from semlens.types import CancelToken, ContentHash, Fingerprint
from support.fast_engine import vector_of

BROKEN = b"broken"
"""An image with these bytes in it cannot be decoded."""


_FINGERPRINT = Fingerprint("eye-16-00000000000000000000000000000000")


@dataclass(frozen=True)
class HashingModel:
    name: str = "eye"
    dim: int = 16
    fingerprint: Fingerprint = _FINGERPRINT


@dataclass
class HashingEye:
    """Looks at images by hashing them, and remembers what it has looked at."""

    looked: list[ContentHash] = field(default_factory=list)
    state: State = "loaded"
    message: str | None = None

    def encode_query(self, text: str, timeout: float = 0.0) -> NDArray[np.float32]:
        return vector_of(text, HashingModel.dim)

    def encode_image(self, data: bytes, cancel: CancelToken | None = None) -> NDArray[np.float32] | None:
        self.looked.append(hash_bytes(data))
        return None if BROKEN in data else vector_of(hash_bytes(data), HashingModel.dim)

    def use_cpu_only(self) -> None:
        """It runs on nothing else."""

    def close(self) -> None:
        """Nothing is open."""


def image_models(eye: HashingEye, vectors: EmbeddingCache) -> ImageModels:
    return ImageModels(HashingModel(), eye, vectors)
