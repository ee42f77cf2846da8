"""Finding chunks by their words: BM25 over code, its symbols and its paths, by tantivy.

Identifiers are indexed whole and by their parts, so that `get user` and `getUser` both find
`getUserById`. The index can be made again from the database at any time: compare `ids` with
the database's, and add and remove what differs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from semlens.core.spelling import Spelt, code_tokens, spell, spell_file
from semlens.core.store.generations import Generations
from semlens.core.store.layout import disk_usage
from semlens.core.store.seal import Seal
from semlens.errors import DiskFullError, StorageError

__all__ = ["FieldBoosts", "LexicalDoc", "LexicalFile", "LexicalIndex", "code_tokens", "tantivy_errors"]

FORMAT_VERSION = 2
"""Of the fields and of what `spelling` makes of a text."""

_SEAL = "sealed.json"
_HEAP_BYTES = 32_000_000
_WIDEN = 8
"""How many times more hits are asked for when too few of them are allowed."""
_DECIMALS = 4
"""Scores are float32 sums whose order is not fixed; equal documents are to have equal scores."""


@dataclass(frozen=True, slots=True)
class LexicalDoc:
    """A chunk as words."""

    chunk_id: int
    path: str
    symbols: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class LexicalFile:
    """A file's chunks as words that are spelt already."""

    path: str
    chunk_ids: Sequence[int]
    spelt: Spelt


@dataclass(frozen=True, slots=True)
class FieldBoosts:
    """What a match in each field is worth; 0 leaves the field out."""

    body: float = 1.0
    symbol: float = 1.0
    path: float = 1.0


class LexicalIndex:
    """The lexical index in `folder`. One thread at a time may change it while any number of them ask."""

    def __init__(self, folder: Path, stem: bool = True) -> None:
        """Open the index if it is sound, else start an empty one in its place."""
        self._generations = Generations(folder, f"v{FORMAT_VERSION}{'s' if stem else ''}")
        self._stem = stem
        self._schema = _schema()
        self._changing = threading.Lock()
        self._writer: tantivy.IndexWriter | None = None
        self._index, self._seal = self._open()
        self._searcher = self._index.searcher()
        self._count: int | None = None

    def __len__(self) -> int:
        """How many chunks a search can find."""
        if self._count is None:
            self._count = len(self.ids())
        return self._count

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return disk_usage(self._generations.root)

    def ids(self) -> NDArray[np.int64]:
        """Every chunk id that a search can find, ascending."""
        searcher = self._searcher
        if not searcher.num_docs:
            return np.zeros(0, np.int64)
        hits = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits
        ids = _chunk_ids(searcher, hits)
        return np.sort(ids[ids >= 0])

    def add(self, documents: Iterable[LexicalDoc]) -> None:
        """Put in chunks that are not there, whole files at a time; they are found after the next commit."""
        for path, group in groupby(documents, key=lambda document: document.path):
            chunks = list(group)
            spelt = spell_file(((chunk.text, chunk.symbols) for chunk in chunks), self._stem)
            self.add_file(LexicalFile(path, [chunk.chunk_id for chunk in chunks], spelt))

    def add_file(self, file: LexicalFile) -> None:
        """Put in a file's chunks.

        A file is a document too, under the complement of its first chunk's id, which is negative.
        """
        path = spell(file.path, self._stem)
        spelt = file.spelt
        with self._changing, tantivy_errors(self._generations.root):
            writer = self._open_writer()
            for number, body, symbols in zip(file.chunk_ids, spelt.bodies, spelt.symbols, strict=True):
                writer.add_document(_document(number, {"body": body, "symbol": symbols, "path": path}))
            writer.add_document(_document(~file.chunk_ids[0], {"file": spelt.every}))

    def remove(self, ids: Iterable[int]) -> None:
        """Take chunks out, whole files at a time; they are gone after the next commit."""
        both = [number for chunk_id in ids for number in (chunk_id, ~chunk_id)]
        if not both:
            return
        with self._changing, tantivy_errors(self._generations.root):
            gone = tantivy.Query.term_set_query(self._schema, "chunk_id", both)
            self._open_writer().delete_documents_by_query(gone)

    def commit(self) -> None:
        """Make what was added and removed count, durably and for every search from now on."""
        with self._changing, tantivy_errors(self._generations.root):
            if self._writer is None:
                return
            writer, self._writer = self._writer, None
            self._seal.break_()
            try:
                writer.commit()
            finally:
                writer.wait_merging_threads()
            self._seal.make()
            self._index.reload()
            self._searcher = self._index.searcher()
            self._count = None

    def close(self) -> None:
        """Let go of the files; what was not committed is lost."""
        with self._changing:
            writer, self._writer = self._writer, None
            if writer is not None:
                with suppress(ValueError, OSError):
                    writer.rollback()
                    writer.wait_merging_threads()

    def tokens(self, text: str) -> list[str]:
        """The words of `text` as this index knows them."""
        return code_tokens(text, self._stem)

    def search(
        self,
        query: str | Mapping[str, float],
        k: int,
        boosts: FieldBoosts = FieldBoosts(),
        allowed: NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """The `k` chunks that BM25 ranks highest for any of the query's words, with their scores.

        `query` is a text, or words of `tokens` with their weights; `allowed` are the ids to choose
        from. All that tie with the last one are included, up to `2 * k`, in the order of their ids.
        """
        weights = dict.fromkeys(self.tokens(query), 1.0) if isinstance(query, str) else query
        searcher = self._searcher
        if not weights or not searcher.num_docs or k < 1:
            return []
        with tantivy_errors(self._generations.root):
            asked, width = self._query(weights, boosts), 2 * k
            found = _scored(searcher, asked, width)
            chosen = _admitted(found, allowed)
            while len(chosen.ids) < 2 * k and len(found.ids) == width:
                width *= _WIDEN
                found = _scored(searcher, asked, width)
                chosen = _admitted(found, allowed)
        ranked = _ranked(chosen)[: 2 * k]
        last = ranked[min(k, len(ranked)) - 1][1] if ranked else 0.0
        return [hit for hit in ranked if hit[1] >= last]

    def files(self, weights: Mapping[str, float], k: int) -> list[tuple[int, float]]:
        """The `k` files that hold most of some words, by their weights, each as its first chunk's id.

        Unlike BM25 this does not mind a long file, which is long because much depends on it.
        """
        terms = [
            (tantivy.Occur.Should, tantivy.Query.const_score_query(self._term("file", word), weight))
            for word, weight in weights.items()
        ]
        with tantivy_errors(self._generations.root):
            found = _scored(self._searcher, tantivy.Query.boolean_query(terms), k)
        return _ranked(_Found(~found.ids, found.scores))

    def file_frequency(self, token: str) -> int:
        """In how many files a word of `tokens` stands."""
        frequency: int = self._searcher.doc_freq("file", token)
        return frequency

    def _query(self, weights: Mapping[str, float], boosts: FieldBoosts) -> tantivy.Query:
        fields = {"body": boosts.body, "symbol": boosts.symbol, "path": boosts.path}
        terms = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._term(name, token), boost * weight))
            for token, weight in weights.items()
            for name, boost in fields.items()
            if boost * weight > 0
        ]
        return tantivy.Query.boolean_query(terms)

    def _term(self, field: str, token: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, token, index_option="freq")

    def _open(self) -> tuple[tantivy.Index, Seal]:
        folder = self._generations.current()
        if folder is not None:
            seal = _seal(folder)
            with suppress(ValueError, OSError):
                if seal.intact():
                    self._generations.collect()
                    return tantivy.Index.open(str(folder)), seal
        folder = self._generations.begin()
        with tantivy_errors(folder):
            index = tantivy.Index(self._schema, str(folder))
        self._generations.adopt(folder)
        self._generations.collect()
        return index, _seal(folder)  # The first commit makes it: an empty index is not worth one.

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(_HEAP_BYTES, num_threads=1)
        return self._writer


@contextmanager
def tantivy_errors(folder: Path) -> Iterator[None]:
    """Turn tantivy's errors into sentences that say what to do."""
    try:
        yield
    except (ValueError, OSError) as error:
        if "os error 28" in str(error) or "No space left" in str(error):
            sentence = f"The disk of {folder} is full: free some space, then index again."
            raise DiskFullError(sentence) from error
        raise StorageError(f"The lexical index in {folder} failed ({error}): index again.") from error


def _seal(folder: Path) -> Seal:
    """Over the files of the last commit; what a dead writer left besides is not looked at."""
    return Seal(folder / _SEAL, lambda: _committed(folder), exact=False)


def _committed(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name != _SEAL and not path.name.startswith(".")]


def _document(number: int, fields: Mapping[str, str]) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("chunk_id", number)
    for name, text in fields.items():
        document.add_text(name, text)
    return document


@dataclass(frozen=True, slots=True)
class _Found:
    """Documents by their numbers, with their scores."""

    ids: NDArray[np.int64]
    scores: NDArray[np.float64]


def _scored(searcher: tantivy.Searcher, query: tantivy.Query, width: int) -> _Found:
    hits = searcher.search(query, width, count=False).hits
    scores = np.array([score for score, _ in hits], dtype=np.float64)
    return _Found(_chunk_ids(searcher, hits), np.round(scores, _DECIMALS))


def _admitted(found: _Found, allowed: NDArray[np.int64] | None) -> _Found:
    if allowed is None:
        return found
    inside = np.isin(found.ids, allowed)
    return _Found(found.ids[inside], found.scores[inside])


def _ranked(found: _Found) -> list[tuple[int, float]]:
    """Best first, ties in the order of their numbers."""
    order = np.lexsort((found.ids, -found.scores))
    return list(zip(found.ids[order].tolist(), found.scores[order].tolist(), strict=True))


def _chunk_ids(
    searcher: tantivy.Searcher, hits: Sequence[tuple[float, tantivy.DocAddress]]
) -> NDArray[np.int64]:
    return np.array(searcher.fast_field_values("chunk_id", [address for _, address in hits]), dtype=np.int64)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("chunk_id", indexed=True, fast=True)
    for field in ("body", "symbol", "path", "file"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
