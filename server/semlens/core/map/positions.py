"""The positions of a folder's definitions, kept by content, so that the map stays as its user knows it.

The file is derived: one that is lost, damaged or of another version only costs a new layout.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from semlens.core.map.types import Floats
from semlens.private_files import read_small, write_private
from semlens.types import ContentHash, Tier

FILE = "map.npz"

VERSION = 2
"""Another layout of the file, or other positions for the same vectors, is another version."""

_LARGEST = 1 << 28
_KEPT = 2.0
"""Positions of deleted code are kept for its return, up to so many times those in use."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Where each content is on the map."""

    places: Mapping[ContentHash, tuple[float, float]] = field(default_factory=dict)
    laid_out: int = 0
    """How many of them were laid out together; the others were placed among these later."""
    tier: Tier = Tier.INSTANT
    """Whose vectors laid them out."""

    def of(self, hashes: Collection[ContentHash]) -> Floats:
        """Shape (n, 2). Raises `KeyError` for a content that has no place."""
        return np.array([self.places[content] for content in hashes], np.float32).reshape(-1, 2)


def read_positions(folder: Path) -> Positions:
    """The positions that `folder` keeps; none if there is no sound file."""
    try:
        with np.load(io.BytesIO(read_small(folder / FILE, _LARGEST)), allow_pickle=False) as stored:
            if int(stored["version"]) != VERSION:
                return Positions()
            hashes = stored["hashes"].astype(str).tolist()
            places = np.asarray(stored["places"], np.float32)
            if places.shape != (len(hashes), 2) or not np.isfinite(places).all():
                return Positions()
            laid_out, tier = int(stored["laid_out"]), Tier(str(stored["tier"]))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return Positions()
    pairs = (tuple(pair) for pair in places.tolist())
    return Positions(dict(zip(map(ContentHash, hashes), pairs, strict=True)), laid_out, tier)


def write_positions(folder: Path, positions: Positions, used: Collection[ContentHash]) -> None:
    """Keep positions, those in use and as many others as there is room for. Raises `StorageError`."""
    room = int((_KEPT - 1) * len(used))
    in_use = frozenset(used)
    others = [content for content in positions.places if content not in in_use]
    kept = [*sorted(in_use), *others[max(0, len(others) - room) :]]
    written = io.BytesIO()
    np.savez(
        written,
        version=VERSION,
        hashes=np.array([str(content) for content in kept], np.str_),
        places=positions.of(kept),
        laid_out=positions.laid_out,
        tier=positions.tier.value,
    )
    write_private(folder / FILE, written.getvalue(), durable=False)
