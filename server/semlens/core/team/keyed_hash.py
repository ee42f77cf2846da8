"""The names under which a team's server knows vectors: keyed hashes, which tell nothing without the secret.

With the team's secret, who has the server's data cannot test whether a known file is in it. Without a secret
they can: then the hashes only hide what is not known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from semlens.types import ContentHash, Fingerprint

NAMING_VERSION = 1
"""Version of the names below and of what lies under them: another one has another collection."""

PREFIX = "semlens-"
"""What the names of all collections begin with."""

_ROUNDS = 200_000
"""Of PBKDF2: about 0.1 s, so that a weak secret is slow to guess."""
_SALT = b"semlens team"
_PERSON = b"semlens-team-v1"


class KeyedHashes:
    """The names of one model's collection and of its vectors, as one team sees them."""

    def __init__(self, secret: str, fingerprint: Fingerprint) -> None:
        self._key = team_key(secret)
        self.model = model_digest(fingerprint)
        """The fingerprint as it is sent: it does not name the model."""
        named = self._hash(f"{NAMING_VERSION}/{fingerprint}".encode())
        self.collection = f"{PREFIX}{named}"

    def of(self, hashes: Iterable[ContentHash]) -> list[str]:
        """The names of contents, 32 hexadecimal digits each."""
        return [self._hash(bytes.fromhex(content)) for content in hashes]

    def _hash(self, data: bytes) -> str:
        return hashlib.blake2b(data, digest_size=16, key=self._key, person=_PERSON).hexdigest()


def model_digest(fingerprint: Fingerprint) -> str:
    """A model's fingerprint as it is sent: it does not name the model."""
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:32]


@lru_cache(maxsize=4)
def team_key(secret: str) -> bytes:
    """The key that a team's secret gives; empty without a secret."""
    if not secret:
        return b""
    return hashlib.pbkdf2_hmac("sha256", secret.encode("utf-8", "surrogatepass"), _SALT, _ROUNDS)
