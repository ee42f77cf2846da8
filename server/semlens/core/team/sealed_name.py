"""The names of pieces in a repository's shared index: content hashes, permuted by the team's secret.

They are as keyed hashes to those without the secret. With it they can be opened, so that the nearest names
lead to the chunks of a checkout without a table of all its chunks, which would be tens of megabytes. The
permutation is four rounds of Feistel's network over BLAKE2b with a key, which no one can tell from chance
(Luby and Rackoff, 1988).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from semlens.core.team.keyed_hash import PREFIX, model_digest, team_key
from semlens.types import ContentHash, Fingerprint

NAMING_VERSION = 1
"""Version of the names below and of what lies under them: another one has another collection."""

_ROUNDS = 4
_HALF = 8
_PERSON = b"semlens-shared-1"
_NAME = re.compile(r"[0-9a-f]{32}")


class SealedNames:
    """The names of one repository's collection for a model and of its pieces, as one team sees them."""

    def __init__(self, secret: str, fingerprint: Fingerprint, repository: str) -> None:
        """:param repository: what tells the repository from others; it is sent as a keyed hash"""
        self._key = team_key(secret)
        self.model = model_digest(fingerprint)
        """The fingerprint as it is sent: it does not name the model."""
        named = "\0".join((str(NAMING_VERSION), fingerprint, repository))
        whole = named.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(whole, digest_size=16, key=self._key, person=_PERSON).hexdigest()
        self.collection = f"{PREFIX}{digest}"

    def of(self, hashes: Iterable[ContentHash]) -> list[str]:
        """The names of contents, 32 hexadecimal digits each."""
        return [self._sealed(bytes.fromhex(content)).hex() for content in hashes]

    def opened(self, name: str) -> ContentHash | None:
        """The content of a name; None if it is no name."""
        if not _NAME.fullmatch(name):
            return None
        left, right = bytes.fromhex(name[: 2 * _HALF]), bytes.fromhex(name[2 * _HALF :])
        for number in reversed(range(_ROUNDS)):
            left, right = _xor(right, self._round(left, number)), left
        return ContentHash((left + right).hex())

    def _sealed(self, content: bytes) -> bytes:
        left, right = content[:_HALF], content[_HALF:]
        for number in range(_ROUNDS):
            left, right = right, _xor(left, self._round(right, number))
        return left + right

    def _round(self, half: bytes, number: int) -> bytes:
        salt = bytes([number])
        return hashlib.blake2b(half, digest_size=_HALF, key=self._key, salt=salt, person=_PERSON).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(_HALF, "big")
