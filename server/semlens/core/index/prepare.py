"""Prepare files for the index: read them, cut them into chunks, and embed these for the instant tier.

Nothing here writes, so any number of threads or processes may prepare files at once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.chunk import ChunkWithRows, LineTokenizer, chunk_source, chunk_with_rows, recognize
from semlens.core.embed.static_model import StaticModel
from semlens.core.files.permission import Permission
from semlens.core.files.source import Source, read_source
from semlens.core.index.quarantine import ParseGuard
from semlens.core.index.word_table import TokenizedText, WordTable
from semlens.core.store.quantized import Codes, quantize
from semlens.core.store.records import FileChunks, pack_texts
from semlens.core.text.analyzer import AnalyzedFile
from semlens.errors import raise_shortage
from semlens.types import CancelToken, Chunk, ContentHash, FileStamp, RelativePath, Skipped

log = logging.getLogger(__name__)

Vectors = Mapping[ContentHash, Codes]
"""The instant vector of each text, shape (dimension,)."""

Embeddable = str | NDArray[np.intp]
"""A text, or the ids of the instant model's tokens in it, shape (tokens,)."""

KnownInstants = Callable[[Sequence[ContentHash]], dict[ContentHash, Codes]]
"""Looks up the instant vectors that exist already, by content hash."""

NOT_CHUNKED = "could not be cut into chunks"
"""How the reason begins for a file that made the chunker fail."""

EMBED_BATCH = 64
"""Texts embedded between two looks at the cancel token: some ten milliseconds."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file with another stamp but the same bytes as in the index."""

    path: RelativePath
    stamp: FileStamp


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to prepare."""

    path: RelativePath
    known_hash: ContentHash | None
    """The hash of its bytes in the index, if it is there."""
    permission: Permission = Permission.NONE
    """How far a rule of the user lets it in."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file and its chunks, without vectors. `texts` and `analyzed` are as in `FileChunks`."""

    path: RelativePath
    stamp: FileStamp
    content_hash: ContentHash
    language: str
    chunks: Sequence[Chunk]
    texts: bytes | None = None
    analyzed: AnalyzedFile | None = None
    tokens: Sequence[NDArray[np.intp] | None] | None = None
    """The ids of the instant model's tokens in each chunk, where they are known already."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file that was read but not parsed, because its text is in quarantine."""

    path: RelativePath
    stamp: FileStamp
    content_hash: ContentHash
    permission: Permission = Permission.NONE


@dataclass(frozen=True, slots=True)
class Reading:
    """A batch of files as they were read. Each file of the batch is in one of the fields."""

    files: tuple[ReadFile, ...]
    skipped: tuple[Skipped, ...]
    unchanged: tuple[Unchanged, ...]
    quarantined: tuple[Quarantined, ...] = ()

    def texts(self) -> dict[ContentHash, Embeddable]:
        """Each distinct text to embed, in the order of the files."""
        return {
            chunk.content_hash: chunk.embedding_text if tokens is None else tokens
            for file in self.files
            for chunk, tokens in zip(file.chunks, file.tokens or repeat(None), strict=False)
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch of files, ready to be stored."""

    files: tuple[FileChunks, ...]
    skipped: tuple[Skipped, ...]
    unchanged: tuple[Unchanged, ...]
    fresh: Vectors
    """The instant vectors that did not exist before."""
    reused: int
    """How many distinct texts had a vector already."""
    made_here: int = 0
    """How many of `fresh` this process made."""
    seconds: float = 0.0
    """What `made_here` took."""


def read(
    root: Path,
    wanted: Sequence[Wanted],
    max_bytes: int,
    word_table: WordTable,
    cancel: CancelToken,
    guard: ParseGuard,
    encoding: str = "",
) -> Reading:
    """Read files and cut them into chunks, in order. A bad file becomes a `Skipped`, never an exception.

    :param root: the workspace folder.
    :param max_bytes: larger files are skipped.
    :param guard: says which texts must not be parsed here.
    :param encoding: the editor's for files that say nothing of their own.
    :raises Cancelled: `cancel` was set.
    :raises ShortageError: the machine has no more open files, or no memory for a library.
    """
    skipped: list[Skipped] = []
    unchanged: list[Unchanged] = []
    files: list[ReadFile] = []
    quarantined: list[Quarantined] = []
    for item in wanted:
        cancel.check()
        source = read_source(root, item.path, max_bytes, encoding, item.permission)
        if isinstance(source, Skipped):
            skipped.append(source)
        elif source.content_hash == item.known_hash:
            unchanged.append(Unchanged(source.path, source.stamp))
        elif guard.blocks(source.content_hash):
            quarantined.append(Quarantined(source.path, source.stamp, source.content_hash, item.permission))
        else:
            try:
                files.append(_read_file(source, word_table, guard))
            except Exception as error:  # Whatever it is, it costs this file alone.
                if isinstance(error, (ImportError, OSError)):  # Of other kinds the file may be the cause.
                    raise_shortage(error)
                log.warning("%s could not be cut into chunks", source.path, exc_info=True)
                reason = (
                    f"could not be cut into chunks ({type(error).__name__}), and is left out until it changes"
                )
                skipped.append(Skipped(source.path, reason, stamp=source.stamp))
    return Reading(tuple(files), tuple(skipped), tuple(unchanged), tuple(quarantined))


def _read_file(source: Source, word_table: WordTable, guard: ParseGuard) -> ReadFile:
    words = word_table.read(source.text)
    with guard.parsing(source.content_hash):
        language = language_in(source)
        found = chunk_with_rows(source.text, language, words, source.parsed)
    return _ready_to_store(source, language, found, words)


def _ready_to_store(
    source: Source, language: str, found: Sequence[ChunkWithRows], words: TokenizedText
) -> ReadFile:
    """Does work of storing here already, where a worker process may do it."""
    chunks = [one.chunk for one in found]
    analyzed = words.analyze((_analyzer_input(one), one.chunk.defines) for one in found)
    return ReadFile(
        source.path,
        source.stamp,
        source.content_hash,
        language,
        chunks,
        pack_texts(chunks),
        analyzed,
        [None if one.rows is None else words.tokens(one.rows) for one in found],
    )


def _analyzer_input(one: ChunkWithRows) -> tuple[int, int] | str:
    """The first and last line of a chunk, 0-based; its text if that is a part of a line."""
    chunk = one.chunk
    return chunk.text if one.is_part else (chunk.start_line - 1, chunk.end_line - 1)


def complete(
    reading: Reading,
    model: StaticModel,
    known_instants: KnownInstants,
    made: Vectors | None = None,
    cancel: CancelToken | None = None,
) -> Prepared:
    """Give every chunk its vector: a known one, else one of `made`, else a new one.

    :param made: vectors that a worker process has made for this reading.
    :raises Cancelled: `cancel` was set.
    """
    texts = reading.texts()
    known = known_instants(list(texts)) if texts else {}
    made = {key: vector for key, vector in (made or {}).items() if key not in known}
    unmade = {key: text for key, text in texts.items() if key not in known and key not in made}
    began = time.perf_counter()
    made_here = embed(unmade, model, cancel)
    seconds = time.perf_counter() - began
    fresh = {**made, **made_here}
    vectors = {**known, **fresh}
    files = tuple(
        FileChunks(
            file.path,
            file.stamp,
            file.content_hash,
            file.language,
            file.chunks,
            _rows(file.chunks, vectors, model.dim),
            file.texts,
            file.analyzed,
        )
        for file in reading.files
    )
    reused = len(texts) - len(fresh)
    return Prepared(files, reading.skipped, reading.unchanged, fresh, reused, len(made_here), seconds)


def chunks_of(source: Source, tokenizer: LineTokenizer) -> tuple[str, list[Chunk]]:
    """The language of a source and its chunks."""
    language = language_in(source)
    return language, chunk_source(source.text, language, tokenizer, source.parsed)


def language_in(source: Source) -> str:
    """The language of a source, "text" if none is known."""
    return recognize(source.path, source.text)


def embed(
    texts: Mapping[ContentHash, Embeddable], model: StaticModel, cancel: CancelToken | None = None
) -> dict[ContentHash, Codes]:
    """Make the instant vector of each text, shape (dimension,). Raises `Cancelled`."""
    made: dict[ContentHash, Codes] = {}
    rest = iter(texts.items())
    while portion := dict(islice(rest, EMBED_BATCH)):
        if cancel is not None:
            cancel.check()
        made.update(zip(portion, quantize(model.embed(list(portion.values()))), strict=True))
    return made


def _rows(chunks: Sequence[Chunk], vectors: Vectors, dim: int) -> Codes:
    """The vectors of a file's chunks, shape (chunks, dimension)."""
    if not chunks:
        return np.zeros((0, dim), dtype=np.int8)
    return np.stack([vectors[chunk.content_hash] for chunk in chunks])
