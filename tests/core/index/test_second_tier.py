"""The tier of a second model: nothing is embedded twice, and edits and switches lose nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.core.files.membership import Membership
from semlens.core.index import second_tier
from semlens.core.index.added_tiers import SECOND
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.index.model_set import ModelSet
from semlens.core.index.second_tier import SecondTier, fill_second_tier
from semlens.core.store.live_set import read_live_set
from semlens.core.store.vector_cache import VectorCache
from semlens.settings import Settings
from semlens.types import CancelToken
from support.live import many_files, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "workspace", many_files(12))


def opened(root: Path, models: ModelSet, second: ModelSet | None = None) -> FolderIndex:
    index = FolderIndex(root, root.parent / "index", models)
    reconcile(index, Membership(root, Settings()), CancelToken())
    index.added.use_second(second)
    return index


def second_of(index: FolderIndex) -> SecondTier:
    assert index.added.second is not None
    return index.added.second


def test_every_text_gets_one_vector_also_after_a_kill_and_a_rename(root: Path, models: ModelSet) -> None:
    index = opened(root, models, models)
    second = second_of(index)
    assert index.coverage().second == 0
    embedded = fill_second_tier(second, CancelToken())
    assert embedded == len(second.hashes()) == len(second.vectors) and index.coverage().second == 1
    index.database.close(seal=False)  # as after a kill, nothing else is closed
    (root / "pkg0" / "module_0000.py").rename(root / "moved.py")
    again = opened(root, models, models)
    assert fill_second_tier(second_of(again), CancelToken()) == 0
    assert again.coverage().second == 1
    again.close()


def test_an_edit_embeds_what_is_new_and_forgets_what_is_gone(root: Path, models: ModelSet) -> None:
    index = opened(root, models, models)
    second = second_of(index)
    fill_second_tier(second, CancelToken())
    before = set(second.hashes())
    write(root, {"pkg1/module_0001.py": "def fresh_from_the_press():\n    return 1\n"})
    (root / "pkg2" / "module_0002.py").unlink()
    reconcile(index, Membership(root, Settings()), CancelToken())
    assert fill_second_tier(second, CancelToken()) == 1
    after = set(second.hashes())
    (fresh,) = after - before
    assert second.texts([fresh])[fresh].startswith("Function fresh from the press.")
    (found,) = index.reader.chunks.by_id(second.chunks_with([fresh])[fresh]).values()
    assert found.path == "pkg1/module_0001.py"
    assert before - after and index.coverage().second == 1
    live = read_live_set(index.database.path)
    assert live is not None and live.by_model[models.words_fingerprint] == after
    index.close()


def test_switched_off_the_vectors_stay_and_the_collection_goes(root: Path, models: ModelSet) -> None:
    index = opened(root, models, models)
    fill_second_tier(second_of(index), CancelToken())
    index.added.use_second(None)
    assert index.coverage().second is None and not (index.directory / SECOND).exists()
    live = read_live_set(index.database.path)
    assert live is not None and models.words_fingerprint not in live.by_model
    index.added.use_second(models)
    assert fill_second_tier(second_of(index), CancelToken()) == 0
    assert index.coverage().second == 1
    index.close()


def test_it_gives_way_and_goes_on_where_it_was(
    root: Path, models: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_tier, "BATCH_TEXTS", 10)
    index = opened(root, models, models)
    second = second_of(index)
    looks = iter([False, True])
    some = fill_second_tier(second, CancelToken(), interrupted=lambda: next(looks))
    assert 0 < some < len(second.hashes())
    assert fill_second_tier(second, CancelToken()) == len(second.hashes()) - some
    index.close()


def test_lost_vectors_come_back_from_the_store(root: Path, models: ModelSet) -> None:
    index = opened(root, models, models)
    second = second_of(index)
    fill_second_tier(second, CancelToken())
    assert isinstance(models.vectors, VectorCache)
    models.vectors.remove([models.words_fingerprint])
    assert fill_second_tier(second, CancelToken()) == 0
    assert not models.vectors.missing(models.words_fingerprint, second.hashes())
    index.close()
