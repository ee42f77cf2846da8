"""What kills and damage do to an index: nothing that lasts. Prints a table.

A copy of a repository is indexed by the real engine process, which is killed (SIGKILL) at random
moments while files change under it. After each kill another engine is started and ended cleanly, and
all that it leaves on the disk is compared with the files. Then each stored file is damaged in each of
four ways, and an engine started on that.

    python scripts/bench_faults.py REPOSITORY [--kills 50] [--damages 999] [--seed 1]

The deep tier embeds by hashing, slowly, so that kills fall into its work: a text is then known by its
vector, and the encoder's own deaths are not what is measured here.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "engine"))

from fast_engine import FastEncoder, vector_of
from live import Live

from bench_encoder import describe_machine
from semlens.core.files.ignore import Membership
from semlens.core.files.source import Source, read_source
from semlens.core.files.walk import Candidate, walk
from semlens.core.index.deepen import reuse
from semlens.core.index.folder import FolderIndex
from semlens.core.index.prepare import chunks_of
from semlens.core.store.layout import index_dir, vectors_path
from semlens.core.store.shared import SharedVectors
from semlens.engine.models import ModelShelf
from semlens.settings import Settings
from semlens.types import CancelToken

ENCODE_SECONDS = "0.002"
FRESH_EVERY = 4
"""Kills after which everything is indexed from nothing again."""
CHANGED_SHARE = 0.03
LONGEST_WAIT = 12.0
SHORT_WAIT = 1.5
"""Seconds until a kill, where everything is indexed, and where some changes are."""
READY_SECONDS = 120.0
QUERY_EVERY = 10
"""Kills after which every text is looked for by its vector; the others compare what is there."""

Content = dict[str, list[tuple[int, int, str]]]


@dataclass
class Seen:
    """What was seen over all faults of a kind."""

    faults: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    died: int = 0
    wrong_files: int = 0
    not_found: int = 0
    embedded_again: int = 0
    answered: list[float] = field(default_factory=list)
    """Seconds from asking, without an engine, to the first answer."""
    ready: list[float] = field(default_factory=list)
    """Seconds from the first answer until every tier was full."""

    def row(self, name: str) -> str:
        stages = ", ".join(f"{count} {stage}" for stage, count in self.stages.most_common())
        return (
            f"| {name} | {self.faults} | {stages} | {self.died} | {self.wrong_files} | {self.not_found} "
            f"| {self.embedded_again} | {statistics.median(self.answered):.1f} / {max(self.answered):.1f} "
            f"| {statistics.median(self.ready):.1f} / {max(self.ready):.1f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill the engine and damage its files.")
    parser.add_argument("repository", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--damages", type=int, default=999, help="at most so many")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    os.environ["SEMLENS_TEST_ENCODE_SECONDS"] = ENCODE_SECONDS
    with tempfile.TemporaryDirectory(prefix="semlens-faults-") as place:
        bench = Bench(Path(place), arguments.repository.resolve(), random.Random(arguments.seed))
        kills = asyncio.run(bench.kill(arguments.kills))
        damages = asyncio.run(bench.damage(arguments.damages))
        files = len(bench.expected())
    print(describe_machine())
    print(f"{arguments.repository.name}: {files} files, {bench.chunks} chunks\n")
    columns = [
        "fault",
        "times",
        "when or how",
        "processes that died",
        "files lost, double or wrong",
        "texts not found",
        "embedded again",
        "s to an answer, median / most",
        "s to be whole, median / most",
    ]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    if kills.faults:
        print(kills.row("SIGKILL of the engine"))
    if damages.faults:
        print(damages.row("damaged file"))


class Bench:
    """A copy of a repository, and engines on it, one after the other."""

    def __init__(self, place: Path, repository: Path, chance: random.Random) -> None:
        self.place = place
        self.chance = chance
        self.root = place / "workspace"
        shutil.copytree(repository, self.root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        self.data_dir = place / "data"
        self.models = ModelShelf(place / "models", FastEncoder).models(Settings())
        self._expected: dict[str, list[tuple[int, int, str]]] = {}
        self.chunks = 0

    async def kill(self, kills: int) -> Seen:
        seen = Seen()
        for number in range(kills):
            if number % FRESH_EVERY == 0:
                shutil.rmtree(self.data_dir, ignore_errors=True)
            self._change_files()
            with self._engine() as live:
                await self._work_until_killed(live, seen, fresh=number % FRESH_EVERY == 0)
                kept, texts = acknowledged(self.data_dir), live.embedded()
            await self._recover(seen, kept, len(texts), whole=number % QUERY_EVERY == QUERY_EVERY - 1)
            seen.faults += 1
            print(f"kill {number + 1} of {kills}: {seen}", file=sys.stderr)
        return seen

    async def damage(self, most: int) -> Seen:
        seen = Seen()
        sound = self.place / "sound"
        if not self.data_dir.exists():
            await self._recover(Seen(), set(), 0, whole=False)
        shutil.copytree(self.data_dir, sound)
        files = [
            path for path in sorted(sound.rglob("*")) if path.is_file() and is_stored(path.relative_to(sound))
        ]
        for file, way in [(file, way) for file in files for way in WAYS][:most]:
            shutil.rmtree(self.data_dir)
            shutil.copytree(sound, self.data_dir)
            way(self.data_dir / file.relative_to(sound))
            kept = set() if file.name == "vectors.db" else acknowledged(sound)
            await self._recover(seen, kept, embedded_so_far(self.data_dir), whole=False)
            seen.faults += 1
            seen.stages[way.__name__] += 1
            print(f"{way.__name__} {file.relative_to(sound)}: {seen}", file=sys.stderr)
        return seen

    async def _work_until_killed(self, live: Live, seen: Seen, fresh: bool) -> None:
        async with live.client() as client:
            await client.attach(self.root)
            await asyncio.sleep(self.chance.uniform(0, LONGEST_WAIT if fresh else SHORT_WAIT))
            status = await client.status(self.root)
            coverage = status["coverage"]
            working = status["state"] in ("indexing", "rebuilding")
            seen.stages["files" if working else "deep tier" if coverage["deep"] < 1 else "at rest"] += 1
            live.kill_all()

    async def _recover(self, seen: Seen, kept: set[str], texts: int, whole: bool) -> None:
        """Start an engine on what was left, wait until it is whole, and look at what that is."""
        with self._engine() as live:
            async with live.client() as client:
                started = time.monotonic()
                await client.search("open a file", self.root)
                answered = time.monotonic()
                await client.attach(self.root)
                await client.ready(self.root, READY_SECONDS)
                seen.answered.append(answered - started)
                seen.ready.append(time.monotonic() - answered)
                seen.died += sum(engine.poll() is not None for engine in live.engines)
            await live.stop()
            seen.embedded_again += len(kept & set(live.embedded()[texts:]))
        self._inspect(seen, whole)

    def _inspect(self, seen: Seen, whole: bool) -> None:
        vectors = SharedVectors(vectors_path(self.data_dir))
        models = replace(self.models, vectors=vectors)
        index = FolderIndex(self.root, index_dir(self.data_dir, self.root, models.deep_fingerprint), models)
        try:
            there, expected = content(index), self.expected()
            seen.wrong_files += sum(there.get(path) != expected.get(path) for path in {*there, *expected})
            self.chunks = index.database.counts().chunks
            seen.not_found += not_found(index, whole)
        finally:
            index.close()
            vectors.close()

    def expected(self) -> Content:
        """What the files say, without any index; the chunks of a content are made once."""
        found: Content = {}
        membership = Membership(self.root, Settings())
        for item in walk(self.root, membership):
            source = (
                read_source(self.root, item.path, membership.max_bytes)
                if isinstance(item, Candidate)
                else None
            )
            if isinstance(source, Source):
                key = f"{source.path}\n{source.content_hash}"
                if key not in self._expected:
                    chunks = chunks_of(source, self.models.measure)[1]
                    self._expected[key] = [(one.start_line, one.end_line, one.content_hash) for one in chunks]
                found[source.path] = self._expected[key]
        return found

    def _change_files(self) -> None:
        """Edit, rename and remove some files, as a day's work or a branch does."""
        files = [path for path in sorted(self.root.rglob("*.*")) if path.is_file()]
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
    def _engine(self) -> Iterator[Live]:
        self.data_dir.mkdir(exist_ok=True)
        live = Live(self.data_dir, {"SEMLENS_IDLE_MINUTES": "5"})
        try:
            yield live
        finally:
            live.kill_all()


def content(index: FolderIndex) -> Content:
    return {
        path: [
            (chunk.start_line, chunk.end_line, chunk.content_hash)
            for chunk in index.database.chunks_of_file(path)
        ]
        for path in index.database.stamps()
    }


def not_found(index: FolderIndex, whole: bool) -> int:
    """Chunks that a tier does not have; if `whole`, also texts that their own vector does not find.

    What the deep tier's store has to take from the cache of vectors again, because there was no time
    to close it cleanly, is not lost.
    """
    reuse(index, CancelToken())
    ids = index.database.places().chunk_ids
    missing = len(np.setxor1d(index.lexical.ids(), ids)) + len(np.setxor1d(index.flat.ids(), ids))
    missing += len(index.pending_deep())
    if whole:
        store, dim = index.nearest(), index.models.deep.dim
        for key, text in index.database.embedding_texts(index.database.hashes()).items():
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


def embedded_so_far(data_dir: Path) -> int:
    log = data_dir / "embedded.log"
    return len(log.read_text().split()) if log.exists() else 0


def is_stored(path: Path) -> bool:
    """Whether this is one of the stores' files, rather than a lock or a log."""
    return path.name == "vectors.db" or (path.parts[0] == "workspaces" and len(path.parts) > 3)


def truncate(path: Path) -> None:
    if path.is_file():
        os.truncate(path, path.stat().st_size // 2)


def zero(path: Path) -> None:
    if path.is_file():
        path.write_bytes(bytes(path.stat().st_size))


def flip(path: Path) -> None:
    """One bit in every seventh part."""
    if path.is_file():
        data = bytearray(path.read_bytes())
        for at in range(len(data) // 7, len(data), max(1, len(data) // 7)):
            data[at] ^= 0x10
        path.write_bytes(data)


def sparse_terabyte(path: Path) -> None:
    if path.is_file():
        path.write_bytes(b"")
        os.truncate(path, 1 << 40)


WAYS: list[Callable[[Path], None]] = [truncate, zero, flip, sparse_terabyte]


if __name__ == "__main__":
    main()
