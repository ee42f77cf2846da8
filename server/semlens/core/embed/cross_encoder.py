"""Put the first hits in the order that a cross-encoder gives them, if the user has one and it is in time.

A cross-encoder reads the question and a text together, which tells more than two vectors do and
takes a hundred times as long: it sees the first hits alone, and only for as long as it is given.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np

from semlens.core.embed.model_process import ModelProcess, ProcessOptions, State
from semlens.core.util.deadline import Deadline
from semlens.errors import Cancelled, EncoderError, ModelError
from semlens.types import Hit, Reason

_GRACE = 0.25
"""Seconds after its time for the process to say what it has done until then."""


@dataclass(frozen=True, slots=True)
class RerankModel:
    """A sentence-transformers cross-encoder on disk. Make one with `RerankModel.find`."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @staticmethod
    def find(path: str) -> RerankModel:
        """The cross-encoder in the folder of that path. Raises `ModelError`."""
        folder = Path(path).expanduser()
        if not folder.is_absolute():
            raise ModelError(f'There is no rerank model "{path}": give a folder by its absolute path.')
        if not (folder / "config.json").is_file():
            raise ModelError(f"There is no cross-encoder in {folder}: it has no config.json.")
        if not any(folder.glob("*.safetensors")):
            raise ModelError(f"The rerank model in {folder} has no .safetensors weights: no others are read.")
        if _scores_a_pair(folder / "config.json") > 1:
            raise ModelError(f"The rerank model in {folder} gives several scores a pair: choose another.")
        return RerankModel(folder.resolve())


def _scores_a_pair(config: Path) -> int:
    try:
        return len(json.loads(config.read_text("utf-8")).get("id2label") or [""])
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"{config} cannot be read ({error}): choose another rerank model.") from error


class Reranker:
    """One cross-encoder in a process of its own. Safe for several threads; `close` it at the end."""

    def __init__(
        self,
        model: RerankModel,
        data_dir: Path,
        log: IO[bytes] | None = None,
    ) -> None:
        self.model = model
        load = {"reranker": str(model.folder)}
        self._running = ModelProcess("rerank model", load, data_dir, ProcessOptions(), log)

    @property
    def state(self) -> State:
        return self._running.state

    @property
    def message(self) -> str | None:
        """Why the last process failed, until one works again."""
        return self._running.message

    def scores(self, question: str, texts: Sequence[str], seconds: float, patience: float) -> list[float]:
        """The score of each text, in their order, of as many as there was time for.

        Waits `patience` seconds for the process to load. Raises `EncoderError` when it has not, and
        `ModelError` when the model cannot be used.
        """
        child = self._running.ready(patience)
        header = {"question": question, "texts": list(texts), "seconds": seconds}
        try:
            scored = self._running.ask(child, header, Deadline(seconds + _GRACE))
        except Cancelled:
            return []
        if scored.shape != (len(texts), 1):
            raise EncoderError(f"The rerank model {self.model.name} gives other scores than were asked for.")
        return [float(score) for score in scored[~np.isnan(scored)]]

    def close(self) -> None:
        self._running.close()


def text_of(hit: Hit) -> str:
    """What a cross-encoder sees of a hit."""
    return f"{hit.path}\n{hit.preview}"


def reordered(hits: Sequence[Hit], scores: Sequence[float]) -> list[Hit]:
    """The first `len(scores)` hits by their scores, the others as they are; ties stay in their order.

    A hit takes over the score of its new place, so that scores still fall from hit to hit; what it
    gained or lost by that is its reason `rerank`.
    """
    first = hits[: len(scores)]
    order = sorted(range(len(first)), key=lambda row: -scores[row])
    moved = [
        replace(
            first[row],
            score=place.score,
            reasons=(*first[row].reasons, Reason("rerank", place.score - first[row].score)),
        )
        for place, row in zip(first, order, strict=True)
    ]
    return [*moved, *hits[len(scores) :]]
