"""The instant vectors of texts that were embedded before: they outlive their chunks in the user's cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from semlens.core.index.folder import FolderIndex
from semlens.core.store.quantized import Codes
from semlens.types import ContentHash


def known_instant_vectors(index: FolderIndex, hashes: Sequence[ContentHash]) -> dict[ContentHash, Codes]:
    """The instant vectors, each of shape (dimension,), of texts that any index has embedded before."""
    here = index.contents.possible(hashes)
    known = index.reader.instant.vectors_of(here) if here else {}
    elsewhere = [key for key in hashes if key not in known]
    if elsewhere:
        known.update(index.models.vectors.get_codes(index.models.instant_fingerprint, elsewhere))
    return known


def keep_instant_vectors(index: FolderIndex, fresh: Mapping[ContentHash, Codes]) -> None:
    """Store instant vectors in the user's cache."""
    if fresh:
        vectors = np.stack(list(fresh.values()))
        index.models.vectors.put(index.models.instant_fingerprint, list(fresh), vectors)
