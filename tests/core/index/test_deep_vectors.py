"""The deep store: its vectors, the removal of orphans, and that nothing is embedded twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from semlens.core.files.membership import Membership
from semlens.core.index import deep_vectors as deep_module
from semlens.core.index.deep_tier import fill_deep_tier
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.index.model_set import ModelSet
from semlens.core.store.layout import disk_usage
from semlens.errors import Cancelled
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath
from support.live import many_files, write


def filled(root: Path, directory: Path, models: ModelSet) -> FolderIndex:
    index = FolderIndex(root, directory, models)
    reconcile(index, Membership(root, Settings()), CancelToken())
    fill_deep_tier(index, CancelToken())
    return index


def test_vectors_without_a_chunk_are_removed_once_there_are_many(
    tmp_path: Path, models: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deep_module, "MIN_ORPHANS", 50)
    root = write(tmp_path / "workspace", many_files(60))
    index = filled(root, tmp_path / "index", models)
    everything, size = len(index.deep), disk_usage(tmp_path / "index" / "nearest")
    files = sorted(root.rglob("*.py"))
    for path in files[:5]:
        path.unlink()
    reconcile(index, Membership(root, Settings()), CancelToken())
    assert fill_deep_tier(index, CancelToken()).embedded == 0
    assert len(index.deep) == everything, "a branch switch may bring them back"
    for path in files[5:40]:
        path.unlink()
    reconcile(index, Membership(root, Settings()), CancelToken())
    assert fill_deep_tier(index, CancelToken()).embedded == 0
    assert index.deep.open().ids() == index.contents.every() and index.coverage().deep == 1
    assert disk_usage(tmp_path / "index" / "nearest") < size
    index.close()


def test_a_saved_file_seals_nothing_and_a_whole_folder_does(tmp_path: Path, models: ModelSet) -> None:
    root = write(tmp_path / "workspace", many_files(70))
    index = filled(root, tmp_path / "index", models)
    assert list((tmp_path / "index" / "nearest").rglob("sealed.json"))
    write(root, {"new.py": "def fresh():\n    return 1\n"})
    reconcile(index, Membership(root, Settings()), CancelToken())
    assert fill_deep_tier(index, CancelToken()).embedded == 1
    assert not list((tmp_path / "index" / "nearest").rglob("sealed.json"))
    index.deep.checkpoint()
    assert list((tmp_path / "index" / "nearest").rglob("sealed.json"))
    index.close()


def test_an_unclosed_store_is_refilled_in_batches(tmp_path: Path, models: ModelSet) -> None:
    root = write(tmp_path / "workspace", many_files(10))
    index = filled(root, tmp_path / "index", models)
    wanted = index.contents.every()
    index.close()
    for seal in (tmp_path / "index" / "nearest").rglob("sealed.json"):
        seal.unlink()
    index = FolderIndex(root, tmp_path / "index", models)
    assert index.coverage().deep == 0
    stopped = CancelToken()
    stopped.cancel()
    with pytest.raises(Cancelled):
        fill_deep_tier(index, stopped)
    assert index.deep.rebuilding and index.coverage().lexical == 1
    seen: list[tuple[int, int]] = []
    done = fill_deep_tier(index, CancelToken(), lambda done, total: seen.append((done, total)))
    assert (done.embedded, done.reused) == (0, len(wanted))
    assert seen[-1] == (len(wanted), len(wanted))
    index.close()


def test_open_files_come_first(tmp_path: Path, models: ModelSet, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path / "workspace", many_files(30))
    index = FolderIndex(root, tmp_path / "index", models)
    reconcile(index, Membership(root, Settings()), CancelToken())
    first = RelativePath("pkg9/module_0029.py")
    batches: list[list[str]] = []
    embed = models.encoder.encode

    def encode(batch: Sequence[str], cancel: CancelToken | None = None) -> np.ndarray:
        batches.append(list(batch))
        return embed(batch, cancel)

    monkeypatch.setattr(models.encoder, "encode", encode)
    fill_deep_tier(index, CancelToken(), focus=lambda: [first])
    assert sum("worker_29_" in text for text in batches[0]) == 4
    assert sum(map(len, batches)) == len(index.contents.every())
    index.close()


def test_a_kill_loses_vectors_since_the_last_checkpoint_at_most(
    tmp_path: Path, models: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deep_module, "CHECKPOINT_VECTORS", 32)
    root = write(tmp_path / "workspace", many_files(40))
    index = FolderIndex(root, tmp_path / "index", models)
    reconcile(index, Membership(root, Settings()), CancelToken())
    halfway = CancelToken()
    with pytest.raises(Cancelled):
        fill_deep_tier(index, halfway, lambda done, total: halfway.cancel() if done >= 64 else None)
    killed = FolderIndex(root, tmp_path / "index", models)
    assert killed.deep.open().count() >= 64
    killed.close()
    index.close_unsealed()
