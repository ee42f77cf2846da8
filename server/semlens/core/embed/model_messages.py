"""What the engine asks of a model's process, and what that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.image_model import ImageModel
from semlens.process.pipes import Payload

Device = Literal["auto", "cpu"]


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Load a model: the first request of a process. The answer is a `LoadedModel`."""

    METHOD: ClassVar = "load"

    model: DeepModel | ImageModel | Path
    """A transformer that embeds, one that looks at images, too, the folder of a cross-encoder, or that of the
    package that reads text in images."""
    device: Device
    threads: int
    """0 to choose by the machine's cores."""
    reference: bool
    """Whether to run sentence-transformers even where something faster would do."""

    def pack(self) -> Payload:
        model = str(self.model) if isinstance(self.model, Path) else self.model.to_json()
        looks = isinstance(self.model, ImageModel)
        return Payload([model, looks, self.device, self.threads, self.reference])

    @classmethod
    def unpack(cls, payload: Payload) -> LoadModel:
        model, looks, device, threads, reference = payload.value
        if isinstance(model, str):
            return cls(Path(model), device, threads, reference)
        kind = ImageModel if looks else DeepModel
        return cls(kind.from_json(model), device, threads, reference)


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """The model is loaded."""

    backend: str
    """What computes, in words."""

    def pack(self) -> Payload:
        return Payload(self.backend)

    @classmethod
    def unpack(cls, payload: Payload) -> LoadedModel:
        return cls(payload.value)


@dataclass(frozen=True, slots=True)
class EncodeTexts:
    """Embed texts. The answer is an `Array` of shape (texts, dimension), NaN where time ran out."""

    METHOD: ClassVar = "encode"

    texts: Sequence[str]
    query: bool
    """Whether the texts are questions, which go before any documents."""
    seconds: float | None = None
    """How long it may take, in the order of the texts: such documents go before others. None: all texts."""

    def pack(self) -> Payload:
        return Payload([list(self.texts), self.query, self.seconds])

    @classmethod
    def unpack(cls, payload: Payload) -> EncodeTexts:
        return cls(*payload.value)


@dataclass(frozen=True, slots=True)
class EncodeImage:
    """Look at an image. The answer is an `Array` of shape (1, dimension), NaN if it cannot be decoded."""

    METHOD: ClassVar = "encode_image"

    data: bytes
    """The bytes of its file."""

    def pack(self) -> Payload:
        return Payload(None, self.data)

    @classmethod
    def unpack(cls, payload: Payload) -> EncodeImage:
        return cls(bytes(payload.body))


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """Read the text in an image. The answer is a list of lines, or null if it cannot be decoded."""

    METHOD: ClassVar = "read_picture"

    data: bytes
    """The bytes of its file."""

    def pack(self) -> Payload:
        return Payload(None, self.data)

    @classmethod
    def unpack(cls, payload: Payload) -> ReadPicture:
        return cls(bytes(payload.body))


@dataclass(frozen=True, slots=True)
class ScoreTexts:
    """Score texts by a question. The answer is an `Array` of shape (texts, 1), NaN where time ran out."""

    METHOD: ClassVar = "score"

    question: str
    texts: Sequence[str]
    seconds: float
    """How long it may take."""

    def pack(self) -> Payload:
        return Payload([self.question, list(self.texts), self.seconds])

    @classmethod
    def unpack(cls, payload: Payload) -> ScoreTexts:
        return cls(*payload.value)


@dataclass(frozen=True, slots=True)
class ReadTokens:
    """Read one text, and say what becomes of each token. It is urgent, as a question is.

    The answer is an `Array` of shape (layers + 1, tokens, width), special tokens included: what goes into the
    first layer, then what comes out of each.
    """

    METHOD: ClassVar = "read_tokens"

    text: str

    def pack(self) -> Payload:
        return Payload(self.text)

    @classmethod
    def unpack(cls, payload: Payload) -> ReadTokens:
        return cls(payload.value)


@dataclass(frozen=True, slots=True)
class Array:
    """Vectors or scores."""

    rows: NDArray[np.float32]
    """Shape (texts, dimension), or as the request says."""

    def pack(self) -> Payload:
        return Payload(self.rows.shape, self.rows.astype("<f4", copy=False).tobytes())

    @classmethod
    def unpack(cls, payload: Payload) -> Array:
        rows = np.frombuffer(payload.body, "<f4").reshape(payload.value)
        return cls(rows.astype(np.float32, copy=False))
