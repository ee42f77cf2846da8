"""An indexed folder, as a notebook or another program uses it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from semlens.api.arguments import TIERS, VECTOR_TIERS, at_least_one, one_of, texts_of
from semlens.api.connection import Connection, OnProgress, log
from semlens.api.export import write_arrays
from semlens.api.tables import Chunks, Symbols, chunks_of, symbols_of
from semlens.errors import FolderError
from semlens.protocol.data import ChunkPage, Embed, ExportChroma, ReadChunks, ReadVectors, Vectors
from semlens.protocol.engine import Index as IndexFolder
from semlens.protocol.engine import Search, SearchAnswer, Similar, Status
from semlens.types import ContentHash, Coverage, Hit, RelativePath, Report, Tier

T = TypeVar("T")

ExportKind = Literal["numpy", "chroma"]

TEXTS = 256
"""Texts that are sent at once."""
HASHES = 4_000
"""Vectors that are asked for at once."""


class Index:
    """The index of a folder, which the editor and the `semlens` command share.

    Opening it indexes nothing yet: `index` brings it to what is on the disk. Close it, or use it in a `with`
    statement. Each method raises `SemlensError` (in `semlens.errors`), whose text says what to do.

    >>> from semlens import Index
    >>> with Index(folder) as index:
    ...     report = index.index()
    ...     hits = index.search("how long do we wait before trying again", limit=3)
    >>> hits[0].path
    'net/retry.py'
    """

    def __init__(self, folder: str | Path, *, data_dir: str | Path | None = None) -> None:
        """Open the index of `folder`.

        :param data_dir: the folder that keeps the index; None for the one that the editor uses
        :raises FolderError: there is no such folder
        """
        self.folder = Path(os.path.realpath(Path(folder).expanduser()))
        """Its path without links."""
        if not self.folder.is_dir():
            raise FolderError(f"There is no folder {folder}.")
        self._connection = Connection(Path(data_dir) if data_dir is not None else None)

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Index({str(self.folder)!r})"

    def close(self) -> None:
        """Let the index go; a second call does nothing."""
        self._connection.close()

    def index(self, *, tier: str = "deep", full: bool = False, progress: OnProgress | None = None) -> Report:
        """Bring the index to what is on the disk.

        :param tier: return when this tier is full: `instant` after seconds, `deep` when a transformer has
            read every chunk
        :param full: read every file again
        :param progress: called with what is counted, how many are done, and how many there are
        :raises UsageError: there is no such tier
        """
        wanted = one_of("tier", tier, TIERS)
        return self._connection.ask(IndexFolder(str(self.folder), full, wanted), progress)

    def search(
        self,
        question: str,
        *,
        limit: int = 10,
        tiers: Iterable[str] = (),
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        languages: Iterable[str] = (),
        tests: bool | None = None,
        explain: bool = False,
    ) -> list[Hit]:
        """The code that answers a question, best first.

        :param question: in words or in code; filters such as `lang:python` and `path:src` may be in it
        :param tiers: of `lexical`, `instant` and `deep`, those that answer; all by default
        :param include: globs of the files to search
        :param exclude: globs of files that are not searched
        :param tests: only tests, no tests, or both
        :param explain: have each hit say why it was found
        :raises FolderError: nothing is indexed
        :raises UsageError: `limit` is less than 1, there is no such tier, or a list is a single text
        """
        request = Search(
            question,
            folders=[str(self.folder)],
            limit=at_least_one("limit", limit),
            tiers=[one_of("tiers", name, TIERS) for name in texts_of("tiers", tiers)],
            include=texts_of("include", include),
            exclude=texts_of("exclude", exclude),
            languages=texts_of("languages", languages),
            tests=tests,
            wait=True,
            explain=explain,
        )
        return self._hits(self._connection.ask(request))

    def similar(self, path: str, start_line: int, end_line: int, *, limit: int = 10) -> list[Hit]:
        """Code that is like some lines of a file of the folder, near copies last.

        :param end_line: the last line, included
        :raises UsageError: `limit` is less than 1
        """
        wanted = at_least_one("limit", limit)
        request = Similar(str(self.folder), RelativePath(path), start_line, end_line, limit=wanted, wait=True)
        return self._hits(self._connection.ask(request))

    def embed(self, texts: Sequence[str], *, model: str = "deep", query: bool = False) -> NDArray[np.float32]:
        """The unit vectors of texts, shape (len(texts), dimension): the dot product of two is their cosine.

        A transformer sees the first tokens of a text, as many as its window has: `split` cuts longer ones.

        :param model: `deep` or `instant` for the models of this index, the name of a bundled model, or the
            absolute path of a sentence-transformers folder
        :param query: whether the texts are questions: some models have a prompt for these
        :raises ModelError: there is no such model, or it cannot run
        :raises UsageError: `texts` is a single text

        >>> vectors = index.embed(["wait and try again", "sum of the prices"], model="instant")
        >>> vectors.shape
        (2, 256)
        """
        return embed(self._connection, texts, model, query, self.folder)[1]

    def chunks(self) -> Chunks:
        """The chunks of the index, as columns of NumPy arrays.

        >>> chunks = index.chunks()
        >>> chunks[chunks.path == "net/retry.py"].symbol.tolist()
        ['call_again']
        """
        return self._tables()[0]

    def symbols(self) -> Symbols:
        """The named definitions of the index, as columns of NumPy arrays."""
        return self._tables()[1]

    def vectors(self, chunks: Chunks, tier: str = "deep") -> NDArray[np.float32]:
        """The unit vectors of chunks in the `deep` or the `instant` tier, shape (len(chunks), dimension).

        A row is NaN while its chunk has no vector: `index` fills both tiers. Raises `UsageError` for another
        tier.

        >>> index.vectors(index.chunks(), "deep").shape
        (2, 384)
        """
        return read_vectors(self._connection, self.folder, chunks, tier)[1]

    def coverage(self) -> Coverage:
        """How many files and chunks there are, and the share of the chunks that each tier covers."""
        known = {one.folder: one.coverage for one in self._connection.ask(Status()).folders}
        if str(self.folder) not in known:
            self._connection.ask(ReadChunks(str(self.folder), RelativePath("")))  # opens the folder
            known = {one.folder: one.coverage for one in self._connection.ask(Status()).folders}
        return known[str(self.folder)]

    def export(
        self, target: str | Path, *, kind: ExportKind = "numpy", progress: OnProgress | None = None
    ) -> list[str]:
        """Write chunks, symbols and vectors into a new folder; the names of its files or collections.

        `numpy`: `chunks.jsonl` and `symbols.jsonl` with a line for each; `vectors.npz` with the arrays
        `instant` and `deep`, whose rows are in the order of the chunks; `about.json` with the models.

        `chroma`: a Chroma directory, which plain chromadb opens anywhere. Its collections have no embedding
        function: query them by vectors that `embed` has made with the same model.

        :param target: a folder that does not exist or is empty
        :raises UsageError: there is no such kind
        """
        if one_of("kind", kind, get_args(ExportKind)) == "chroma":
            request = ExportChroma(str(self.folder), os.path.abspath(target))
            return self._connection.ask(request, progress).collections
        chunks, symbols = self._tables()
        tiers = {
            tier.value: read_vectors(self._connection, self.folder, chunks, tier)
            for tier in (Tier.INSTANT, Tier.DEEP)
        }
        return write_arrays(Path(os.path.abspath(target)), self.folder, chunks, symbols, tiers)

    def _hits(self, answer: SearchAnswer) -> list[Hit]:
        if not answer.hits and not answer.coverage.chunks:
            raise FolderError(f"Nothing is indexed in {self.folder}: call index() first.")
        for notice in answer.notices:
            log.warning(notice.text)
        return answer.hits

    def _tables(self) -> tuple[Chunks, Symbols]:
        pages = list(self._pages())
        return (
            chunks_of(chunk for page in pages for chunk in page.chunks),
            symbols_of(symbol for page in pages for symbol in page.symbols),
        )

    def _pages(self) -> Iterator[ChunkPage]:
        after: RelativePath | None = RelativePath("")
        while after is not None:
            page = self._connection.ask(ReadChunks(str(self.folder), after))
            yield page
            after = page.last


def embed(
    connection: Connection, texts: Sequence[str], model: str, query: bool = False, folder: Path | None = None
) -> tuple[Vectors, NDArray[np.float32]]:
    """What says which model has embedded, and the unit vectors of `texts`, shape (len(texts), dimension).

    Arguments as for `Index.embed`; without `folder`, `deep` and `instant` are the models without settings.
    """
    where = str(folder) if folder is not None else ""
    batches = _batches(texts_of("texts", texts), TEXTS)
    answers = [connection.ask(Embed(batch, model, query, where)) for batch in batches]
    return answers[0], np.concatenate([answer.unpack() for answer in answers])


def read_vectors(
    connection: Connection, folder: Path, chunks: Chunks, tier: Tier | str
) -> tuple[Vectors, NDArray[np.float32]]:
    """What says which model a tier has, and its vectors of `chunks`, as `Index.vectors` gives them."""
    wanted = one_of("tier", tier, VECTOR_TIERS)
    hashes = [ContentHash(one) for one in chunks.content_hash.tolist()]
    answers = [connection.ask(ReadVectors(str(folder), wanted, part)) for part in _batches(hashes, HASHES)]
    return answers[0], np.concatenate([answer.unpack() for answer in answers])


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """`items` in parts, at least one."""
    remaining = iter(items)
    yield list(islice(remaining, size))
    while batch := list(islice(remaining, size)):
        yield batch
