"""What is searched for known answers: files without the documentation of what they define."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semlens.core.bench.docstring_queries import Known, known_answers, once, without
from semlens.core.chunk import chunk_source, documented_definitions
from semlens.core.files.membership import Membership
from semlens.core.files.source import Source, read_source
from semlens.core.files.walk import FoundFile, walk
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import Progress
from semlens.core.index.model_set import ModelSet
from semlens.core.index.prepare import ReadFile, Reading, complete
from semlens.core.text.languages import TEXT, language_of
from semlens.core.util.content_hash import hash_text
from semlens.types import CancelToken, FileStamp, RelativePath

BATCH_FILES = 64

_NOT_ON_DISK = FileStamp(0, 0)


@dataclass(frozen=True, slots=True)
class CorpusSample:
    """How much of a workspace is looked at. Equal samples of equal files are the same."""

    questions: int = 200
    files: int = 500
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Corpus:
    files: tuple[tuple[RelativePath, str, str], ...]
    """Path, language, and text without documentation."""
    known: tuple[Known, ...]


def gather(
    root: Path, membership: Membership, sample: CorpusSample, cancel: CancelToken, progress: Progress
) -> Corpus:
    """Files of the folder, drawn by chance where there are more, and questions that they answer.

    Raises `Cancelled`, and `FolderError` if the folder cannot be read.
    """
    chance = random.Random(sample.seed)
    paths = [item.path for item in walk(root, membership, cancel) if isinstance(item, FoundFile)]
    if len(paths) > sample.files:
        paths = sorted(chance.sample(paths, sample.files))
    files: list[tuple[RelativePath, str, str]] = []
    known: list[Known] = []
    for done, path in enumerate(paths, 1):
        cancel.check()
        source = read_source(root, path, membership.max_bytes)
        if isinstance(source, Source):
            language = language_of(path, source.text[:200].split("\n", 1)[0]) or TEXT
            found = documented_definitions(source.text, language)
            known += known_answers(path, found)
            lines = (line for item in found for line in item.lines)
            files.append((path, language, without(source.text, lines)))
        progress(done, len(paths))
    asked = once(known)
    if len(asked) > sample.questions:
        asked = chance.sample(asked, sample.questions)
    return Corpus(tuple(files), tuple(sorted(asked, key=lambda one: (one.path, one.start_line))))


def fill(index: FolderIndex, haystack: Corpus, models: ModelSet, cancel: CancelToken) -> None:
    """Put the files into an empty index, for words and the instant tier. Raises `Cancelled`."""
    for start in range(0, len(haystack.files), BATCH_FILES):
        cancel.check()
        batch = tuple(_read(haystack.files[start : start + BATCH_FILES], models))
        index.apply(complete(Reading(batch, (), ()), models.static, lambda hashes: {}).files, ())
    index.commit_lexical()


def _read(files: tuple[tuple[RelativePath, str, str], ...], models: ModelSet) -> Iterator[ReadFile]:
    for path, language, text in files:
        yield ReadFile(
            path, _NOT_ON_DISK, hash_text(text), language, chunk_source(text, language, models.measure)
        )
