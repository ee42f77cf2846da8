"""Finding chunks by their words: BM25 over code, its symbols and its paths, by tantivy.

Identifiers are indexed whole and by their parts, so that `get user` and `getUser` both find
`getUserById`. The index can be made again from the database at any time: compare `ids` with
the database's, and add and remove what differs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from semlens.core.lexical.scores import admitted, chunk_ids, first, ranked, scored, settled
from semlens.core.store.generations import Generations
from semlens.core.store.layout import discard, disk_usage, failure
from semlens.core.store.seal import Seal
from semlens.core.text.analyzer import AnalyzedFile, analyze, analyze_file, code_terms

FORMAT_VERSION = 2
"""Of the fields and of what `analyzer` makes of a text."""

_SEAL = "sealed.json"
_AMENDED = ".amended"
_HEAP_BYTES = 32_000_000
_WIDEN = 8
"""How many times more hits are asked for when too few of them are allowed."""
_FIELDS = ("body", "symbol", "path")
_WEIGHT_STEPS = 1024
"""Sums of weights that are multiples of its inverse are exact in float32, in any order."""


@dataclass(frozen=True, slots=True)
class LexicalDoc:
    """A chunk as words."""

    chunk_id: int
    path: str
    symbols: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class LexicalFile:
    """A file's chunks, analyzed already."""

    path: str
    chunk_ids: Sequence[int]
    analyzed: AnalyzedFile


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
        self._folder, self._index, self._seal = self._open()
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
        ids = chunk_ids(searcher, hits)
        return np.sort(ids[ids >= 0])

    @property
    def amended(self) -> bool:
        """Whether something was taken out since the index was made.

        BM25 goes on counting what is gone, so that scores differ a little from those of a new index.
        """
        return (self._folder / _AMENDED).exists()

    def add(self, documents: Iterable[LexicalDoc]) -> None:
        """Put in chunks that are not there, whole files at a time; they are found after the next commit."""
        for file in self._analyzed(documents):
            self.add_file(file)

    def add_file(self, file: LexicalFile) -> None:
        """Put in a file's chunks.

        A file is a document too, under the complement of its first chunk's id, which is negative.
        """
        with self._changing, tantivy_errors(self._generations.root):
            _write(self._open_writer(), file, analyze(file.path, self._stem))

    def remove(self, ids: Iterable[int]) -> None:
        """Take chunks out, whole files at a time; they are gone after the next commit."""
        both = [number for chunk_id in ids for number in (chunk_id, ~chunk_id)]
        if not both:
            return
        with self._changing, tantivy_errors(self._generations.root):
            (self._folder / _AMENDED).touch()
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

    @property
    def pending(self) -> bool:
        """Whether something was added or removed that no search finds yet."""
        return self._writer is not None

    def draft(self, documents: Iterable[LexicalDoc], check: Callable[[], None]) -> Path:
        """A new index of `documents` on the disk, for `adopt`. `check` may raise between two files."""
        folder = self._generations.create()
        with tantivy_errors(folder):
            writer = tantivy.Index(self._schema, str(folder)).writer(_HEAP_BYTES, num_threads=1)
            try:
                for file in self._analyzed(documents):
                    check()
                    _write(writer, file, analyze(file.path, self._stem))
                writer.commit()
            except BaseException:
                _end(writer)
                discard(folder)
                raise
            writer.wait_merging_threads()
            _seal(folder).make()
        return folder

    def adopt(self, folder: Path) -> None:
        """Answer from a draft of the same chunks from now on. Nothing may be pending."""
        with self._changing, tantivy_errors(folder):
            index = tantivy.Index.open(str(folder))
            self._generations.make_current(folder)
            self._folder, self._index, self._seal = folder, index, _seal(folder)
            self._searcher = index.searcher()
            self._count = None
            self._generations.remove_stale()

    def close(self) -> None:
        """Let go of the files; what was not committed is lost."""
        with self._changing:
            writer, self._writer = self._writer, None
            if writer is not None:
                _end(writer)

    def _analyzed(self, documents: Iterable[LexicalDoc]) -> Iterator[LexicalFile]:
        for path, group in groupby(documents, key=lambda document: document.path):
            chunks = list(group)
            analyzed = analyze_file(((chunk.text, chunk.symbols) for chunk in chunks), self._stem)
            yield LexicalFile(path, [chunk.chunk_id for chunk in chunks], analyzed)

    def tokens(self, text: str) -> list[str]:
        """The words of `text` as this index knows them."""
        return code_terms(text, self._stem)

    def search(
        self,
        query: str | Mapping[str, float],
        k: int,
        boosts: FieldBoosts = FieldBoosts(),
        allowed: NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """The `k` chunks that BM25 ranks highest for any of the query's words, with their scores.

        `query` is a text, or words of `tokens` with their weights; `allowed` are the ids to choose
        from. What ties with the last one is included as `scores.first` says, in the order of ids.
        """
        weights = dict.fromkeys(self.tokens(query), 1.0) if isinstance(query, str) else query
        searcher = self._searcher
        if not weights or not searcher.num_docs or k < 1:
            return []
        with tantivy_errors(self._generations.root):
            asked, width = self._query(weights, boosts), 2 * k
            found = scored(searcher, asked, width)
            chosen = admitted(found, allowed)
            while len(chosen.ids) < 2 * k and len(found.ids) == width:
                width *= _WIDEN
                found = scored(searcher, asked, width)
                chosen = admitted(found, allowed)
            terms = len(weights) * len(_FIELDS)
            return first(ranked(settled(searcher, asked, chosen, terms)), k)

    def files(self, weights: Mapping[str, float], k: int) -> list[tuple[int, float]]:
        """The `k` files that hold most of some words, by their weights, each as its first chunk's id.

        Unlike BM25 this does not mind a long file, which is long because much depends on it.
        """
        steps = {word: round(weight * _WEIGHT_STEPS) / _WEIGHT_STEPS for word, weight in weights.items()}
        terms = [
            (tantivy.Occur.Should, tantivy.Query.const_score_query(self._term("file", word), weight))
            for word, weight in steps.items()
        ]
        with tantivy_errors(self._generations.root):
            found = scored(self._searcher, tantivy.Query.boolean_query(terms), 2 * k)
        return first(ranked(replace(found, ids=~found.ids)), k)

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

    def _open(self) -> tuple[Path, tantivy.Index, Seal]:
        folder = self._generations.current()
        if folder is not None:
            seal = _seal(folder)
            with suppress(ValueError, OSError):
                if seal.intact():
                    self._generations.remove_stale()
                    return folder, tantivy.Index.open(str(folder)), seal
        folder = self._generations.create()
        with tantivy_errors(folder):
            index = tantivy.Index(self._schema, str(folder))
        self._generations.make_current(folder)
        self._generations.remove_stale()
        return folder, index, _seal(folder)  # The first commit makes it: an empty index is not worth one.

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
        raise failure("The lexical index", folder, str(error)) from error


def _end(writer: tantivy.IndexWriter) -> None:
    """Drop what was not committed, and wait for the writer's threads, which would go on in its folder."""
    with suppress(ValueError, OSError):
        writer.rollback()
    with suppress(ValueError, OSError):
        writer.wait_merging_threads()


def _seal(folder: Path) -> Seal:
    """Over the files of the last commit; what a dead writer left besides is not looked at."""
    # Not lasting: every saved file waits for it, and a loss of power costs some seconds of building anew.
    return Seal(folder / _SEAL, lambda: _committed(folder), exact=False, durable=False)


def _committed(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name != _SEAL and not path.name.startswith(".")]


def _write(writer: tantivy.IndexWriter, file: LexicalFile, path: str) -> None:
    analyzed = file.analyzed
    for number, body, symbols in zip(file.chunk_ids, analyzed.bodies, analyzed.symbols, strict=True):
        writer.add_document(_document(number, {"body": body, "symbol": symbols, "path": path}))
    writer.add_document(_document(~file.chunk_ids[0], {"file": analyzed.vocabulary}))


def _document(number: int, fields: Mapping[str, str]) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("chunk_id", number)
    for name, text in fields.items():
        document.add_text(name, text)
    return document


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("chunk_id", indexed=True, fast=True)
    for field in (*_FIELDS, "file"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
