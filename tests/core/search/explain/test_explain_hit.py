"""Why a hit is where it is, in sentences that hold for every signal that ranking has."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from semlens.core.query.query import parse_query
from semlens.core.search import ranking
from semlens.core.search.explain import explained, tier_opinions, word_places
from semlens.core.search.explain.effects import _GAINED, effects
from semlens.types import Explanation, Hit, Reason, RelativePath, Symbol, Tier, WordMatch

PREVIEW = "def delay(attempt):\n    # Waits longer after each attempt.\n    return base * 2**attempt"


def hit(*reasons: tuple[str, float], path: str = "net/retry.py", score: float | None = None) -> Hit:
    total = sum(value for name, value in reasons if name != "copy")
    return Hit(
        path=RelativePath(path),
        start_line=1,
        end_line=3,
        score=total if score is None else score,
        language="python",
        symbol=Symbol("delay", "function", "Client"),
        preview=PREVIEW,
        stale=False,
        reasons=tuple(Reason(*reason) for reason in reasons),
    )


def told(one: Hit) -> list[str]:
    gained, lost = effects(one)
    return [effect.text for effect in (*gained, *lost)]


@pytest.mark.parametrize(
    ("word", "places"),
    [
        ("delayed", ("name", "body")),
        ("clients", ("name",)),
        ("retries", ("path",)),
        ("waiting", ("comment",)),
        ("attempts", ("comment", "body")),
        ("busy", ()),
    ],
)
def test_each_word_says_where_it_stands(word: str, places: tuple[str, ...]) -> None:
    (found,) = word_places(parse_query(f"how {word} is"), hit(("lexical", 1.0)), [(1, 1)])
    assert (found.word, found.places) == (word, places)


@pytest.mark.parametrize("language", ["markdown", "image", "rst"])
def test_a_document_and_an_image_have_no_code(language: str) -> None:
    one = replace(hit(("lexical", 1.0)), language=language)
    (found,) = word_places(parse_query("how delayed is"), one, [])
    assert found.places == ("name", "text")


def test_words_keep_their_order_and_filters_are_none() -> None:
    query = parse_query("path:net Wait longer, wait for the Server lang:python")
    words = [one.word for one in word_places(query, hit(("lexical", 1.0)), [])]
    assert words == ["Wait", "longer", "Server"]


@pytest.mark.parametrize("text", ["wie lange wird gewartet", "再試行の間隔", "сколько ждать"])
def test_words_of_any_script_are_named(text: str) -> None:
    assert word_places(parse_query(text), hit(("deep", 1.0)), [])


def test_code_has_no_words_to_name() -> None:
    query = parse_query("for (;;) { retry(); wait(); }")
    assert word_places(query, hit(("lexical", 1.0)), []) == ()


@pytest.mark.parametrize(
    ("reasons", "strengths"),
    [
        ([("lexical", 0.6), ("instant", 0.3)], ["best", "best"]),
        ([("lexical", 0.5)], ["strong", "none"]),
        ([("lexical", 0.1), ("instant", 0.15)], ["weak", "fair"]),
    ],
)
def test_tiers_are_beside_the_best_of_all(reasons: list[tuple[str, float]], strengths: list[str]) -> None:
    best = {Tier.LEXICAL: 0.6, Tier.INSTANT: 0.3, Tier.DEEP: 0.0}
    found = tier_opinions(hit(*reasons), best, [])
    assert [one.tier for one in found] == [Tier.LEXICAL, Tier.INSTANT]
    assert [one.strength for one in found] == strengths


def test_a_hit_without_the_words_was_found_by_meaning() -> None:
    one, words = hit(("lexical", 0.2), ("deep", 0.5)), (WordMatch("busy"),)
    tiers = tier_opinions(one, {Tier.LEXICAL: 0.2, Tier.INSTANT: 0.0, Tier.DEEP: 0.5}, words)
    (found,) = explained([replace(one, explanation=Explanation(tiers=tiers, words=words))])
    assert found.explanation is not None
    assert found.explanation.summary == "Found by meaning: none of the question’s words stands here."
    assert found.explanation.tiers[0].text == "By its words: only words that are in most code."


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("tests/test_retry.py", "It is a test, and the question asks for none: 50% off."),
        ("docs/retry.md", "It is a document, and the question asks for none: 50% off."),
        ("vendor/retry.go", "It is other people’s code, copied into the folder: 50% off."),
        ("examples/retry.ts", "It is an example, and the question asks for none: 50% off."),
        ("api/v1/retry.rb", "A newer version of it lies beside it: 50% off."),
    ],
)
def test_what_is_taken_off_says_why(path: str, why: str) -> None:
    assert told(hit(("lexical", 1.0), ("role", -0.5), path=path)) == [why]


def test_a_further_hit_of_a_file_says_so() -> None:
    assert told(hit(("lexical", 1.0), score=0.9)) == ["A better hit of the same file comes first: 10% off."]


@pytest.mark.parametrize(("value", "text"), [(3.0, "The question"), (1.2, "A part of the question")])
def test_what_stands_word_for_word(value: float, text: str) -> None:
    assert told(hit(("lexical", 1.0), ("literal", value))) == [f"{text} stands here word for word."]


def test_every_signal_of_the_ranking_has_a_sentence() -> None:
    room = Path(ranking.__file__).parent
    sources = [path.read_text(encoding="utf-8") for path in (*room.glob("*.py"), room.parent / "reports.py")]
    names = {
        name for source in sources for name in re.findall(r'(?:table\.add|_add)\((?:table, )?"(\w+)"', source)
    }
    names |= {name for source in sources for name in re.findall(r'table\.multiply\("(\w+)"', source)}
    assert {"defines", "path", "role", "depth", "names"} <= names
    assert names - {"literal", "role", "depth"} <= set(_GAINED)


def test_what_both_models_find_near_says_so() -> None:
    one = hit(("deep", 0.4), ("second", 0.2))
    best = {Tier.DEEP: 0.5, Tier.SECOND: 0.2}
    tiers = tier_opinions(one, best, ())
    assert [opinion.text for opinion in tiers] == [
        "By meaning, thorough: a strong match.",
        "By meaning, in words: the best match of all.",
    ]
    (explained_one,) = explained([replace(one, explanation=Explanation(tiers=tiers))])
    assert explained_one.explanation is not None
    assert explained_one.explanation.summary == "Found by its meaning; near in meaning by both models."
    fair = tier_opinions(hit(("deep", 0.2), ("second", 0.2)), best, ())
    (other,) = explained([replace(one, explanation=Explanation(tiers=fair))])
    assert other.explanation is not None and "both models" not in other.explanation.summary
