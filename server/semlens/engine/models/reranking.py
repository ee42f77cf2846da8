"""The cross-encoder, Semlens' own or a user's: loaded once, it orders first hits, and never delays typing.

If it fails, the hits stay as they were, and one sentence tells the user why.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path

from semlens.core.embed.cross_encoder import Reranker, RerankModel, added_to_own, reordered, text_of
from semlens.core.query.query import Query, QueryKind
from semlens.core.util.caches import LruCache
from semlens.errors import EncoderError, SemlensError
from semlens.protocol.editor import ModelStatus
from semlens.settings import DEFAULT_RERANK_MODEL, Settings
from semlens.types import CancelToken, Hit

log = logging.getLogger(__name__)

REMEMBERED = 256
"""Answers whose scores are kept: the same question is often asked again, with reasons or in another view."""
IN_PART_SECONDS = 60.0
"""How long scores are kept that there was no time to finish: later there may be more."""


@dataclass(frozen=True, slots=True)
class _Scored:
    """The scores of an answer's first hits, and until when they are kept, by `time.monotonic`."""

    scores: Sequence[float]
    until: float


@dataclass(frozen=True, slots=True)
class Reranks:
    """How to rerank: the model, the number of hits and the time."""

    model: str = ""
    """The name of Semlens' own cross-encoder, or a folder; empty for none."""
    hits: int = Settings().rerank_hits
    milliseconds: int = Settings().rerank_milliseconds

    @classmethod
    def of(cls, settings: Settings) -> Reranks:
        """What the settings say. Semlens' own goes with the deep tier: without it, no model reads code."""
        own = settings.rerank_model == DEFAULT_RERANK_MODEL
        model = "" if own and settings.deep_tier == "off" else settings.rerank_model
        return cls(model, settings.rerank_hits, settings.rerank_milliseconds)

    @property
    def is_own(self) -> bool:
        return self.model == DEFAULT_RERANK_MODEL

    def order(self, hits: Sequence[Hit], scores: Sequence[float]) -> list[Hit]:
        """The hits by the scores of the first; of Semlens' own model, by these and their own together.

        Weak hits stay behind the others, where a user's model does not decide alone.
        """
        if not self.is_own:
            return reordered(hits, scores)
        strong = sum(not hit.weak for hit in hits[: len(scores)])
        return reordered(hits, added_to_own(hits, scores[:strong] if strong else scores))

    def wanted_for(self, query: Query) -> bool:
        """Whether to rerank: names, similar code and what a report mentions have better evidence already."""
        return bool(self.model) and query.kind is QueryKind.TEXT and query.report is None


class Reranking:
    """Reranks hits. Safe for many threads. `close` it at the end."""

    def __init__(self, data_dir: Path, own: bool = True) -> None:
        """`own` is False where Semlens' own cross-encoder is not to be run."""
        self._data_dir = data_dir
        self._own = own
        self._guard = threading.Lock()
        self._reranker: Reranker | None = None
        self._scores: LruCache[bytes, _Scored] = LruCache(REMEMBERED)

    def possible(self, how: Reranks) -> bool:
        """Whether the model that is named is to be run here."""
        return self._own or not how.is_own

    def remembered(self, how: Reranks, query: Query, hits: Sequence[Hit]) -> list[Hit] | None:
        """The same hits as once before, in the order of then; None if there was no such answer."""
        scored = self._scores.get(_key(how, query, [text_of(hit) for hit in hits[: how.hits]]))
        return None if scored is None or time.monotonic() > scored.until else how.order(hits, scored.scores)

    def prepare(self, how: Reranks) -> bool:
        """Begin to load the model. Whether it is there, or on its way: else asking again gains nothing."""
        with suppress(SemlensError):
            reranker = self._opened(RerankModel.find(how.model))
            reranker.start()
            return reranker.state != "error"
        return False

    def apply(
        self,
        how: Reranks,
        query: Query,
        hits: Sequence[Hit],
        patience: float,
        warn: Callable[[str], None],
        cancel: CancelToken | None = None,
    ) -> list[Hit]:
        """The hits, the first of them in the cross-encoder's order.

        Waits at most `patience` seconds for the model to load. Without its order, `warn` is called with a
        sentence that says why, and the hits stay as they were, as they do where `cancel` ends it. Of Semlens'
        own model, which nobody chose, the status tells that.
        """
        tell = log.info if how.is_own else warn
        texts = [text_of(hit) for hit in hits[: how.hits]]
        try:
            reranker = self._opened(RerankModel.find(how.model))
            scores = reranker.scores(query.text, texts, how.milliseconds / 1000, patience, cancel)
            if scores:
                kept = inf if len(scores) == len(texts) else IN_PART_SECONDS
                self._scores.put(_key(how, query, texts), _Scored(scores, time.monotonic() + kept))
            return how.order(hits, scores)
        except EncoderError as error:
            log.info("hits are not reranked: %s", error)
            if self._reranker is not None and self._reranker.state == "error":
                tell(_not_reranked(error))
        except SemlensError as error:
            tell(_not_reranked(error))
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


def _key(how: Reranks, query: Query, texts: Sequence[str]) -> bytes:
    parts = "\0".join((how.model, str(how.milliseconds), query.text, *texts))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).digest()


def _not_reranked(error: SemlensError) -> str:
    return f"Hits are not reranked. {error}"
