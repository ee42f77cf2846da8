"""What style sheets define: names, the lines of each, and the time that hostile ones take."""

from __future__ import annotations

import pytest

from semlens.core.chunk import chunk_source, definitions, documented_definitions
from support.chunks import Words, assert_sound


def names(source: str, language: str = "scss") -> list[str]:
    return [
        f"{one.container}.{one.name}" if one.container else one.name for one in definitions(source, language)
    ]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (".btn", "btn"),
        (".btn:hover::before", "btn"),
        (".btn.active", "btn.active"),
        (".card > .title", "card.title"),
        (".card .title span", "card.title"),
        ("ul.nav li a", "nav"),
        ("#main", "main"),
        (".a,\n.b", "a"),
        (".a:is(.b, .c) .d", "a.d"),
        ('.a[data-x="{"]', "a"),
        (".sm\\:flex", "sm:flex"),
        (".größe", "größe"),
        ("%placeholder", "placeholder"),
        (".col-#{$n}", "col-#{$n}"),
        ("h1", "h1"),
        ("ul li", "li"),
        ("a:hover", "a"),
        (":root", ":root"),
        ("*", "*"),
        ("#a > .b", "a.b"),
        ("/* why */ .a", "a"),
    ],
)
def test_a_rule_has_the_name_of_what_it_styles(selector: str, expected: str) -> None:
    assert names(f"{selector} {{\n  color: red;\n}}\n") == [expected]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("&__title", "card.card__title"),
        ("&-title", "card.card-title"),
        ("&__title:hover", "card.card__title"),
        ("& > .icon", "card.icon"),
        ("&.active .icon", "card.icon"),
        (".icon", "card.icon"),
        ("&:hover", None),
        ("&.active", None),
        (".dark &", None),
        ("h2", None),
        ("> li", None),
        ("@media print", None),
    ],
)
def test_inside_a_rule_only_what_has_a_name_of_its_own_is_named(inside: str, expected: str | None) -> None:
    source = f".card {{\n  color: red;\n  {inside} {{\n    color: blue;\n  }}\n}}\n"
    assert names(source) == ["card", *filter(None, [expected])]


def test_a_block_that_is_no_rule_names_nothing_and_hides_nothing() -> None:
    source = "@media print {\n  .a {\n  }\n}\n@layer base {\n  @supports (a: b) {\n    h1 {\n    }\n  }\n}\n"
    assert names(source + "@font-face {\n  src: x;\n}\n", "css") == ["a", "h1"]


def test_variables_mixins_functions_and_animations() -> None:
    source = (
        '$brand: #07a !default;\n$map: (\n  "a": 1px,\n  "b;{": 2px\n);\n'
        "@mixin size($a,\n  $b: 1px) {\n  $local: 1;\n  &:hover { a: b; }\n}\n"
        "@function rem($px) {\n  @return $px;\n}\n@keyframes spin {\n  33.3% { a: b }\n  to { c: d }\n}\n"
        "@include size(1px);\n"
    )
    found = [(one.name, one.kind, one.start_line, one.end_line) for one in definitions(source, "scss")]
    assert found == [
        ("$brand", "constant", 1, 1),
        ("$map", "constant", 2, 5),
        ("size", "function", 6, 10),
        ("rem", "function", 11, 13),
        ("spin", "section", 14, 17),
    ]


def test_custom_properties_are_definitions_where_they_hold_for_all() -> None:
    source = ":root {\n  --a: 1;\n  --b: 2\n}\n.card {\n  --c: 2;\n}\n@theme {\n  --d: 3\n}\n"
    assert names(source, "css") == [":root", ":root.--a", ":root.--b", "card", "--d"]


def test_mixins_and_variables_of_less() -> None:
    source = (
        "@brand: #07a;\n@media (a: b) {\n}\n.rounded(@r: 4px; @s: 2px) when (@r > 0) {\n  a: b;\n}\n"
        "@detached: {\n  c: d;\n};\n#ns() {\n  .m() {\n    e: f;\n  }\n}\n"
        ".nav {\n  .rounded(2px);\n  @local: 1;\n}\n"
    )
    assert names(source, "less") == ["@brand", "rounded", "@detached", "ns", "ns.m", "nav"]


def test_rules_of_one_name_in_a_row_are_one_definition() -> None:
    source = ".a {\n}\n.a:hover {\n}\n.b {\n}\n.a {\n}\n"
    assert [(one.name, one.start_line, one.end_line) for one in definitions(source, "css")] == [
        ("a", 1, 4),
        ("b", 5, 6),
        ("a", 7, 8),
    ]


def test_brackets_in_comments_strings_and_addresses_are_none() -> None:
    source = '.a {\n  /* { */\n  content: "{";\n  b: url(data:x;base64,//{);\n}\n.c {\n}\n'
    assert [(one.name, one.end_line) for one in definitions(source, "css")] == [("a", 5), ("c", 7)]
    slashes = ".a {\n  b: c; // it's {\n}\n.d {\n}\n"
    assert names(slashes, "scss") == ["a", "d"]


@pytest.mark.parametrize("language", ["css", "scss", "less", "sass", "stylus"])
def test_a_comment_above_a_rule_belongs_to_it(language: str) -> None:
    end = "" if language in ("sass", "stylus") else "}"
    brace = "{" if end else ""
    source = f".before {brace}\n  a: b\n{end}\n\n/* warns a customer */\n.job {brace}\n  c: d\n{end}\n"
    found = {one.symbol.name: one.docstring for one in documented_definitions(source, language)}
    assert found == {"before": "", "job": "warns a customer"}


UNITS = ["{", "}", "a{", ".a{", "&-x{", "/*", "//", "(", "#{", "url(", '"', ";", "a/**/", "\\"]


@pytest.mark.parametrize("unit", UNITS)
def test_no_style_sheet_takes_long(unit: str) -> None:
    for language in ("css", "scss"):
        definitions("\n" * 20_000 + "a" + unit * 30_000, language)
    text = unit * 500
    assert_sound(text, chunk_source(text, "scss", Words()), Words())
