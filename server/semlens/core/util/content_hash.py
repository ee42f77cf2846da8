"""The hash by which equal bytes and equal texts are recognised. Indexes keep it: its form must not change."""

from __future__ import annotations

import hashlib

from semlens.types import ContentHash


def hash_bytes(data: bytes) -> ContentHash:
    """The hash of `data`."""
    return ContentHash(hashlib.sha256(data).hexdigest()[:32])


def hash_text(text: str) -> ContentHash:
    """The hash of `text` in UTF-8; lone surrogates are allowed."""
    return hash_bytes(text.encode("utf-8", "surrogatepass"))
