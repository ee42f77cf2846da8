"""What a model is, for a person who chooses one: its size, its window, its tokenizer, its licence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.static_model import CARD, ROWS, SCALES, TOKENIZER
from semlens.types import Fingerprint, Tier

_LICENCE = re.compile(r"^license:[ \t]*[\"']?([\w.+ -]+)", re.MULTILINE)
"""In the front matter of a model's README, as the Hugging Face hub has it."""
_KNOWN_LICENCES = {"Apache License": "Apache-2.0", "MIT License": "MIT"}
"""First line of a licence's text → its name."""
_HEAD = 4_000
"""Characters of a file in which its licence is looked for."""

_POOLING = re.compile(r"^pooling_mode_(\w+?)(?:_tokens?)?$")


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model and the fingerprint of its vectors."""

    tier: Tier
    name: str
    setting: str
    """What the setting calls it: a name or the path of a folder; empty if no setting chooses it."""
    fingerprint: Fingerprint
    dimension: int
    window: int | None
    """The most tokens that it sees, special ones included; None for any number."""
    tokenizer: str
    """The strategy of its tokenizer, such as `wordpiece`; empty if a server runs the model."""
    vocabulary: int
    """Different tokens."""
    pooling: str
    """How the vectors of tokens become one: `mean`, `cls`, `max` …"""
    licence: str
    """Empty if its files do not say it."""
    size: int
    """Bytes of its files."""
    in_words: bool = False
    """Whether the fingerprint is of vectors of code in words, as a folder's second model makes them."""


def card_of_deep(
    model: DeepModel, setting: str, fingerprint: Fingerprint, tokenizer: str, vocabulary: int
) -> ModelCard:
    """The card of a transformer. Raises `OSError` if its files are gone."""
    return ModelCard(
        tier=Tier.DEEP,
        name=model.name,
        setting=setting,
        fingerprint=fingerprint,
        dimension=model.dim,
        window=model.max_length,
        tokenizer=tokenizer,
        vocabulary=vocabulary,
        pooling=_pooling(model.pooling),
        licence=licence_of(model.folder),
        size=sum(path.stat().st_size for path in [*model.weight_files, model.tokenizer_json]),
    )


def card_of_served(
    name: str, setting: str, fingerprint: Fingerprint, dimension: int, window: int
) -> ModelCard:
    """The card of a model that a server runs, which does not tell the rest."""
    return ModelCard(Tier.DEEP, name, setting, fingerprint, dimension, window, "", 0, "", "", 0)


def card_of_instant(
    folder: Path,
    name: str,
    setting: str,
    fingerprint: Fingerprint,
    dimension: int,
    tokenizer: str,
    vocabulary: int,
) -> ModelCard:
    """The card of an instant model in a folder. Raises `OSError` if its files are gone."""
    return ModelCard(
        tier=Tier.INSTANT,
        name=name,
        setting=setting,
        fingerprint=fingerprint,
        dimension=dimension,
        window=None,
        tokenizer=tokenizer,
        vocabulary=vocabulary,
        pooling="sum",
        licence=licence_of(folder),
        size=sum((folder / file).stat().st_size for file in (ROWS, SCALES, TOKENIZER)),
    )


def _pooling(modules: str) -> str:
    """The mode in `DeepModel.pooling`, as sentence-transformers names it before or since version 6."""
    for kind, fields in json.loads(modules):
        if kind != "Pooling":
            continue
        config = dict(fields)
        said = config.get("pooling_mode")
        if said is not None:
            return said if isinstance(said, str) else "+".join(map(str, said))
        found = [match[1] for name, on in config.items() if on is True and (match := _POOLING.match(name))]
        return "+".join(found) or "mean"
    return "mean"


def card_of_images(model: ImageModel, setting: str) -> ModelCard:
    """The card of a model that looks at images. Raises `OSError` if its files are gone."""
    return ModelCard(
        tier=Tier.IMAGE,
        name=model.name,
        setting=setting,
        fingerprint=model.fingerprint,
        dimension=model.dim,
        window=None,
        tokenizer="",
        vocabulary=0,
        pooling="",
        licence=licence_of(model.folder),
        size=sum(path.stat().st_size for path in model.files),
    )


def licence_of(folder: Path) -> str:
    """The licence that a model's files name, or ""."""
    return next(filter(None, _licences(folder)), "")


def _licences(folder: Path) -> Iterator[str]:
    with suppress(OSError, ValueError, AttributeError):
        card = json.loads((folder / CARD).read_text("utf-8"))
        said = card.get("licence") or card.get("license")
        if isinstance(said, str):
            yield said.partition(",")[0].strip()
    with suppress(OSError, ValueError):
        found = _LICENCE.search((folder / "README.md").read_text("utf-8")[:_HEAD])
        if found:
            yield found[1].strip()
    for name in ("LICENSE", "LICENSE.txt", "LICENCE"):
        with suppress(OSError, ValueError):
            head = (folder / name).read_text("utf-8")[:_HEAD]
            yield next((known for line, known in _KNOWN_LICENCES.items() if line in head), "")
