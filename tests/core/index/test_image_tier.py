"""The tier of an image model: no image is looked at twice, and a changed folder has what a new one has."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.core.files.membership import Membership
from semlens.core.index import noted_images
from semlens.core.index.added_tiers import IMAGES
from semlens.core.index.folder import FolderIndex
from semlens.core.index.image_tier import ImageModels, ImageTier, fill_image_tier
from semlens.core.index.indexer import reconcile
from semlens.core.index.model_set import ModelSet
from semlens.core.store.live_set import read_live_set
from semlens.core.store.vector_cache import VectorCache
from semlens.core.util.content_hash import hash_bytes
from semlens.settings import Settings
from semlens.types import CancelToken
from support.hashing_eye import BROKEN, HashingEye, image_models
from support.live import write

GIF = b"GIF89a"
FILES = {
    "img/first.gif": GIF + b"first",
    "img/second.gif": GIF + b"second",
    "web/copy.gif": GIF + b"first",
    "web/broken.gif": GIF + BROKEN,
    "web/drawn.svg": b"<svg><title>Depot</title></svg>",
    "cart.py": b"def add_to_cart(cart, item):\n    cart.append(item)\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "workspace", FILES)


@pytest.fixture
def eye() -> HashingEye:
    return HashingEye()


@pytest.fixture
def looking(models: ModelSet, eye: HashingEye) -> ImageModels:
    return image_models(eye, models.vectors)


def scan(index: FolderIndex, images: bool = True) -> None:
    reconcile(index, Membership(index.root, Settings(images=images)), CancelToken())


def opened(root: Path, models: ModelSet, looking: ImageModels, name: str = "index") -> FolderIndex:
    index = FolderIndex(root, root.parent / name, models)
    scan(index)
    index.added.use_image_model(looking)
    return index


def tier_of(index: FolderIndex) -> ImageTier:
    assert index.added.images is not None
    return index.added.images


def test_each_content_is_looked_at_once_also_after_a_kill_and_a_rename(
    root: Path, models: ModelSet, looking: ImageModels, eye: HashingEye
) -> None:
    index = opened(root, models, looking)
    tier = tier_of(index)
    assert fill_image_tier(tier, CancelToken()) == 3
    assert sorted(eye.looked) == sorted({hash_bytes(FILES[path]) for path in FILES if path.endswith("gif")})
    first, second = (hash_bytes(FILES[f"img/{name}.gif"]) for name in ("first", "second"))
    assert tier.contents() == {first: ["img/first.gif", "web/copy.gif"], second: ["img/second.gif"]}
    assert len(tier.vectors) == 2 and tier.coverage() == 1
    index.database.close(seal=False)  # as after a kill, nothing else is closed
    (root / "img" / "second.gif").rename(root / "moved.gif")
    again = opened(root, models, looking)
    assert fill_image_tier(tier_of(again), CancelToken()) == 0
    assert tier_of(again).contents()[second] == ["moved.gif"]
    again.close()


def test_after_changes_it_has_what_a_new_index_has(
    root: Path, models: ModelSet, looking: ImageModels, eye: HashingEye
) -> None:
    index = opened(root, models, looking)
    fill_image_tier(tier_of(index), CancelToken())
    write(root, {"img/first.gif": GIF + b"drawn anew", "web/broken.gif": GIF + b"mended"})
    (root / "img" / "second.gif").unlink()
    scan(index)
    assert fill_image_tier(tier_of(index), CancelToken()) == 2
    scratch = opened(root, models, looking, "scratch")
    assert fill_image_tier(tier_of(scratch), CancelToken()) == 0
    assert tier_of(index).contents() == tier_of(scratch).contents()
    assert tier_of(index).coverage() == tier_of(scratch).coverage() == 1
    live = read_live_set(index.database.path)
    assert live is not None and live.by_model[looking.model.fingerprint] == tier_of(scratch).contents().keys()
    scan(index, images=False)
    fill_image_tier(tier_of(index), CancelToken())
    assert not tier_of(index).contents()
    for one in (index, scratch):
        one.close()


def test_what_is_too_large_is_not_looked_at(
    root: Path, models: ModelSet, looking: ImageModels, eye: HashingEye, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noted_images, "MOST_BYTES", len(GIF + b"first"))
    index = opened(root, models, looking)
    fill_image_tier(tier_of(index), CancelToken())
    assert eye.looked == [hash_bytes(GIF + b"first")]
    index.close()


def test_it_gives_way_and_goes_on_where_it_was(
    root: Path, models: ModelSet, looking: ImageModels, eye: HashingEye
) -> None:
    index = opened(root, models, looking)
    looks = iter([True, False, False, True])
    assert fill_image_tier(tier_of(index), CancelToken(), interrupted=lambda: next(looks)) == 0
    assert fill_image_tier(tier_of(index), CancelToken(), interrupted=lambda: next(looks)) == 1
    assert fill_image_tier(tier_of(index), CancelToken()) == 2
    assert len(eye.looked) == len(set(eye.looked))
    index.close()


def test_switched_off_the_vectors_stay_and_the_collection_goes(
    root: Path, models: ModelSet, looking: ImageModels, eye: HashingEye
) -> None:
    index = opened(root, models, looking)
    fill_image_tier(tier_of(index), CancelToken())
    index.added.use_image_model(None)
    assert index.added.images is None and not (index.directory / IMAGES).exists()
    live = read_live_set(index.database.path)
    assert live is not None and live.images is None
    index.added.use_image_model(looking)
    assert fill_image_tier(tier_of(index), CancelToken()) == 1  # The broken one may be another's.
    assert tier_of(index).coverage() == 1
    index.close()


def test_lost_vectors_come_back_from_the_store(
    root: Path, models: ModelSet, looking: ImageModels, eye: HashingEye
) -> None:
    index = opened(root, models, looking)
    fill_image_tier(tier_of(index), CancelToken())
    assert isinstance(models.vectors, VectorCache)
    models.vectors.remove([looking.model.fingerprint])
    assert fill_image_tier(tier_of(index), CancelToken()) == 0
    assert not models.vectors.missing(looking.model.fingerprint, tier_of(index).contents())
    index.close()
