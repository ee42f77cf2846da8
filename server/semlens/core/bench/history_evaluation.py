"""Measures search on a repository's history: each query is asked of the state before the change it tells of.

One index goes from state to state, oldest first: of each it takes only the files that differ, and texts that
it has seen before have their vectors.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from semlens.core.bench.corpus import CorpusSample, store
from semlens.core.bench.evaluation import DEEP_TIERS, LIGHT_TIERS, Evaluation, Result, rank
from semlens.core.bench.history import Blob, History
from semlens.core.bench.history_queries import HistoryQuery
from semlens.core.bench.reading import TextReader
from semlens.core.chunk import recognize
from semlens.core.index.deep_tier import fill_deep_tier
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import Progress
from semlens.core.index.model_set import ModelSet
from semlens.core.search import Searcher
from semlens.core.store.records import pack_path
from semlens.core.util.deadline import Deadline
from semlens.errors import Cancelled, SemlensError
from semlens.types import CancelToken, RelativePath, Tier

REBUILD_EVERY = 10
"""States after which the lexical index is built anew: until then BM25 counts words of older states too."""


@dataclass(frozen=True, slots=True)
class HistoryCorpus:
    """The queries of a history, and a sample of the files of each of its states."""

    history: History
    reader: TextReader
    queries: Sequence[HistoryQuery]
    """The oldest first; at least one."""
    sample: CorpusSample

    def newest(self) -> dict[RelativePath, Blob]:
        """The sampled files of the last query's state. Raises `FolderError`."""
        *_, last = self.states(self.queries[-1:])
        return last

    def states(self, queries: Sequence[HistoryQuery] | None = None) -> Iterator[dict[RelativePath, Blob]]:
        """The files of the state of each query, or of each of `queries`.

        Every file that answers any query is among them, others at random. Raises `FolderError`.
        """
        answers = {path for query in self.queries for path, _, _ in query.places}
        share = self.sample.files / max(1, len(self._files(self.queries[-1].commit, lambda path: True)))
        for query in self.queries if queries is None else queries:
            yield self._files(query.commit, lambda path: path in answers or self._draw(path) < share)

    def _files(self, commit: str, wanted: Callable[[RelativePath], bool]) -> dict[RelativePath, Blob]:
        reader = self.reader
        return {
            path: blob
            for path, blob in self.history.files(commit).items()
            if blob.size <= reader.membership.max_bytes and wanted(path) and reader.belongs(path)
        }

    def _draw(self, path: RelativePath) -> float:
        """A random number from 0 to 1 that a path has in every state."""
        seed = self.sample.seed.to_bytes(8, "big", signed=True)
        digest = hashlib.blake2b(pack_path(path), digest_size=8, key=seed).digest()
        return int.from_bytes(digest, "big") / 2**64


def evaluate_history(
    corpus: HistoryCorpus,
    models: ModelSet,
    folder: Path,
    seconds: float,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
) -> Evaluation:
    """Search for every query of `corpus` in its state, with each set of tiers. `folder` is empty.

    The transformer has about `seconds` for all states together. Calls `progress` with the queries that are
    done, and all. Raises `Cancelled`, and `FolderError` if the history cannot be read.
    """
    run = _Run(corpus, FolderIndex(folder, folder, models), Deadline(seconds, cancel), cancel)
    try:
        for done, (query, files) in enumerate(zip(corpus.queries, corpus.states(), strict=True), 1):
            run.move_to(files)
            run.ask(query)
            progress(done, len(corpus.queries))
    finally:
        chunks = run.index.reader.counts().chunks
        run.index.close()
    tier_sets = LIGHT_TIERS if run.problem else {**LIGHT_TIERS, **DEEP_TIERS}
    results = tuple(
        Result.of(name, models.deep.name if name in DEEP_TIERS else None, run.ranks[name])
        for name in tier_sets
    )
    return Evaluation(models.deep.name, chunks, run.embedding_seconds, results, run.problem)


class _Run:
    """One model's way through the states."""

    def __init__(
        self, corpus: HistoryCorpus, index: FolderIndex, deadline: CancelToken, cancel: CancelToken
    ) -> None:
        self.index = index
        self.ranks: dict[str, list[float]] = defaultdict(list)
        self.embedding_seconds = 0.0
        self.problem: str | None = None
        """Why the transformer has no figures."""
        self._corpus = corpus
        self._deadline = deadline
        self._cancel = cancel
        self._state: dict[RelativePath, str] = {}
        """Path → its blob, of the files in the index."""
        self._moves = 0

    def move_to(self, files: Mapping[RelativePath, Blob]) -> None:
        """Make the index that of these files."""
        changed = [path for path, blob in files.items() if self._state.get(path) != blob.id]
        gone = [path for path in self._state if path not in files]
        contents = self._corpus.history.contents([files[path] for path in changed])
        texts: list[tuple[RelativePath, str, str]] = []
        for path, data in zip(changed, contents, strict=True):
            self._cancel.check()
            text = self._corpus.reader.text(path, data)
            if text is None:
                gone.append(path)
            else:
                texts.append((path, recognize(path, text), text))
        if texts or gone:
            store(self.index, texts, gone, self.index.models, self._cancel)
        self._moves += 1
        if self._moves % REBUILD_EVERY == 0:
            self.index.lexical_tier.rebuild(self._cancel.check)
        self._state = {path: blob.id for path, blob in files.items()}

    def ask(self, query: HistoryQuery) -> None:
        """Note the rank of a query's answer with each set of tiers."""
        searcher = Searcher(self.index)
        self._note(searcher, query, LIGHT_TIERS)
        if self.problem is not None:
            return
        try:
            started = time.monotonic()
            fill_deep_tier(self.index, self._deadline)
            self.embedding_seconds += time.monotonic() - started
            self._note(searcher, query, DEEP_TIERS)
        except Cancelled:
            self._cancel.check()
            done = len(self.ranks["deep"])
            self.problem = (
                f"the states of {done} of {len(self._corpus.queries)} questions were embedded in the time "
                "given: allow more, or fewer files or questions."
            )
        except SemlensError as error:
            self.problem = str(error)

    def _note(
        self, searcher: Searcher, query: HistoryQuery, tier_sets: Mapping[str, frozenset[Tier]]
    ) -> None:
        for name, tiers in tier_sets.items():
            self.ranks[name].append(rank(searcher, query, tiers, self._cancel))
