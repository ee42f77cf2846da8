"""The map of a real folder: a point a definition, kept in its place while code around it changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.map.definitions import title
from semlens.core.map.layout import lay_out, place
from semlens.core.map.messages import LayOut, Place, pack_positions, unpack_positions
from semlens.core.map.near import near
from semlens.core.map.picture import Picture, make_picture
from semlens.core.map.positions import FILE, Positions, read_positions, write_positions
from semlens.core.map.process import ask_positions
from semlens.core.map.types import Floats
from semlens.errors import Cancelled
from semlens.settings import Settings
from semlens.types import CancelToken, ContentHash, RelativePath, Tier
from support.opened_index import opened_index

JOBS = {
    "cart": ("add an article to the basket", "basket.append(article)"),
    "login": ("check the password of a user", "hash_password(user.password)"),
    "retry": ("wait and send the request again", "time.sleep(delay); send(request)"),
    "route": ("find the shortest way between shelves", "min(ways, key=length)"),
}
LONG = "".join(f"    total_{n} = price_{n} * amount_{n} + postage_{n}\n" for n in range(150))


def code(job: str, count: int = 6) -> str:
    what, how = JOBS[job]
    return "\n".join(
        f'def {job}_{n}(first, second):\n    """{what.capitalize()}, number {n}."""\n'
        + "".join(
            f"    for {job}_step_{line} in range({n}, {job}_{line}):\n        {how}  # {what}\n"
            for line in range(12)
        )
        for n in range(count)
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    for job in JOBS:
        (folder / f"{job}.py").write_text(code(job), encoding="utf-8")
    (folder / "long.py").write_text(f"def total(cart):\n{LONG}", encoding="utf-8")
    return folder


@pytest.fixture
def index(root: Path, tmp_path: Path) -> Iterator[FolderIndex]:
    with opened_index(root, tmp_path / "data") as index:
        yield index


class Asked:
    """Works out positions here, and counts what was asked."""

    def __init__(self) -> None:
        self.seen: list[LayOut | Place] = []

    def __call__(self, request: LayOut | Place) -> Floats:
        kind = type(request)
        request = kind.unpack(request.pack())
        self.seen.append(request)
        if isinstance(request, LayOut):
            found = lay_out(request.vectors)
        else:
            found = place(request.vectors, request.known, request.positions)
        return unpack_positions(pack_positions(found))


def places(picture: Picture) -> dict[tuple[str, str], tuple[float, ...]]:
    return {
        (chunk.path, title(chunk)): tuple(position)
        for chunk, position in zip(picture.chunks, picture.positions.tolist(), strict=True)
    }


def update(index: FolderIndex) -> None:
    reconcile(index, Membership(index.root, Settings()), CancelToken())


def test_a_point_for_each_definition_and_one_for_a_long_one(index: FolderIndex) -> None:
    found = places(make_picture(index, Asked()))
    assert ("long.py", "total") in found and sum(path == "long.py" for path, _ in found) == 1
    assert {path for path, _ in found} == {*(f"{job}.py" for job in JOBS), "long.py"}


def test_known_code_stays_where_it_was(index: FolderIndex, root: Path) -> None:
    asked = Asked()
    before = places(make_picture(index, asked))
    assert places(make_picture(index, asked)) == before and len(asked.seen) == 1
    changed = code("cart").replace("number 3", "number three")
    (root / "cart.py").write_text(changed + code("login", 1).replace("login", "sign_in"), encoding="utf-8")
    update(index)
    picture = make_picture(index, asked)
    after = places(picture)
    moved = {key for key in before if key in after and after[key] != before[key]}
    assert len(moved) <= 1 and picture.placed > 0 and isinstance(asked.seen[-1], Place)
    (root / "cart.py").write_text(code("cart"), encoding="utf-8")
    update(index)
    assert places(make_picture(index, asked)) == before, "what comes back is where it was"
    assert len(asked.seen) == 2


def test_much_new_code_or_a_wish_lays_out_everything(index: FolderIndex, root: Path) -> None:
    asked = Asked()
    before = places(make_picture(index, asked))
    assert places(make_picture(index, asked, again=True)) == before, "the same code gives the same picture"
    for job in JOBS:
        (root / f"{job}_more.py").write_text(code(job, 9).replace(f"{job}_", f"more_{job}_"), "utf-8")
    update(index)
    assert make_picture(index, asked).placed == 0
    assert [type(request) for request in asked.seen] == [LayOut, LayOut, LayOut]


def test_a_layout_is_outdated_when_a_better_model_has_read_all(index: FolderIndex) -> None:
    asked = Asked()
    assert not make_picture(index, asked).outdated
    hashes = sorted({chunk.content_hash for chunks in index.reader.chunks.by_file() for chunk in chunks})
    vectors = np.random.default_rng(2).normal(size=(len(hashes), 8)).astype(np.float32)
    fingerprint = index.models.deep_fingerprint
    index.models.vectors.put(fingerprint, hashes[1:], vectors[1:])
    assert not make_picture(index, asked).outdated, "one is missing"
    index.models.vectors.put(fingerprint, hashes[:1], vectors[:1])
    assert make_picture(index, asked).outdated and len(asked.seen) == 1, "nothing moves by itself"
    assert not make_picture(index, asked, again=True).outdated
    assert not make_picture(index, asked).outdated and len(asked.seen) == 2


def test_copies_are_beside_each_other(index: FolderIndex, root: Path) -> None:
    (root / "copy.py").write_text(code("cart"), encoding="utf-8")
    update(index)
    found = places(make_picture(index, Asked()))
    apart = np.linalg.norm(np.subtract(found["cart.py", "cart_2"], found["copy.py", "cart_2"]))
    width = np.ptp(np.array(list(found.values())), axis=0).max()
    assert 0 < apart < 0.02 * width


def test_a_neighbour_is_explained_by_shared_words(index: FolderIndex) -> None:
    chunk = next(one for one in make_picture(index, Asked()).chunks if one.path == "retry.py")
    first = near(index, chunk.path, chunk.start_line)
    assert all(one.chunk.path == "retry.py" for one in first[:3]), first
    assert {"request", "sleep", "delay", "send", "again"} & set(first[0].words)
    assert first[0].cosine >= first[-1].cosine
    assert near(index, RelativePath("retry.py"), 9_999) == []


def test_an_empty_folder_has_an_empty_map(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with opened_index(tmp_path / "empty", tmp_path / "data") as index:
        picture = make_picture(index, Asked())
    assert (len(picture.chunks), picture.positions.shape, list(picture.clusters)) == (0, (0, 2), [])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nothing", b"\x80\x04N."])
def test_a_damaged_file_of_positions_is_made_again(index: FolderIndex, content: bytes) -> None:
    before = places(make_picture(index, Asked()))
    (index.directory / FILE).write_bytes(content)
    asked = Asked()
    assert places(make_picture(index, asked)) == before and len(asked.seen) == 1


def test_positions_of_another_version_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, gone = ContentHash("1" * 32), ContentHash("2" * 32)
    kept = Positions({one: (1.0, 2.0), gone: (3.0, 4.0)}, 2, Tier.DEEP)
    write_positions(tmp_path, kept, [one])
    assert read_positions(tmp_path) == kept
    monkeypatch.setattr("semlens.core.map.positions.VERSION", 99)
    assert read_positions(tmp_path) == Positions()


def test_the_process_answers_and_is_ended_when_nobody_waits(tmp_path: Path) -> None:
    vectors = np.random.default_rng(1).normal(size=(30, 8)).astype(np.float32)
    steps: list[int] = []
    found = ask_positions(LayOut(vectors), tmp_path, CancelToken(), lambda done, total: steps.append(done))
    assert np.array_equal(found, lay_out(vectors)) and steps[-1] == max(steps)
    placed = ask_positions(Place(vectors[:3], vectors, found), tmp_path, CancelToken())
    assert placed.shape == (3, 2)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        ask_positions(LayOut(vectors), tmp_path, cancel, lambda done, total: cancel.cancel())
