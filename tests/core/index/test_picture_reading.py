"""Text in images: each content is read once, its words come and go with the image."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile, update
from semlens.core.index.model_set import ModelSet
from semlens.core.index.picture_reading import read_pictures
from semlens.core.query.query import parse_query
from semlens.core.search import SearchOptions
from semlens.core.search.explain import explained
from semlens.core.search.searcher import Searcher
from semlens.core.store import picture_texts
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath, Tier
from support.hashing_eye import BROKEN
from support.plain_reader import PlainReader

GIF = b"GIF89a;"
FILES = {
    "img/first.gif": GIF + b"conveyor jammed",
    "web/copy.gif": GIF + b"conveyor jammed",
    "web/broken.gif": GIF + BROKEN,
    "web/drawn.svg": b"<svg><title>Depot</title></svg>",
    "cart.py": b"def add_to_cart(cart, item):\n    cart.append(item)\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "workspace", FILES)


@pytest.fixture
def reader() -> PlainReader:
    return PlainReader()


def write(root: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def membership(index: FolderIndex, text: bool = True) -> Membership:
    return Membership(index.root, Settings(images=True, image_text=text))


def opened(root: Path, models: ModelSet, name: str = "index") -> FolderIndex:
    index = FolderIndex(root, root.parent / name, models)
    reconcile(index, membership(index), CancelToken())
    return index


def read(index: FolderIndex, reader: PlainReader) -> bool:
    changed = read_pictures(index, reader, CancelToken())
    update(index, membership(index), (), CancelToken())
    return changed


def found(index: FolderIndex, word: str) -> set[str]:
    """The files that the lexical tier finds by a word."""
    chunks = index.reader.chunks.by_id([number for number, _ in index.lexical.search(word, 100)])
    return {chunk.path for chunk in chunks.values()}


def words(index: FolderIndex, path: str) -> str:
    return index.reader.texts.of_file(RelativePath(path))[0].text


def test_each_content_is_read_once_also_after_a_rename_and_a_restart(
    root: Path, models: ModelSet, reader: PlainReader
) -> None:
    index = opened(root, models)
    assert not found(index, "conveyor")
    assert read(index, reader)
    assert sorted(reader.read_images) == sorted({FILES["img/first.gif"], FILES["web/broken.gif"]})
    assert found(index, "conveyor") == {"img/first.gif", "web/copy.gif"}
    assert words(index, "img/first.gif").split("\n")[-1] == "conveyor jammed"
    assert not read(index, reader)
    index.close()
    (root / "img" / "first.gif").rename(root / "moved.gif")
    index = opened(root, models)
    assert read(index, reader) and len(reader.read_images) == 2
    assert found(index, "conveyor") == {"moved.gif", "web/copy.gif"}
    index.close()


def test_a_hit_says_that_its_words_stand_in_the_picture(
    root: Path, models: ModelSet, reader: PlainReader
) -> None:
    index = opened(root, models)
    read(index, reader)
    options = SearchOptions(tiers=frozenset({Tier.LEXICAL, Tier.INSTANT}))
    hit = explained(Searcher(index).search(parse_query("kind:image jammed"), replace(options, explain=True)))[
        0
    ]
    assert hit.summary == "In the picture: conveyor jammed" and hit.explanation is not None
    assert hit.explanation.summary.endswith("; words of the question stand in the picture.")
    (hit,) = explained(Searcher(index).search(parse_query("kind:image depot"), replace(options, limit=1)))
    assert hit.summary == "Depot" and "picture" not in str(hit.explanation)
    index.close()


def test_a_changed_image_loses_its_text_at_once_and_gets_another(
    root: Path, models: ModelSet, reader: PlainReader
) -> None:
    index = opened(root, models)
    read(index, reader)
    write(root, {"img/first.gif": GIF + b"belt runs again", "web/broken.gif": GIF + b"mended"})
    reconcile(index, membership(index), CancelToken())
    assert found(index, "conveyor") == {"web/copy.gif"} and not found(index, "belt")
    assert read(index, reader)
    assert found(index, "belt") == {"img/first.gif"} and found(index, "mended") == {"web/broken.gif"}
    index.close()


def test_switched_off_the_words_go(root: Path, models: ModelSet, reader: PlainReader) -> None:
    index = opened(root, models)
    plain = words(index, "img/first.gif")
    read(index, reader)
    reconcile(index, membership(index, text=False), CancelToken())
    assert words(index, "img/first.gif") == plain and not found(index, "conveyor")
    assert index.database.picture_texts.version is None
    index.close()


def test_another_reader_reads_everything_anew(root: Path, models: ModelSet, reader: PlainReader) -> None:
    index = opened(root, models)
    read(index, reader)
    assert read(index, PlainReader("plain 2")) and index.database.picture_texts.version == "plain 2"
    assert found(index, "conveyor") == {"img/first.gif", "web/copy.gif"}
    index.close()


def test_it_gives_way_and_keeps_what_it_has_read(root: Path, models: ModelSet, reader: PlainReader) -> None:
    index = opened(root, models)
    looks = iter([False, False, True])
    assert read_pictures(index, reader, CancelToken(), interrupted=lambda: next(looks))
    assert len(reader.read_images) == 1
    read(index, reader)
    assert len(reader.read_images) == 2
    index.close()


def test_the_text_of_images_that_are_gone_is_forgotten_in_time(
    root: Path, models: ModelSet, reader: PlainReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened(root, models)
    read(index, reader)
    for path in ("img/first.gif", "web/copy.gif"):
        (root / path).unlink()
    reconcile(index, membership(index), CancelToken())
    read(index, reader)
    assert len(index.database.picture_texts.contents()) == 2
    monkeypatch.setattr(picture_texts, "KEPT_UNUSED", 0)
    read(index, reader)
    assert len(index.database.picture_texts.contents()) == 1
    index.close()
