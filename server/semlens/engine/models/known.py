"""`models.json`: every model that the engine ever loaded, so that vectors have a name when it is gone."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from semlens.core.embed.model_card import ModelCard
from semlens.errors import StorageError, UsageError
from semlens.private_files import read_small, write_private
from semlens.protocol.codec import decode
from semlens.types import Fingerprint

log = logging.getLogger(__name__)

FILE = "models.json"
VERSION = 1
"""Of the file's format. A file of another version is written anew."""


class KnownModels:
    """The cards of models by fingerprint, in the data folder. A card that cannot be kept is no failure."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def read(self) -> dict[Fingerprint, ModelCard]:
        """The cards, the least recently noted first."""
        with suppress(OSError, ValueError, KeyError, TypeError, UsageError):
            raw = json.loads(read_small(self._path))
            if raw["version"] == VERSION:
                cards = [decode(ModelCard, card, name=str) for card in raw["models"]]
                return {card.fingerprint: card for card in cards}
        return {}

    def note(self, cards: Iterable[ModelCard]) -> None:
        """Keep cards, in place of earlier ones with the same fingerprints."""
        known = before = self.read()
        for card in cards:
            known = {key: one for key, one in known.items() if key != card.fingerprint}
            known[card.fingerprint] = card
        if list(known.items()) != list(before.items()):
            self._write(known)

    def forget(self, fingerprints: Iterable[Fingerprint]) -> None:
        """Drop the cards with these fingerprints."""
        gone = set(fingerprints)
        self._write({key: card for key, card in self.read().items() if key not in gone})

    def _write(self, cards: dict[Fingerprint, ModelCard]) -> None:
        rows = {"version": VERSION, "models": [asdict(card) for card in cards.values()]}
        try:
            write_private(self._path, json.dumps(rows, indent=1).encode())
        except StorageError as error:
            log.info("the models are not noted: %s", error)
