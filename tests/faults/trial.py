"""Run engines on a copy of a repository, one after the other, and compare their index with the files."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import numpy as np

from semlens.core.files.membership import Membership
from semlens.core.files.source import Source, read_source
from semlens.core.files.walk import FoundFile, walk
from semlens.core.index.deep_tier import missing_deep, reuse_vectors
from semlens.core.index.folder import FolderIndex
from semlens.core.index.prepare import chunks_of
from semlens.core.store.layout import index_dir, vectors_path
from semlens.core.store.vector_cache import VectorCache
from semlens.engine.models.registry import ModelRegistry
from semlens.settings import Settings
from semlens.types import CancelToken
from support.fast_engine import FastEncoder, vector_of
from support.live import Live

CHANGED_SHARE = 0.03
READY_SECONDS = 180.0

Content = dict[str, list[tuple[int, int, str]]]


@dataclass
class Harm:
    """The damage that was found."""

    died: int = 0
    """Engines that ended by themselves."""
    wrong_files: int = 0
    """Files that are missing, doubled, or have wrong chunks."""
    not_found: int = 0
    """Texts that a tier lacks, or that do not find themselves."""
    embedded_again: int = 0
    answered: list[float] = field(default_factory=list)
    """Seconds from asking, without an engine, to the first answer."""
    ready: list[float] = field(default_factory=list)
    """Seconds from the first answer until every tier was full."""


class Trial:
    """A workspace and a data folder below `folder`, and what the index must have."""

    def __init__(self, folder: Path, repository: Path, chance: Random) -> None:
        self.folder = folder
        self.chance = chance
        self.root = folder / "workspace"
        shutil.copytree(repository, self.root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        self.data_dir = folder / "data"
        self.models = ModelRegistry(folder / "models", FastEncoder).models(Settings())
        self._expected: Content = {}
        self.chunks = 0

    async def recover(self, harm: Harm, kept: set[str], texts: int, whole: bool) -> None:
        """Start an engine on what was left, wait until it is whole, and look at what that is."""
        with self.engine() as live:
            async with live.client() as client:
                started = time.monotonic()
                await client.search("open a file", self.root)
                answered = time.monotonic()
                await client.attach(self.root)
                await client.ready(self.root, seconds=READY_SECONDS)
                harm.answered.append(answered - started)
                harm.ready.append(time.monotonic() - answered)
                harm.died += sum(engine.poll() is not None for engine in live.engines)
            await live.stop()
            harm.embedded_again += len(kept & set(live.embedded()[texts:]))
        self.inspect(harm, whole)

    def inspect(self, harm: Harm, whole: bool) -> None:
        """Compare all that is stored with the files; no engine may be running."""
        vectors = VectorCache(vectors_path(self.data_dir))
        models = replace(self.models, vectors=vectors)
        index = FolderIndex(self.root, index_dir(self.data_dir, self.root, models.deep_fingerprint), models)
        try:
            there, expected = content(index), self.expected()
            harm.wrong_files += sum(there.get(path) != expected.get(path) for path in {*there, *expected})
            self.chunks = index.reader.counts().chunks
            harm.not_found += not_found(index, whole)
        finally:
            index.close()
            vectors.close()

    def expected(self) -> Content:
        """What the files say, without any index; the chunks of a content are made once."""
        found: Content = {}
        membership = Membership(self.root, Settings())
        for item in walk(self.root, membership):
            if not isinstance(item, FoundFile):
                continue
            source = read_source(self.root, item.path, membership.max_bytes, permission=item.permission)
            if isinstance(source, Source):
                key = f"{source.path}\n{source.content_hash}"
                if key not in self._expected:
                    chunks = chunks_of(source, self.models.tokenizer)[1]
                    self._expected[key] = [(one.start_line, one.end_line, one.content_hash) for one in chunks]
                found[source.path] = self._expected[key]
        return found

    def change_files(self) -> None:
        """Edit, rename and remove some files, as a day's work or a branch does."""
        files = [path for path in sorted(self.root.rglob("*.*")) if path.is_file() and not path.is_symlink()]
        for path in self.chance.sample(files, max(3, int(len(files) * CHANGED_SHARE))):
            kind = self.chance.choice(["edit", "edit", "rename", "remove and bring back"])
            if kind == "edit":
                path.write_bytes(path.read_bytes() + b"\n# edited %d\n" % self.chance.randrange(1 << 30))
            elif kind == "rename":
                path.rename(path.with_name(f"{self.chance.randrange(1000)}-{path.name[-80:]}"))
            else:
                data = path.read_bytes()
                path.unlink()
                path.write_bytes(data)

    @contextmanager
    def engine(self, **environment: str) -> Iterator[Live]:
        """An engine for as long as the block lasts; it is killed if it still lives then."""
        self.data_dir.mkdir(exist_ok=True)
        live = Live(self.data_dir, {"SEMLENS_IDLE_MINUTES": "5", **environment})
        try:
            yield live
        finally:
            live.kill_all()


def content(index: FolderIndex) -> Content:
    return {
        path: [
            (chunk.start_line, chunk.end_line, chunk.content_hash)
            for chunk in index.reader.chunks.of_file(path)
        ]
        for path in index.reader.files.stamps()
    }


def not_found(index: FolderIndex, whole: bool) -> int:
    """Chunks that a tier does not have; if `whole`, also texts that their own vector does not find.

    What the deep tier's store has to take from the cache of vectors again, because there was no time
    to close it cleanly, is not lost.
    """
    reuse_vectors(index, CancelToken())
    ids = index.reader.chunks.ids()
    missing = len(np.setxor1d(index.lexical.ids(), ids)) + len(np.setxor1d(index.instant.ids(), ids))
    missing += len(missing_deep(index))
    if whole:
        store, dim = index.deep.open(), index.models.deep.dim
        for key, text in index.reader.texts.to_embed(index.reader.chunks.content_hashes()).items():
            missing += [found for found, _ in store.query(vector_of(text, dim), 1)] != [key]
    return missing


def acknowledged(data_dir: Path) -> set[str]:
    """The content hash of every deep vector that is kept for good."""
    path = data_dir / "vectors.db"
    if not path.exists():
        return set()
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT content_hash FROM vector JOIN model ON model.id = model_id WHERE length(vector) = 768"
        )
        return {row[0].hex() for row in rows}


def slow_encoder(seconds: float) -> None:
    """Let each text take so long, so that faults fall into the deep tier's work too."""
    os.environ["SEMLENS_TEST_ENCODE_SECONDS"] = str(seconds)
