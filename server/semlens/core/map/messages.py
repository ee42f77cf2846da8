"""What the engine and the process that lays out a map tell each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from semlens.core.map.types import Floats
from semlens.process.pipes import Payload


@dataclass(frozen=True, slots=True)
class LayOut:
    """Lay out vectors, shape (n, dimension). Reports `[done, total]` steps."""

    METHOD: ClassVar[str] = "lay_out"
    vectors: Floats

    def pack(self) -> Payload:
        return Payload(list(self.vectors.shape), self.vectors.tobytes())

    @staticmethod
    def unpack(payload: Payload) -> LayOut:
        return LayOut(_array(payload.body, payload.value))


@dataclass(frozen=True, slots=True)
class Place:
    """Place vectors among known ones, as `layout.place` does."""

    METHOD: ClassVar[str] = "place"
    vectors: Floats
    known: Floats
    positions: Floats

    def pack(self) -> Payload:
        arrays = (self.vectors, self.known, self.positions)
        return Payload([list(array.shape) for array in arrays], b"".join(map(np.ndarray.tobytes, arrays)))

    @staticmethod
    def unpack(payload: Payload) -> Place:
        ends = np.cumsum([4 * rows * columns for rows, columns in payload.value]).tolist()
        body = memoryview(payload.body)
        parts = [body[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        vectors, known, positions = map(_array, parts, payload.value)
        return Place(vectors, known, positions)


def pack_positions(positions: Floats) -> Payload:
    return Payload(len(positions), positions.tobytes())


def unpack_positions(payload: Payload) -> Floats:
    """Shape (n, 2)."""
    return _array(payload.body, [payload.value, 2])


def _array(body: bytes | memoryview, shape: list[int]) -> Floats:
    return np.frombuffer(body, np.float32).reshape(shape)
