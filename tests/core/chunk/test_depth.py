"""However deep a text is nested, it is cut into chunks, in time linear in its depth."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from semlens.core.chunk import chunk_source, definitions
from support.chunks import Words, assert_sound

DEPTH = 1500


def braces(header: str) -> Callable[[int], str]:
    """Definitions inside each other, each with `header`, which names it by a number."""
    return lambda depth: "\n".join([*(header.format(n) for n in range(depth)), *("}" * depth)])


NESTED: dict[str, tuple[str, Callable[[int], str]]] = {
    "functions in JavaScript": ("javascript", braces("function f{0}() {{ let x{0} = 1;")),
    "classes in Java": ("java", braces("class C{0} {{ int x{0};")),
    "namespaces in C++": ("cpp", braces("namespace n{0} {{ int x{0};")),
    "modules in Rust": ("rust", braces("mod m{0} {{ const X{0}: i32 = 1;")),
    "classes in Kotlin": ("kotlin", braces("class C{0} {{ val x{0} = 1")),
    "functions in PHP": ("php", lambda depth: "<?php\n" + braces("function f{0}() {{ $x{0} = 1;")(depth)),
    "functions in Python": (
        "python",
        lambda depth: "\n".join(" " * n + f"def f{n}():" for n in range(depth)) + "\n" + " " * depth + "pass",
    ),
    "modules in Ruby": (
        "ruby",
        lambda depth: "\n".join([*(f"module M{n}" for n in range(depth)), *("end" for _ in range(depth))]),
    ),
    "brackets in JSON": ("json", lambda depth: "[" * depth + "]" * depth),
    "brackets in Python": ("python", lambda depth: "x = " + "(" * depth + "1" + ")" * depth),
    "quotes in Markdown": ("markdown", lambda depth: ">" * depth + " deep\n"),
    "lists in Markdown": (
        "markdown",
        lambda depth: "\n".join("  " * n + f"- item {n}" for n in range(depth)),
    ),
    "elements in HTML": ("html", lambda depth: "<div>\n" * depth + "x" + "</div>\n" * depth),
}


@pytest.mark.parametrize("kind", NESTED)
def test_a_deeply_nested_text_is_cut_into_chunks(kind: str) -> None:
    language, nested = NESTED[kind]
    text = nested(DEPTH)
    tokenizer = Words()
    assert_sound(text, chunk_source(text, language, tokenizer), tokenizer)
    definitions(text, language)


def test_definitions_are_named_down_to_a_depth_that_people_write() -> None:
    language, nested = NESTED["functions in JavaScript"]
    assert [found.name for found in definitions(nested(DEPTH), language)][:100] == [
        f"f{n}" for n in range(100)
    ]
