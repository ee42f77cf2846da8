"""What reads text in images, for unit tests of the core: the bytes of an image are its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from semlens.types import CancelToken
from support.hashing_eye import BROKEN


@dataclass
class PlainReader:
    """Remembers what it has read."""

    version: str = "plain 1"
    read_images: list[bytes] = field(default_factory=list)

    def read(self, data: bytes, cancel: CancelToken | None = None) -> Sequence[str] | None:
        self.read_images.append(data)
        return None if BROKEN in data else data.decode("utf-8", "replace").split(";")
