"""Which lines of a hit are its signature, which tell most, and which stand around it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from semlens.core.pack.passages import Around, around_hits, passage_of, why
from semlens.types import Hit, Reason, RelativePath, Symbol


def hit(text: str, name: str = "", start: int = 1, path: str = "a", symbol_start: int = 0) -> Hit:
    last = start + text.count("\n")
    symbol = Symbol(name, "function", None, symbol_start or start, last) if name else None
    return Hit(RelativePath(path), start, last, 1.0, "x", symbol, text, False, (), "/w")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ('# a comment on run\n@cached\ndef run(a, b):\n    """Run."""\n    return a', "def run(a, b):"),
        ("/** run it */\npublic static int run(\n    int a,\n    int b) {\n  return a;\n}", "int b) {"),
        ("// run\nfn run<T>(a: T) -> T\nwhere\n    T: Copy,\n{\n    a\n}", "fn run<T>(a: T) -> T"),
        ("run :: Int -> Int\nrun a = a", "run :: Int -> Int"),
        ("function run(a)\n  return a\nend", "function run(a)"),
        ("export const run = async (a) => {\n  await a\n}", "export const run = async (a) => {"),
        ("static int\nrun(int a)\n{\n  return a;\n}", "run(int a)"),
    ],
)
def test_the_signature_is_found_in_many_languages(text: str, header: str) -> None:
    passage = passage_of(hit(text, "run"), "a", ())
    assert header in "\n".join(passage.lines[row] for row in passage.header)
    assert "comment" not in passage.lines[passage.name_row]
    assert "run" in passage.lines[passage.name_row]


def test_without_a_name_the_first_code_line_stands_for_a_passage() -> None:
    passage = passage_of(hit("# only a comment\n\nx = 1\ny = 2"), "a", ())
    assert passage.lines[passage.name_row] == "x = 1"


def test_telling_lines_have_the_words_of_the_query() -> None:
    text = "a = 1\nretry_count += 1\nb = 2\nsleep(delay)\nretry_count -= 1"
    assert passage_of(hit(text), "a", {"retry", "delay"}).telling[:2] == (1, 3)
    assert passage_of(hit(text), "a", ()).telling == ()


def test_the_reasons_are_a_few_words_the_strongest_first() -> None:
    signals = (Reason("lexical", 0.3), Reason("deep", 0.9), Reason("instant", 0.2), Reason("role", -0.5))
    assert why(signals) == "meaning, words"
    assert why((Reason("unique", 2.0), Reason("defines", 1.0))) == "only definition, name"


def test_the_same_lines_have_the_same_id_and_edited_ones_another() -> None:
    first, again = passage_of(hit("x = 1"), "a", ()), passage_of(hit("x = 1"), "shown/a", ())
    assert first.id == again.id
    assert passage_of(hit("x = 2"), "a", ()).id != first.id


def test_lines_around_a_hit_belong_to_its_definition_and_to_no_other_hit() -> None:
    source = [f"line {number}" for number in range(1, 101)]
    upper = hit("\n".join(source[29:35]), "f", 30, symbol_start=20)
    upper = replace(upper, symbol=Symbol("f", "function", None, 20, 60))
    lower = hit("\n".join(source[39:45]), "", 40)
    first, second = around_hits([upper, lower], {"/w/a": source})
    assert first == Around(tuple(source[19:29]), tuple(source[35:39]))
    assert second.before == ()
    assert second.after[0] == "line 46"


def test_a_hit_of_a_file_that_cannot_be_read_has_nothing_around_it() -> None:
    assert around_hits([hit("x")], {}) == [Around()]
    assert around_hits([hit("x", start=500)], {"/w/a": ["only line"]})[0].after == ()


def test_names_that_utf8_cannot_hold_are_made_readable() -> None:
    passage = passage_of(hit("x = '\ud800'"), "a", ())
    "\n".join(passage.lines).encode()
