"""After any sequence of events, the index of a folder equals a new index of the same folder.

A kill is simulated by its effect on the disk: the data folder is copied in the middle of a job, and the
copy is opened.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from semlens.core.files.images import is_svg
from semlens.core.files.membership import Membership
from semlens.core.files.source import Source, read_source
from semlens.core.files.walk import FoundFile, walk
from semlens.core.index import deep_vectors as deep
from semlens.core.index.deep_tier import fill_deep_tier
from semlens.core.index.folder import FolderIndex
from semlens.core.index.image_tier import fill_image_tier
from semlens.core.index.indexer import reconcile, update
from semlens.core.index.model_set import ModelSet
from semlens.core.index.picture_reading import read_pictures
from semlens.core.store import instant_vectors, last_close
from semlens.core.store.chroma_store import ChromaStore
from semlens.core.store.layout import index_dir
from semlens.core.store.vector_cache import VectorCache
from semlens.core.util.content_hash import hash_bytes
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath
from support.hashing_eye import HashingEye, image_models
from support.plain_reader import PlainReader
from support.small_store import SmallStore
from support.whole_index import (
    OnceEncoder,
    chunks_in,
    content,
    every_text_finds_itself,
    real_models,
)

PATHS = "a.py b.py lib/a.py lib/deep/c.go docs/readme.md skip/x.py a.log .env lib.py".split()
TEXTS = [
    "def alpha(x):\n    return x + 1\n",
    "def beta(y):\n    return y * 2\n\n\nclass Gamma:\n    def delta(self):\n        return beta(3)\n",
    "# Heading\n\nSome words about caches.\n\n## Second\n\nMore words.\n",
    "\n\n".join(f"def long_{n}(a, b):\n    total = a * {n}\n    return total + b" for n in range(40)) + "\n",
    "",
    "a\0b",
    "x = 1\n",
    "package c\n\nfunc Count() int { return 4 }\n",
]
RULES = ["", "lib/\n", "*.py\n!a.py\n", "skip\n*.log\n", "/a.py\n", "docs/\n!docs/readme.md\n"]


MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""No test here cuts the power, and fsync takes seconds on a busy disk."""


class Killed(BaseException):
    """Simulates the death of the process."""


class Deadline(CancelToken):
    """A token that calls a function at its n-th check."""

    __slots__ = ("_left", "_then")

    def __init__(self, asked: int, then: Callable[[], None]) -> None:
        super().__init__()
        self._left = asked
        self._then = then

    def check(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._then()
        super().check()


def remove(folder: Path) -> None:
    """Remove a folder, although tantivy's threads may still write to it for a moment."""
    for attempt in range(100):
        try:
            return shutil.rmtree(folder)
        except OSError:
            if attempt == 99:
                raise
            time.sleep(0.05)


class IndexMachine(RuleBasedStateMachine):
    @initialize(large=st.booleans())
    def begin(self, large: bool) -> None:
        self.patch = pytest.MonkeyPatch()
        if large:  # As an index of hundreds of thousands of chunks is opened.
            self.patch.setattr(instant_vectors, "MIN_MAPPED", 4)
            self.patch.setattr(last_close, "LARGE_BYTES", 0)
        self.place = Path(tempfile.mkdtemp(prefix="semlens-machine-", dir=MEMORY))
        self.root = self.place / "workspace"
        self.root.mkdir()
        self.lives = itertools.count()
        self.data_dir = self.place / f"data{next(self.lives)}"
        self.branches: dict[int, Path] = {}
        self.told: set[RelativePath] = set()
        self.rules_changed = False
        self.model = 0
        self.open()
        for path, text in zip(PATHS, TEXTS, strict=False):
            self.write(path, text)

    def open(self) -> None:
        tokenizer, static, deep = real_models()
        self.vectors = VectorCache(self.data_dir / "vectors.db")
        encoder = OnceEncoder(self, deep[0].dim)
        self.models = ModelSet(tokenizer, static, deep[self.model], encoder, self.vectors)
        folder = index_dir(self.data_dir, self.root, self.models.deep_fingerprint)
        self.index = FolderIndex(self.root, folder, self.models)
        assert self.index.notice is None

    def close(self) -> None:
        self.index.close()
        self.vectors.close()

    def teardown(self) -> None:
        if hasattr(self, "index"):
            try:
                self.equals_a_scratch_index()
            finally:
                self.close()
                self.patch.undo()
                remove(self.place)

    # Actions of the user

    @rule(data=st.data(), word=st.sampled_from(["alpha", "beta", "total", "renamed"]))
    def edit(self, data: st.DataObject, word: str) -> None:
        """Change one word of a file, and so one of its functions."""
        entry = self.some_entry(data)
        if entry is not None and entry.is_file():
            old = data.draw(st.sampled_from(["x", "total = a * 7", "words", "Count"]))
            entry.write_text(entry.read_text().replace(old, f"{word}({old})", 1))
            self.told.add(RelativePath(entry.relative_to(self.root).as_posix()))

    @rule(path=st.sampled_from(PATHS), text=st.sampled_from(TEXTS))
    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_dir():
            target.write_text(text)
            self.told.add(RelativePath(path))

    @rule(data=st.data(), to=st.sampled_from([*PATHS, "moved", "lib/moved"]))
    def rename(self, data: st.DataObject, to: str) -> None:
        source = self.some_entry(data)
        destination = self.root / to
        if source is None or destination.exists() or source in destination.parents:
            return
        destination.parent.mkdir(parents=True, exist_ok=True)
        source.rename(destination)
        self.told |= {RelativePath(source.relative_to(self.root).as_posix()), RelativePath(to)}

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        entry = self.some_entry(data)
        if entry is not None:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            self.told.add(RelativePath(entry.relative_to(self.root).as_posix()))

    @rule(rules=st.sampled_from(RULES), where=st.sampled_from(["", "lib"]))
    def change_the_rules(self, rules: str, where: str) -> None:
        folder = self.root / where
        if folder.is_dir():
            (folder / ".gitignore").write_text(rules)
            self.rules_changed = True

    @rule(name=st.integers(0, 1))
    def switch_branch(self, name: int) -> None:
        """Save the tree as the current branch, then restore the other branch."""
        other = 1 - name
        kept = self.place / f"branch{other}"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.root, kept)
        self.branches[other] = kept
        if name in self.branches:
            for entry in self.root.iterdir():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            shutil.copytree(self.branches[name], self.root, dirs_exist_ok=True, copy_function=shutil.copyfile)
        self.rules_changed = True

    # Actions of the engine

    @rule()
    def follow(self) -> None:
        """Update the paths that the watcher would report: it leaves out excluded files."""
        if self.rules_changed:
            self.scan(False)
            return
        membership = self.membership()
        told = [path for path in self.told if membership.refuse(path, (self.root / path).is_dir()) is None]
        update(self.index, membership, told, CancelToken())
        self.told.clear()

    @rule(full=st.booleans())
    def scan(self, full: bool) -> None:
        reconcile(self.index, self.membership(), CancelToken(), full=full)
        self.all_is_told()

    @rule()
    def improve(self) -> None:
        fill_deep_tier(self.index, CancelToken())

    @rule()
    def restart(self) -> None:
        self.close()
        self.open()

    @rule(asked=st.integers(1, 12), deep=st.booleans())
    def die(self, asked: int, deep: bool) -> None:
        """Kill the engine in the middle of a job, or right after it."""
        left = self.place / f"data{next(self.lives)}"

        def kill() -> None:
            shutil.copytree(self.data_dir, left)
            raise Killed

        try:
            reconcile(self.index, self.membership(), Deadline(asked, kill))
            if deep:
                fill_deep_tier(self.index, Deadline(asked, kill))
            kill()
        except Killed:
            pass
        self.close()
        remove(self.data_dir)
        self.data_dir = left
        self.open()
        self.scan(False)

    @rule(asked=st.integers(1, 12))
    def cancel(self, asked: int) -> None:
        deadline = Deadline(asked, lambda: deadline.cancel())
        try:
            reconcile(self.index, self.membership(), deadline)
            self.all_is_told()
        except Exception:
            self.rules_changed = True

    @rule()
    def change_the_model(self) -> None:
        self.close()
        self.model = 1 - self.model
        self.open()
        self.scan(False)

    @rule()
    def equals_a_scratch_index(self) -> None:
        self.follow()
        fill_deep_tier(self.index, CancelToken())
        self.compare()
        ids = self.index.reader.chunks.ids()
        assert np.array_equal(self.index.lexical.ids(), ids) and np.array_equal(self.index.instant.ids(), ids)
        coverage = self.index.coverage()
        assert (coverage.lexical, coverage.instant, coverage.deep) == (1, 1, 1)
        every_text_finds_itself(self.index)

    # Helpers

    def compare(self) -> None:
        """Compare with a new index of the same folder."""
        with tempfile.TemporaryDirectory(dir=self.place) as folder:
            scratch = FolderIndex(self.root, Path(folder), self.models)
            reconcile(scratch, self.membership(), CancelToken())
            self.read_images(scratch)
            assert content(self.index) == content(scratch)
            assert words(self.index) == words(scratch)
            scratch.close()

    def read_images(self, index: FolderIndex) -> None:
        """Read the text in images, where there are some."""

    def some_entry(self, data: st.DataObject) -> Path | None:
        entries = [path for path in sorted(self.root.rglob("*")) if path.name != ".gitignore"]
        return data.draw(st.sampled_from(entries)) if entries else None

    def membership(self) -> Membership:
        return Membership(self.root, Settings())

    def all_is_told(self) -> None:
        self.told.clear()
        self.rules_changed = False


def words(index: FolderIndex) -> dict[str, set[tuple[RelativePath, int]]]:
    """The hits of the lexical tier, by path and line."""
    found = {}
    for word in ("alpha", "beta", "words", "long_7", "count", "total"):
        chunks = index.reader.chunks.by_id([number for number, _ in index.lexical.search(word, 100)])
        found[word] = {(chunk.path, chunk.start_line) for chunk in chunks.values()}
    return found


class ManyMachine(IndexMachine):
    """The same without Chroma, which takes most of the time of an example."""

    @initialize(large=st.booleans())
    def begin(self, large: bool) -> None:
        deep.ChromaStore = SmallStore  # type: ignore[assignment,misc]
        super().begin(large)

    def compare(self) -> None:
        """Compare with the chunks of the files: a second index would take twice as long."""
        membership = self.membership()
        paths = [item.path for item in walk(self.root, membership) if isinstance(item, FoundFile)]
        sources = [read_source(self.root, path, membership.max_bytes) for path in paths]
        said = {one.path: chunks_in(one.path, one.written) for one in sources if isinstance(one, Source)}
        assert content(self.index) == said

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            deep.ChromaStore = ChromaStore  # type: ignore[misc]


IMAGES = "img/a.svg img/b.gif docs/a.svg lib/b.gif a.svg".split()
DRAWN = [
    '<svg xmlns="http://www.w3.org/2000/svg"><title>alpha words</title><text>total</text></svg>',
    "<svg><title>beta</title>",
    "GIF89a; alpha count",
    "no image",
    "",
]
SAYING = [
    "# Caches\n\n![alpha image](img/a.svg)\n\n![](b.gif)\n",
    "# Count\n\n<img src='../img/b.gif' alt='beta'>\n\n![x](a.svg)\n",
    "# total of x\nLOGO = '/img/a.svg'\nother = 'lib/b.gif'\n",
]


SAYERS = ["docs/readme.md", "lib/note.md", "lib/a.py", "img/note.md"]


class ImageMachine(IndexMachine):
    """The same with images, whose words depend on other files and on their pixels, which a model looks at."""

    @initialize(large=st.booleans())
    def begin(self, large: bool) -> None:
        deep.ChromaStore = SmallStore  # type: ignore[assignment,misc]
        self.images = True
        self.read_text = True
        self.eye = HashingEye()
        self.reader = PlainReader()
        super().begin(large)
        for path, text in zip([*IMAGES, *SAYERS], [*DRAWN, *SAYING], strict=False):
            self.write(path, text)
        self.scan(False)

    def open(self) -> None:
        super().open()
        self.index.added.use_image_model(image_models(self.eye, self.vectors))

    @rule()
    def look(self) -> None:
        assert self.index.added.images is not None
        fill_image_tier(self.index.added.images, CancelToken())

    @rule()
    def read(self) -> None:
        if self.images and self.read_text:
            read_pictures(self.index, self.reader, CancelToken())

    @rule()
    def want_text_or_not(self) -> None:
        self.read_text = not self.read_text
        self.rules_changed = True

    @rule()
    def equals_a_scratch_index(self) -> None:
        self.follow()
        self.read_images(self.index)
        super().equals_a_scratch_index()

    def read_images(self, index: FolderIndex) -> None:
        if self.images and self.read_text:
            read_pictures(index, self.reader, CancelToken())
            update(index, self.membership(), (), CancelToken())

    @rule(path=st.sampled_from(IMAGES), text=st.sampled_from(DRAWN))
    def draw(self, path: str, text: str) -> None:
        self.write(path, text)

    @rule(path=st.sampled_from(SAYERS), text=st.sampled_from(SAYING))
    def say(self, path: str, text: str) -> None:
        self.write(path, text)

    @rule()
    def want_images_or_not(self) -> None:
        self.images = not self.images
        self.rules_changed = True

    def membership(self) -> Membership:
        return Membership(self.root, Settings(images=self.images, image_text=self.read_text))

    def compare(self) -> None:
        super().compare()
        indexed = self.index.reader.files.images()
        if not self.images:
            assert not indexed and self.index.database.images.version is None
        if not self.images or not self.read_text:
            assert self.index.database.picture_texts.version is None
        self.look()
        assert self.index.added.images is not None
        wanted: dict[str, list[str]] = {}
        for path in sorted(path for path in map(str, indexed) if not is_svg(path)):
            wanted.setdefault(hash_bytes((self.root / path).read_bytes()), []).append(path)
        assert self.index.added.images.contents() == wanted and self.index.added.images.coverage() == 1

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            deep.ChromaStore = ChromaStore  # type: ignore[misc]


def _examples(count: int, steps: int) -> settings:
    return settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),  # Shrinking takes too long for a test.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


ImageMachine.TestCase.settings = _examples(60, 10)
IndexMachine.TestCase.settings = _examples(30, 14)
ManyMachine.TestCase.settings = _examples(140, 7)
TestIndexMachine = pytest.mark.timeout(400)(pytest.mark.slow(IndexMachine.TestCase))
TestImageMachine = pytest.mark.timeout(400)(pytest.mark.slow(ImageMachine.TestCase))
TestManyMachine = pytest.mark.timeout(600)(pytest.mark.slow(ManyMachine.TestCase))
