"""The cross-encoder of a user's settings: loaded once, it orders the first hits, and never delays an answer.

If it fails, the hits stay as they were, and one sentence tells the user why.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from semlens.core.embed.cross_encoder import Reranker, RerankModel, reordered, text_of
from semlens.core.query.query import Query, QueryKind
from semlens.errors import EncoderError, SemlensError
from semlens.protocol.editor import ModelStatus
from semlens.settings import Settings
from semlens.types import Hit

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reranks:
    """How to rerank: the model, the number of hits and the time."""

    model: str = ""
    """A cross-encoder's folder; empty for none."""
    hits: int = Settings().rerank_hits
    milliseconds: int = Settings().rerank_milliseconds

    @classmethod
    def of(cls, settings: Settings) -> Reranks:
        return cls(settings.rerank_model, settings.rerank_hits, settings.rerank_milliseconds)

    def wanted_for(self, query: Query) -> bool:
        """Whether to rerank: queries for a name or for similar code have better evidence already."""
        return bool(self.model) and query.kind is QueryKind.TEXT


class Reranking:
    """Reranks hits. Safe for many threads. `close` it at the end."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._guard = threading.Lock()
        self._reranker: Reranker | None = None

    def apply(
        self,
        how: Reranks,
        query: Query,
        hits: Sequence[Hit],
        patience: float,
        warn: Callable[[str], None],
    ) -> list[Hit]:
        """The hits, the first of them in the cross-encoder's order.

        Waits at most `patience` seconds for the model to load. Without its order, `warn` is called with a
        sentence that says why, and the hits stay as they were.
        """
        first = hits[: how.hits]
        try:
            reranker = self._opened(RerankModel.find(how.model))
            texts = [text_of(hit) for hit in first]
            return reordered(hits, reranker.scores(query.text, texts, how.milliseconds / 1000, patience))
        except EncoderError as error:
            log.info("hits are not reranked: %s", error)
            if self._reranker is not None and self._reranker.state == "error":
                warn(_not_reranked(error))
        except SemlensError as error:
            warn(_not_reranked(error))
        return list(hits)

    def problem(self, how: Reranks) -> str | None:
        """Why the folder of the cross-encoder cannot be used, in a sentence; None if it can."""
        try:
            if how.model:
                RerankModel.find(how.model)
        except SemlensError as error:
            return _not_reranked(error)
        return None

    def status(self) -> list[ModelStatus]:
        """The status of the cross-encoder, if one was used."""
        reranker = self._reranker
        if reranker is None:
            return []
        return [ModelStatus("rerank", reranker.model.name, reranker.state, reranker.message)]

    def close(self) -> None:
        with self._guard:
            if self._reranker is not None:
                self._reranker.close()

    def _opened(self, model: RerankModel) -> Reranker:
        with self._guard:
            if self._reranker is None or self._reranker.model != model:
                if self._reranker is not None:
                    self._reranker.close()
                self._reranker = Reranker(model, self._data_dir)
            return self._reranker


def _not_reranked(error: SemlensError) -> str:
    return f"Hits are not reranked. {error}"
