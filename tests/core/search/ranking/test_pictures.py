"""What an image shows raises it, and nothing else changes its score or its order."""

from __future__ import annotations

import numpy as np
import pytest

from semlens.core.query.query import parse_query
from semlens.core.search.ranking import Candidates, Ranked, RankingContext, rank, with_pictures
from semlens.core.search.ranking.pictures import ALIKE, UNLIKE
from semlens.core.search.ranking.weights import WEIGHTS
from semlens.core.store.records import StoredChunk
from semlens.types import ChunkKind, ContentHash, RelativePath, Tier

QUESTION = parse_query("a picture of a red bicycle")
SCORES = {1: 3.0, 2: 2.9, 3: 2.5, 4: 1.0, 5: 0.2}
IMAGES = {3: "img/found-by-words.png", 6: "img/near.png", 7: "img/less-near.png", 8: "img/far.png"}
NEAR = {3: 0.22, 6: 0.35, 7: 0.3, 8: 0.1}


def chunk(number: int) -> StoredChunk:
    path, kind = IMAGES.get(number, f"src/{number}.py"), ChunkKind.DEFINITION
    kind = ChunkKind.IMAGE if number in IMAGES else kind
    content = ContentHash(f"{number:032x}")
    return StoredChunk(number, RelativePath(path), 0, 1, 1, "", kind, content, None, ())


def by_words() -> list[Ranked]:
    found = Candidates([chunk(number) for number in SCORES], {Tier.LEXICAL: np.array(list(SCORES.values()))})
    return rank(QUESTION, found, RankingContext())


def looked(ranked: list[Ranked], near: dict[int, float]) -> list[Ranked]:
    return with_pictures(ranked, near, [chunk(number) for number in near], QUESTION)


def test_images_come_in_and_all_else_keeps_its_order_and_score() -> None:
    before, after = by_words(), looked(by_words(), NEAR)
    assert [item.score for item in after] == sorted((item.score for item in after), reverse=True)
    others = [(item.chunk.id, item.score, item.reasons) for item in after if item.chunk.id not in IMAGES]
    assert others == [
        (item.chunk.id, item.score, item.reasons) for item in before if item.chunk.id not in IMAGES
    ]
    assert {item.chunk.id for item in after} == {*SCORES, 6, 7}


def test_an_image_gains_by_how_near_it_is_relative_to_the_nearest() -> None:
    found = {item.chunk.id: item for item in looked(by_words(), NEAR)}
    assert found[6].score == pytest.approx(WEIGHTS.picture)
    assert found[7].score == pytest.approx(WEIGHTS.picture * (0.3 - UNLIKE) / (0.35 - UNLIKE))
    was = next(item for item in by_words() if item.chunk.id == 3)
    assert 0 < found[3].score - was.score < found[7].score
    assert [one.name for one in found[6].reasons] == ["image"] and found[3].reasons[-1].name == "image"
    assert found[6].table.best("image") == pytest.approx(WEIGHTS.picture)


def test_what_is_hardly_near_gains_little_even_if_nothing_is_nearer() -> None:
    (item,) = looked([], {6: UNLIKE + 0.01})
    assert item.score == pytest.approx(WEIGHTS.picture * 0.01 / (ALIKE - UNLIKE))
    assert looked([], {6: UNLIKE, 7: -0.3}) == [] == looked([], {})


def test_a_question_that_asks_for_no_image_weighs_images_down() -> None:
    asks_for_none = parse_query("how is a red bicycle drawn")
    (item,) = with_pictures([], {6: 0.4}, [chunk(6)], asks_for_none)
    assert 0 < item.score < WEIGHTS.picture
