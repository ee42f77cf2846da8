"""Put the first hits in the order that a cross-encoder gives them, Semlens' own or a user's.

A cross-encoder reads the question and a text together. This tells more than two vectors do and takes a
hundred times as long, so it sees only the first hits, and only for a limited time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np

from semlens.core.embed.model_messages import Array, ScoreTexts
from semlens.core.embed.model_process import InModelProcess, ModelProcess, ProcessOptions
from semlens.core.embed.weights import RERANK_SHIPPED, verify_rerank_weights
from semlens.core.util.deadline import Deadline
from semlens.errors import Cancelled, EncoderError, ModelError
from semlens.settings import DEFAULT_RERANK_MODEL
from semlens.types import CancelToken, Hit, Reason

_GRACE = 2.0
"""Seconds that the process gets beyond its time, for the text that it is reading and to send its scores."""
_SCORES = "ForSequenceClassification"
"""In the name of each architecture that scores texts, as transformers calls it."""
_LOGIT = 0.1
"""What a unit of our own cross-encoder's logits, -11 to 4, adds to a hit's score where the best one is 1."""
_LEAST_SURE = 0.8
"""The best scores of questions in other words; a score below says no more."""


@dataclass(frozen=True, slots=True)
class RerankModel:
    """A cross-encoder on disk. Make one with `RerankModel.find`."""

    folder: Path

    @property
    def name(self) -> str:
        return DEFAULT_RERANK_MODEL if self.folder == RERANK_SHIPPED else self.folder.name

    @property
    def weight_files(self) -> list[Path]:
        return sorted(self.folder.glob("*.safetensors"))

    def verify(self) -> None:
        """Raise `ModelError` if the weights are Semlens' own, and were changed."""
        if self.folder == RERANK_SHIPPED:
            verify_rerank_weights()

    @staticmethod
    def find(path: str) -> RerankModel:
        """Semlens' own by its name, or the sentence-transformers cross-encoder in the folder at `path`.

        :raises ModelError: the path is relative, or no usable cross-encoder is there.
        """
        if path == DEFAULT_RERANK_MODEL:
            return RerankModel(RERANK_SHIPPED)
        folder = Path(path).expanduser()
        if not folder.is_absolute():
            raise ModelError(
                f'There is no rerank model "{path}": '
                f"give {DEFAULT_RERANK_MODEL}, or a folder by its absolute path."
            )
        if not (folder / "config.json").is_file():
            raise ModelError(f"There is no cross-encoder in {folder}: it has no config.json.")
        if not RerankModel(folder).weight_files:
            raise ModelError(f"The rerank model in {folder} has no .safetensors weights: no others are read.")
        outputs = _outputs(folder / "config.json")
        if outputs == 0:
            raise ModelError(f"The model in {folder} scores no pairs of texts: choose a cross-encoder.")
        if outputs > 1:
            raise ModelError(f"The rerank model in {folder} gives several scores a pair: choose another.")
        return RerankModel(folder.resolve())


def _outputs(config: Path) -> int:
    """How many scores a cross-encoder gives a pair; 0 for another kind of model."""
    try:
        said = json.loads(config.read_text("utf-8"))
        kinds = said.get("architectures") or [_SCORES]
        return len(said.get("id2label") or [""]) if any(_SCORES in str(kind) for kind in kinds) else 0
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"{config} cannot be read ({error}): choose another rerank model.") from error


class Reranker(InModelProcess):
    """One cross-encoder in one process. Safe for many threads; `close` it at the end."""

    def __init__(
        self,
        model: RerankModel,
        data_dir: Path,
        log: IO[bytes] | None = None,
    ) -> None:
        super().__init__(ModelProcess("rerank model", model.folder, data_dir, ProcessOptions(), log))
        self.model = model

    def start(self) -> None:
        """Begin to load the model. Raises `EncoderError` if its process cannot be started."""
        self._process.run()

    def scores(
        self,
        question: str,
        texts: Sequence[str],
        seconds: float,
        patience: float,
        cancel: CancelToken | None = None,
    ) -> list[float]:
        """The scores of the first texts, as many as there is time for, in their order.

        :param seconds: how long scoring may take.
        :param patience: seconds to wait for the model to load.
        :param cancel: ends it early, without scores.
        :raises EncoderError: the model is still loading, or its process has failed.
        :raises ModelError: the model cannot be used.
        """
        run = self._process.loaded_run(patience)
        request = ScoreTexts(question, texts, seconds)
        deadline = Deadline(seconds + _GRACE, cancel)
        try:
            answer = self._process.ask(run, ScoreTexts.METHOD, request.pack(), deadline)
        except Cancelled:
            return []
        scored = Array.unpack(answer).rows
        if scored.shape != (len(texts), 1):
            raise EncoderError(f"The rerank model {self.model.name} gives other scores than were asked for.")
        return [float(score) for score in scored[~np.isnan(scored)]]


def text_of(hit: Hit) -> str:
    """The text of a hit for a cross-encoder: its path and its code."""
    return f"{hit.path}\n{hit.preview}"


def added_to_own(hits: Sequence[Hit], scores: Sequence[float]) -> list[float]:
    """What the first hits' own scores become with those of Semlens' cross-encoder, which are logits.

    It reads a chunk, while the search knows names, files and folders. So a hit has half of its file's best
    logit, and all of them count less the surer the search itself is of its first hit.
    """
    first = hits[: len(scores)]
    of_file: dict[str, float] = {}
    for hit, score in zip(first, scores, strict=True):
        of_file[hit.path] = max(score, of_file.get(hit.path, score))
    sure = max([_LEAST_SURE, *(hit.score for hit in first)])
    weight = _LOGIT / sure**2
    return [
        hit.score + weight * (score + of_file[hit.path]) / 2 for hit, score in zip(first, scores, strict=True)
    ]


def reordered(hits: Sequence[Hit], scores: Sequence[float]) -> list[Hit]:
    """Sort the first `len(scores)` hits by their scores; ties and all other hits keep their order.

    A hit takes the score of its new rank, so that scores still fall from hit to hit; the difference
    becomes its reason `rerank`.
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
