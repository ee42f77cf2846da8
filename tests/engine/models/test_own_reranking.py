"""Semlens' own cross-encoder: it adds to what the search knows, for questions that may wait alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from semlens.core.embed.cross_encoder import added_to_own
from semlens.core.query.query import parse_query
from semlens.engine.models.reranking import Reranking, Reranks
from semlens.protocol.engine import SearchAnswer, Status
from semlens.settings import Settings
from semlens.types import Hit, Reason, RelativePath, Tier
from support.live import Live, many_files, write

QUESTION = "handle the case of a module"
OWN = Reranks.of(Settings())


def hit(path: str, score: float, weak: bool = False) -> Hit:
    reasons = (Reason("lexical", score),)
    return Hit(RelativePath(path), 1, 2, score, "python", None, "", False, reasons, weak=weak)


def order(hits: list[Hit], scores: list[float]) -> list[str]:
    return [one.path for one in OWN.order(hits, scores)]


def test_near_hits_change_places_and_far_ones_do_not() -> None:
    assert order([hit("a", 1.0), hit("b", 0.95)], [-11.0, 5.0]) == ["b", "a"]
    assert order([hit("a", 1.9), hit("b", 1.0)], [-11.0, 5.0]) == ["a", "b"]


def test_the_surer_the_search_is_the_less_it_counts() -> None:
    assert order([hit("a", 1.0), hit("b", 0.8)], [-5.0, 5.0]) == ["b", "a"]
    assert order([hit("a", 3.0), hit("b", 2.8)], [-5.0, 5.0]) == ["a", "b"]


def test_a_hit_has_a_part_of_its_files_best() -> None:
    alone = added_to_own([hit("a", 1.0), hit("b", 1.0)], [-8.0, 4.0])
    beside = added_to_own([hit("a", 1.0), hit("b", 1.0), hit("a", 0.2)], [-8.0, 4.0, 9.0])
    assert beside[0] - beside[1] > alone[0] - alone[1]


def test_weak_hits_stay_behind_and_move_among_themselves() -> None:
    hits = [hit("a", 0.9), hit("b", 0.85, weak=True), hit("c", 0.84, weak=True)]
    assert order(hits, [-11.0, 11.0, 11.0]) == ["a", "b", "c"]
    assert order(hits[1:], [-5.0, 5.0]) == ["c", "b"]


def test_hits_that_it_had_no_time_for_stay_behind_the_others() -> None:
    hits = [hit("a", 1.0), hit("b", 0.9), hit("c", 0.89)]
    assert order(hits, [-5.0, 5.0]) == ["b", "a", "c"]
    assert order(hits, []) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("settings", "question", "wanted"),
    [
        (Settings(), "where is the retry delay computed", True),
        (Settings(), "RetryPolicy", False),
        (Settings(), "Session.close", False),
        (Settings(deep_tier="off"), "where is the retry delay computed", False),
        (Settings(rerank_model=""), "where is the retry delay computed", False),
        (Settings(deep_tier="off", rerank_model="/a/folder"), "where is the retry delay computed", True),
    ],
)
def test_what_it_is_for(settings: Settings, question: str, wanted: bool) -> None:
    assert Reranks.of(settings).wanted_for(parse_query(question)) is wanted


class Scores:
    """A cross-encoder that has time for `many` hits."""

    state = "loaded"

    def __init__(self, many: int) -> None:
        self.many = many

    def scores(self, question: str, texts: Sequence[str], *limits: Any) -> list[float]:
        return [float(row) for row in range(len(texts))][: self.many]


@pytest.mark.parametrize(
    ("many", "later", "kept"),
    [(3, 0.0, True), (3, 1e6, True), (2, 1.0, True), (2, 61.0, False), (0, 0.0, False)],
)
def test_an_order_that_there_was_no_time_for_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int, later: float, kept: bool
) -> None:
    reranking, now = Reranking(tmp_path), time.monotonic()
    monkeypatch.setattr(reranking, "_opened", lambda model: Scores(many))
    hits, query = [hit("a", 1.0), hit("b", 1.0), hit("c", 1.0)], parse_query(QUESTION)
    before = reranking.apply(OWN, query, hits, 0.0, pytest.fail)
    assert [one.path for one in before] == {3: ["c", "b", "a"], 2: ["b", "a", "c"], 0: ["a", "b", "c"]}[many]
    monkeypatch.setattr(time, "monotonic", lambda: now + later)
    again = reranking.remembered(OWN, query, hits)
    assert again == (before if kept else None)
    assert reranking.remembered(replace(OWN, milliseconds=5_000), query, hits) is None


@pytest.fixture
def reading(data_dir: Path) -> Iterator[Live]:
    """Engines that run Semlens' own cross-encoder."""
    live = Live(data_dir, {"SEMLENS_IDLE_MINUTES": "1", "SEMLENS_TEST_RERANK": "1"})
    yield live
    live.kill_all()


def places(answer: SearchAnswer) -> list[tuple[str, int]]:
    return [(one.path, one.start_line) for one in answer.hits]


def is_reranked(answer: SearchAnswer) -> bool:
    return any(reason.name == "rerank" for one in answer.hits for reason in one.reasons)


@pytest.mark.model
async def test_who_types_waits_for_nothing_and_who_waits_has_its_order(reading: Live, tmp_path: Path) -> None:
    workspace = write(tmp_path / "shop", many_files(12))
    async with reading.client() as client:
        await client.index(workspace, tier="instant")
        await client.configure(workspace, rerank_milliseconds=60_000)

        async def ask(question: str = QUESTION, **how: Any) -> SearchAnswer:
            return await client.search(question, workspace, limit=8, **how)

        typed = await ask()
        assert typed.partial and not is_reranked(typed)
        waited = await ask(wait_seconds=60.0)
        assert is_reranked(waited) and {*places(waited)}
        assert [one.score for one in waited.hits] == sorted((one.score for one in waited.hits), reverse=True)
        again = await ask()
        assert places(again) == places(waited) and is_reranked(again)
        assert not is_reranked(await ask("worker_3_1", wait=True))
        assert not is_reranked(await ask(wait=True, tiers=[Tier.LEXICAL]))
        models = (await client.engine.request(Status())).models
        assert [(one.name, one.state) for one in models if one.tier == "rerank"] == [
            ("semlens-rerank", "loaded")
        ]
        await client.configure(workspace, deep_tier="off", rerank_milliseconds=60_000)
        assert not is_reranked(await ask("another question about modules", wait=True))
        assert client.messages == []
