"""Each signal of the ranking alone, on candidates made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from semlens.core.query.query import QueryKind, parse_query
from semlens.core.search.ranking import Candidates, Ranked, RankingContext, name_match, rank
from semlens.core.search.ranking.fusion import shares
from semlens.core.search.ranking.roles import SUPERSEDED, superseded
from semlens.core.search.ranking.score_table import group_by
from semlens.core.search.ranking.signals import role_and_version
from semlens.core.search.ranking.weights import WEIGHTS, Weights
from semlens.core.store.records import StoredChunk
from semlens.types import ChunkKind, ContentHash, RelativePath, Symbol, Tier

NOTHING_KNOWN = RankingContext()


def chunk(number: int, path: str = "src/a.py", name: str | None = None, line: int = 1) -> StoredChunk:
    return StoredChunk(
        id=number,
        path=RelativePath(path),
        ordinal=0,
        start_line=line,
        end_line=line + 5,
        language="python",
        kind=ChunkKind.DEFINITION,
        content_hash=ContentHash(f"{number:032x}"),
        symbol=Symbol(name, "function") if name else None,
        defines=(name,) if name else (),
    )


@dataclass(frozen=True)
class Candidate:
    chunk: StoredChunk
    scores: Mapping[Tier, float]


def ranked(
    query: str,
    found: Sequence[Candidate],
    context: RankingContext = NOTHING_KNOWN,
    weights: Weights = WEIGHTS,
) -> list[Ranked]:
    tiers = dict.fromkeys(tier for one in found for tier in one.scores)
    columns = {tier: np.array([one.scores.get(tier, 0.0) for one in found]) for tier in tiers}
    return rank(parse_query(query), Candidates([one.chunk for one in found], columns), context, weights)


def order(query: str, candidates: list[Candidate], context: RankingContext = NOTHING_KNOWN) -> list[int]:
    return [item.chunk.id for item in ranked(query, candidates, context)]


def file_factors(paths: Sequence[RelativePath], query: str) -> list[float]:
    factors: list[float] = role_and_version(group_by(paths), parse_query(query)).tolist()
    return factors


def lexical(number: int, score: float, path: str = "src/a.py", name: str | None = None) -> Candidate:
    return Candidate(chunk(number, path, name), {Tier.LEXICAL: score})


def test_a_tier_that_is_silent_gives_its_weight_to_the_others() -> None:
    alone = ranked("where it waits", [lexical(1, 7.0)])
    assert {reason.name: reason.value for reason in alone[0].reasons}["lexical"] == 1.0


def test_what_both_tiers_like_comes_before_what_one_does() -> None:
    both = Candidate(chunk(1, "a.py"), {Tier.LEXICAL: 5.0, Tier.INSTANT: 0.5})
    one = Candidate(chunk(2, "b.py"), {Tier.LEXICAL: 5.5})
    assert order("where it waits", [one, both]) == [1, 2]


def by_words_and_by_meaning(nearest: float) -> list[Candidate]:
    """One that words put first, one that the transformer puts first, and one that is last for both."""
    by_words = {Tier.LEXICAL: 5.0, Tier.INSTANT: nearest, Tier.DEEP: 0.5}
    by_meaning = {Tier.LEXICAL: 1.0, Tier.INSTANT: 0.2, Tier.DEEP: 0.6}
    last = {Tier.LEXICAL: 0.1, Tier.INSTANT: 0.1, Tier.DEEP: 0.2}
    scores = {"a.py": by_words, "b.py": by_meaning, "c.py": last}
    return [Candidate(chunk(n, path), of) for n, (path, of) in enumerate(scores.items(), 1)]


def test_where_the_code_lacks_the_words_the_transformer_is_heard_more() -> None:
    near, far = by_words_and_by_meaning(0.6), by_words_and_by_meaning(0.3)
    assert order("where it waits", near) == [1, 2, 3]
    assert order("where it waits", far) == [2, 1, 3]
    without = [replace(one, scores={Tier.LEXICAL: one.scores[Tier.LEXICAL]}) for one in far]
    assert order("where it waits", without) == [1, 2, 3]


@pytest.mark.parametrize(("weight", "expected"), [(2.0, [1, 2, 3]), (3.5, [1, 2, 3]), (7.0, [2, 1, 3])])
def test_where_the_best_match_has_few_of_the_words_the_transformer_is_heard_more(
    weight: float, expected: list[int]
) -> None:
    context = RankingContext(word_weights={"wait": weight})
    assert order("where it waits", by_words_and_by_meaning(0.6), context) == expected


def test_the_parts_of_one_line_are_one_hit_of_their_file() -> None:
    parts = [Candidate(chunk(n), {Tier.LEXICAL: 9 - n / 10}) for n in (1, 2, 3)]
    other = Candidate(chunk(4, line=50), {Tier.LEXICAL: 5.0})

    def score_of_other(found: list[Candidate]) -> float:
        by_score = ranked("where it waits", found, RankingContext())
        return next(item.score for item in by_score if item.chunk.id == 4)

    assert score_of_other([*parts, other]) == score_of_other([parts[0], other])


def test_the_transformers_last_neighbour_is_worth_no_more_than_none() -> None:
    found = [Candidate(chunk(n, f"{n}.py"), {Tier.DEEP: 0.5 + n / 10}) for n in (1, 2, 3)]
    parts = {
        item.chunk.id: {reason.name: reason.value for reason in item.reasons}
        for item in ranked("where it waits", found, RankingContext())
    }
    assert parts[3]["deep"] == pytest.approx(1.0) and parts[2]["deep"] == pytest.approx(0.5)
    assert "deep" not in parts[1]


def test_the_definition_of_an_asked_name_comes_first_even_if_no_tier_proposed_it() -> None:
    defining = chunk(9, "src/deep/place.py", "TokenBucket")
    context = RankingContext(definitions={"tokenbucket": [defining]})
    assert order("TokenBucket", [lexical(1, 9.0), lexical(2, 8.0, "b.py")], context)[0] == 9


def test_words_in_the_path_count_by_how_rare_they_are() -> None:
    context = RankingContext(word_weights={"retri": 3.0, "request": 0.1, "retry": 3.0})
    rare = lexical(1, 5.0, "net/retry.py")
    common = lexical(2, 5.0, "net/request.py")
    assert order("how is a request sent after a retry", [common, rare], context) == [1, 2]


def test_a_file_whose_whole_name_is_asked_for_comes_before_one_with_more_in_its_name() -> None:
    context = RankingContext(word_weights={"entity": 2.0, "body": 1.0})
    candidates = [lexical(1, 5.2, "net/entity_encoder.py"), lexical(2, 5.0, "net/entity.py")]
    assert order("the body of an entity", candidates, context) == [2, 1]


def test_a_short_name_comes_first_where_nothing_else_tells_two_files_apart() -> None:
    candidates = [lexical(1, 5.0, "a/bean_writer.py"), lexical(2, 5.0, "b/bean.py")]
    assert order("where it waits", candidates) == [2, 1]


def test_a_file_in_a_folder_further_in_comes_later() -> None:
    candidates = [lexical(1, 5.0, "src/core/impl/bean.py"), lexical(2, 5.0, "src/bean.py")]
    assert order("where it waits", candidates) == [2, 1]


@pytest.mark.parametrize(
    ("path", "called"),
    [
        ("axum/src/extract/mod.rs", ("extract", "src")),
        ("lib/index.js", ("lib",)),
        ("index.js", ("index",)),
        ("src/index/build.py", ("build", "index")),
    ],
)
def test_a_file_that_stands_for_its_folder_has_the_folders_name(path: str, called: tuple[str, ...]) -> None:
    assert name_match.stem_and_folder(RelativePath(path)) == called


def test_a_file_that_matches_as_a_whole_lifts_its_chunks() -> None:
    context = RankingContext(file_scores={RelativePath("b.py"): 1.0})
    assert order("where it waits", [lexical(1, 5.0, "a.py"), lexical(2, 4.8, "b.py")], context) == [2, 1]


def test_names_near_in_meaning_lift_their_chunk() -> None:
    def meaning(texts: object) -> NDArray[np.float64]:
        assert isinstance(texts, list)
        return np.array([0.9 if text == "throttle" else 0.1 for text in texts], dtype=np.float64)

    candidates = [lexical(1, 5.0, "a.py", "send"), lexical(2, 5.0, "b.py", "throttle")]
    assert order("rate limiting", candidates, RankingContext(similarity=meaning)) == [2, 1]


def test_one_file_does_not_fill_the_page() -> None:
    many = [Candidate(chunk(n, "a.py", line=n * 10), {Tier.LEXICAL: 10.0 - n * 0.1}) for n in range(4)]
    other = lexical(99, 9.0, "b.py")
    assert order("where it waits", [*many, other])[1] == 99


def test_a_further_hit_of_a_file_lives_by_what_it_says_itself() -> None:
    context = RankingContext(file_scores={RelativePath("a.py"): 1.0})
    first, strong = lexical(1, 10.0, "a.py"), Candidate(chunk(2, "a.py", line=50), {Tier.LEXICAL: 9.5})
    weak = Candidate(chunk(3, "a.py", line=90), {Tier.LEXICAL: 6.0})
    assert order("where it waits", [first, strong, weak, lexical(4, 7.0, "b.py")], context) == [1, 2, 4, 3]


def test_tests_come_later_unless_they_are_asked_for() -> None:
    candidates = [lexical(1, 5.5, "tests/wait.py"), lexical(2, 5.0, "src/wait.py")]
    assert order("where it waits", candidates) == [2, 1]
    assert order("tests of where it waits", candidates) == [1, 2]
    assert file_factors([RelativePath("tests/a.py")], "unit tests") == [1.0]


def test_older_versions_come_later_unless_a_version_is_asked_for() -> None:
    paths = [
        RelativePath(p) for p in ("src/v3/types.ts", "src/v4/core/types.ts", "src/types.ts", "api-v1/a.go")
    ]
    assert superseded(paths) == {"src/v3/types.ts"}
    assert file_factors(paths, "how types are parsed") == [SUPERSEDED, 1.0, 1.0, 1.0]
    assert file_factors(paths, "how v3 types are parsed") == [1.0, 1.0, 1.0, 1.0]
    assert not superseded([RelativePath("net/ipv4/route.c"), RelativePath("net/ipv6/route.c")])


def test_equal_scores_are_ordered_by_path_and_line() -> None:
    candidates = [lexical(3, 5.0, "c.py"), lexical(2, 5.0, "b.py"), lexical(1, 5.0, "a.py")]
    assert order("where it waits", candidates) == order("where it waits", candidates[::-1]) == [1, 2, 3]


def test_of_equals_what_is_open_comes_first_and_then_what_was_changed_last() -> None:
    equal = [lexical(number, 5, path) for number, path in enumerate(["src/a.py", "src/b.py", "src/c.py"])]
    at_hand = [RelativePath("src/c.py"), RelativePath("src/b.py")]
    assert order("load", equal, RankingContext(at_hand=at_hand)) == [2, 1, 0]
    better = lexical(3, 5.1, "src/d.py")
    assert order("load", [*equal, better], RankingContext(at_hand=at_hand))[0] == 3


def test_reasons_sum_to_the_score_of_a_files_first_hit() -> None:
    context = RankingContext(word_weights={"wait": 1.0}, file_scores={RelativePath("tests/wait.py"): 1.0})
    (only,) = ranked("where it waits", [lexical(1, 5.0, "tests/wait.py")], context)
    assert only.score == pytest.approx(sum(reason.value for reason in only.reasons))


def test_a_weight_of_zero_silences_its_signal() -> None:
    context = RankingContext(file_scores={RelativePath("b.py"): 1.0})
    candidates = [lexical(1, 5.0, "a.py"), lexical(2, 4.8, "b.py")]
    silent = Weights(file_words=0.0, coherence=0.0)
    by_score = ranked("where it waits", candidates, context, silent)
    assert [item.chunk.id for item in by_score] == [1, 2]


def test_names_are_spoken_as_words() -> None:
    assert name_match.as_words(("getUserById", "user_pool")) == "get User By Id user pool"


def test_a_second_model_shares_the_weight_of_the_first_and_has_all_of_it_alone() -> None:
    scores = {Tier.DEEP: np.array([0.9, 0.5]), Tier.SECOND: np.array([0.4, 0.8])}
    both = shares(scores, QueryKind.TEXT, WEIGHTS)
    assert both[Tier.DEEP].tolist() == pytest.approx([2 / 3, 0])
    assert both[Tier.SECOND].tolist() == pytest.approx([0, 1 / 3])
    for tier, column in scores.items():
        assert shares({tier: column}, QueryKind.TEXT, WEIGHTS)[tier].max() == pytest.approx(1)
