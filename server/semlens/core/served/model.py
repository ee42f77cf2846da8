"""A model that an embedding server runs: where it is, and what makes its vectors its own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel, fingerprint_of
from semlens.core.net.address import UrlFaults, host_of, is_loopback, origin_of, parse_url
from semlens.core.served.prompts import Prompts
from semlens.core.text.tokens import ModelTokenizer
from semlens.errors import UsageError
from semlens.types import Fingerprint

Dialect = Literal["openai", "tei"]
"""How a server is asked: OpenAI's `/v1/embeddings`, or `/embed` of text-embeddings-inference."""

_ENDINGS = ("/embeddings", "/embed")
_FAULTS = UrlFaults(
    no_url="The address of the model server is no URL: http://localhost:11434 is one.",
    other="The address of the model server must be like http://localhost:11434.",
    password="The address of the model server must not hold a password: set the token instead.",
    more="The address of the model server must end with its host or its path.",
    plain="The model server must be asked by https, unless it is on this machine.",
)
MIN_LIMIT = 32
"""Tokens of a document that make sense to embed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A model at a server, as the setting `semlens.model` names it: `URL#MODEL`."""

    url: str
    model: str = ""

    @property
    def setting(self) -> str:
        return f"{self.url}#{self.model}"

    @property
    def host(self) -> str:
        """The host for the user's eyes."""
        return host_of(self.url)

    @property
    def origin(self) -> str:
        """To what a user agrees."""
        return origin_of(self.url)

    @property
    def is_here(self) -> bool:
        """Whether the server is on this machine."""
        return is_loopback(self.origin.partition("://")[2].rpartition(":")[0].strip("[]"))


def parse_place(setting: str) -> Place:
    """The place that a user has written, with or without a model's name. Raises `UsageError`."""
    url, _, model = setting.strip().partition("#")
    place = parse_url(url, _FAULTS)
    for ending in _ENDINGS:
        place = place.removesuffix(ending)
    if not model.isprintable():
        raise UsageError("The name of a model must be plain text.")
    return Place(place, model)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model to which the user has agreed to send code."""

    place: Place
    dialect: Dialect
    dim: int
    """Of its vectors."""
    window: int
    """The most tokens that it sees, as the server or the user says."""
    limit: int
    """The most tokens of a document, counted by Semlens's own model: see `document_limit`."""
    prompts: Prompts
    batch: int
    """The most texts that the server takes at once."""
    token_variable: str
    """The environment variable with the token that the server wants; empty for none."""
    identity: str
    """Which model it is, by its vectors: `identity_of`."""
    probes: NDArray[np.float16] = field(compare=False, repr=False)
    """Its vectors of `PROBES`, shape (probes, dimension)."""

    @property
    def name(self) -> str:
        return self.place.model

    @property
    def tokenizer_json(self) -> Path:
        """A server does not tell its tokenizer: documents are measured by that of Semlens's own model."""
        return DeepModel.find().tokenizer_json

    def fingerprint(self, chunker_version: int) -> Fingerprint:
        """Identifies the model's vectors, whatever URL the server has."""
        digest = hashlib.sha256(
            json.dumps(
                [
                    "served",
                    self.name,
                    self.dim,
                    self.limit,
                    self.prompts.query,
                    self.prompts.document,
                    self.identity,
                    chunker_version,
                ]
            ).encode()
        ).hexdigest()
        return fingerprint_of(self.name, self.dim, digest)


def document_limit(window: int, prompt: str) -> int:
    """The most tokens of a document by the count of Semlens's own model, for a server's model.

    Other tokenizers cut code into up to twice as many tokens, so half of the window is used, and no more than
    the chunks of Semlens's own model have.

    :param prompt: what stands before each document
    """
    own = DeepModel.find()
    taken = ModelTokenizer(own.tokenizer_json, 0).count(prompt) if prompt else 0
    return max(MIN_LIMIT, min(own.limit, window // 2 - taken))
