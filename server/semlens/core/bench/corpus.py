"""The corpus of a benchmark: a folder's files without their documentation, and queries made from it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from semlens.core.bench.docstring_queries import DocstringQuery, blank_out, queries_of, unambiguous
from semlens.core.bench.reading import NOT_ON_DISK
from semlens.core.chunk import chunk_source, documented_definitions, recognize
from semlens.core.files.membership import Membership
from semlens.core.files.source import Source, read_source
from semlens.core.files.walk import FoundFile, walk
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import Progress
from semlens.core.index.known_vectors import known_instant_vectors
from semlens.core.index.model_set import ModelSet
from semlens.core.index.prepare import ReadFile, Reading, complete
from semlens.core.util.content_hash import hash_text
from semlens.types import CancelToken, RelativePath

BATCH_FILES = 64


@dataclass(frozen=True, slots=True)
class CorpusSample:
    """The size of a sample of a folder. The same sample of the same files has the same content."""

    questions: int = 200
    """The most queries."""
    files: int = 500
    """The most files."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Corpus:
    """The files of a benchmark, and queries that they answer."""

    files: tuple[tuple[RelativePath, str, str], ...]
    """(path, language, text without documentation) of each file."""
    queries: tuple[DocstringQuery, ...]


def collect_corpus(
    root: Path, membership: Membership, sample: CorpusSample, cancel: CancelToken, progress: Progress
) -> Corpus:
    """A random sample of the files that belong to the index of `root`, and queries that they answer.

    Calls `progress` with the number of files read so far and in all. Raises `Cancelled`, and `FolderError`
    if the folder cannot be read.
    """
    random_numbers = random.Random(sample.seed)
    paths = [item.path for item in walk(root, membership, cancel) if isinstance(item, FoundFile)]
    if len(paths) > sample.files:
        paths = sorted(random_numbers.sample(paths, sample.files))
    files: list[tuple[RelativePath, str, str]] = []
    queries: list[DocstringQuery] = []
    for done, path in enumerate(paths, 1):
        cancel.check()
        source = read_source(
            root, path, membership.max_bytes, membership.encoding, membership.permission(path)
        )
        if isinstance(source, Source):
            language = recognize(path, source.text)
            found = documented_definitions(source.text, language)
            queries += queries_of(path, found)
            lines = (line for item in found for line in item.lines)
            files.append((path, language, blank_out(source.text, lines)))
        progress(done, len(paths))
    queries = unambiguous(queries)
    if len(queries) > sample.questions:
        queries = random_numbers.sample(queries, sample.questions)
    return Corpus(tuple(files), tuple(sorted(queries, key=lambda query: (query.path, query.start_line))))


def index_corpus(index: FolderIndex, corpus: Corpus, models: ModelSet, cancel: CancelToken) -> None:
    """Store the files in an empty index, with the lexical and the instant tier. Raises `Cancelled`."""
    store(index, corpus.files, (), models, cancel)


def store(
    index: FolderIndex,
    files: Sequence[tuple[RelativePath, str, str]],
    removals: Sequence[RelativePath],
    models: ModelSet,
    cancel: CancelToken,
) -> None:
    """Put files (path, language, text) into an index and take others out. Raises `Cancelled`."""
    for start in range(0, max(len(files), 1), BATCH_FILES):
        cancel.check()
        batch = tuple(_read(files[start : start + BATCH_FILES], models))
        done = complete(Reading(batch, (), ()), models.static, partial(known_instant_vectors, index))
        models.paces.note(models.instant_fingerprint, done.made_here, done.seconds)
        index.apply(done.files, removals if start == 0 else ())
    index.lexical_tier.commit()


def _read(files: Sequence[tuple[RelativePath, str, str]], models: ModelSet) -> Iterator[ReadFile]:
    for path, language, text in files:
        yield ReadFile(
            path, NOT_ON_DISK, hash_text(text), language, chunk_source(text, language, models.tokenizer)
        )
