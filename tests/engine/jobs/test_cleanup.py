"""The cleanup deletes stale data, and nothing else."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from semlens.core.store.database import IndexDatabase
from semlens.core.store.layout import index_dir
from semlens.core.store.records import FileChunks
from semlens.core.store.vector_cache import VectorCache
from semlens.engine.jobs.cleanup import DAMAGED_DAYS, STALE_DAYS, clean
from semlens.private_files import set_aside, write_private
from semlens.types import Chunk, ChunkKind, ContentHash, FileStamp, Fingerprint, RelativePath

DAY = 86_400
DEEP, INSTANT, OTHER = Fingerprint("deep"), Fingerprint("instant"), Fingerprint("other")
USED, ORPHAN = ContentHash("aa" * 16), ContentHash("bb" * 16)


def make_index(data_dir: Path, root: Path, model: Fingerprint) -> Path:
    """An index with one chunk."""
    folder = index_dir(data_dir, root, model)
    database = IndexDatabase(folder / "index.db")
    chunk = Chunk("x", 1, 1, "python", ChunkKind.LINES, "x", USED)
    stamp = FileStamp(1, 1)
    database.apply([FileChunks(RelativePath("a.py"), stamp, USED, "python", [chunk], np.ones((1, 2), "f2"))])
    database.set_meta(model=model, instant=INSTANT)
    database.close()
    return folder


def age(folder: Path, days: float) -> None:
    moment = time.time() - days * DAY
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (moment, moment))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    root.mkdir()
    return root


def test_what_was_damaged_goes_after_some_days(tmp_path: Path, root: Path) -> None:
    data, folder = tmp_path / "data", make_index(tmp_path / "data", root, DEEP)
    old, new = [folder / "index.db.damaged", data / "engine.json.damaged"], folder / "lexical.damaged"
    old[0].write_bytes(b"x")
    old[1].mkdir()
    (old[1] / "something").write_bytes(b"x")
    left, file = folder / ".index.db.seal.ab12cd_9.unfinished", folder / ".hidden"
    for path in (left, file):
        path.write_bytes(b"x")
    age(data, DAMAGED_DAYS + 1)
    write_private(new, b"x")
    set_aside(new)
    clean(data, None, [folder])
    assert not any(path.exists() for path in (*old, left))
    assert new.with_name("lexical.damaged.damaged").exists() and file.exists()
    assert (folder / "index.db").exists()


@pytest.mark.parametrize("content", [b"", b"/nowhere", b"\0", b"\xff" * 9])
def test_an_index_whose_folder_is_not_known_goes_after_a_while(
    tmp_path: Path, root: Path, content: bytes
) -> None:
    folder = make_index(tmp_path / "data", root, DEEP)
    (folder.parent / "folder").write_bytes(content)
    clean(tmp_path / "data", None, [])
    assert folder.exists()
    age(folder.parent, STALE_DAYS + 1)
    clean(tmp_path / "data", None, [])
    assert not folder.exists()


def test_an_index_stays_while_its_folder_exists(tmp_path: Path, root: Path) -> None:
    folder = make_index(tmp_path / "data", root, DEEP)
    age(folder.parent, 400)
    clean(tmp_path / "data", None, [])
    assert (folder / "index.db").exists()


def test_the_index_of_a_deleted_folder_goes_after_a_while(tmp_path: Path, root: Path) -> None:
    folder = make_index(tmp_path / "data", root, DEEP)
    shutil.rmtree(root)
    clean(tmp_path / "data", None, [])
    assert folder.exists()
    age(folder.parent, STALE_DAYS + 1)
    clean(tmp_path / "data", None, [folder])
    assert folder.exists()
    clean(tmp_path / "data", None, [])
    assert not folder.exists()
    age(folder.parent, STALE_DAYS + 1)
    clean(tmp_path / "data", None, [])
    assert not folder.parent.exists()


def test_the_index_of_an_old_model_goes_after_a_while(tmp_path: Path, root: Path) -> None:
    old = make_index(tmp_path / "data", root, OTHER)
    new = make_index(tmp_path / "data", root, DEEP)
    clean(tmp_path / "data", None, [new])
    assert old.exists()
    age(old, STALE_DAYS + 1)
    clean(tmp_path / "data", None, [new])
    assert new.exists() and not old.exists()


def test_vectors_that_no_index_uses_go_after_a_while(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_index(tmp_path / "data", root, DEEP)
    long_ago = time.time() - 100 * DAY
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: long_ago)
        vectors = VectorCache(tmp_path / "data" / "vectors.db")
        for fingerprint in (DEEP, INSTANT, OTHER):
            vectors.put(fingerprint, [USED, ORPHAN], np.ones((2, 2), "f2"))
    clean(tmp_path / "data", vectors, [])
    left = {model: set(vectors.get(model, [USED, ORPHAN])) for model in (DEEP, INSTANT, OTHER)}
    assert left == {DEEP: {USED}, INSTANT: {USED}, OTHER: set()}
    vectors.close()


def test_vectors_stay_while_an_index_cannot_be_read(tmp_path: Path, root: Path) -> None:
    folder = make_index(tmp_path / "data", root, DEEP)
    (folder / "index.db").write_bytes(b"damaged" * 1000)
    vectors = VectorCache(tmp_path / "data" / "vectors.db")
    vectors.put(DEEP, [USED, ORPHAN], np.ones((2, 2), "f2"))
    clean(tmp_path / "data", vectors, [], now=lambda: time.time() + 1)
    assert set(vectors.get(DEEP, [USED, ORPHAN])) == {USED, ORPHAN}
    vectors.close()


def test_a_cleanup_leaves_a_sealed_index_sealed(tmp_path: Path, root: Path) -> None:
    folder = make_index(tmp_path / "data", root, DEEP)
    clean(tmp_path / "data", None, [])
    database = IndexDatabase(folder / "index.db")
    assert database.reader.counts().chunks == 1
    database.close()
