"""Long texts are read by their parts."""

from __future__ import annotations

import pytest

from semlens.core.query.query import QueryKind, parse_query
from semlens.core.query.report import MAX_CHARACTERS, Place, Report, read_report
from semlens.types import RelativePath

BUG = """\
[Bug] `parse_date()` drops the time zone
<!-- Please search existing issues first. -->
### Environment
- OS: Debian 12
- Python version: 3.11.4
- [x] I have searched the issues

When I read a log with `LogReader`, every date loses its zone, see https://example.org/a/b.py for the file.

```python
>>> from shop.logs import LogReader
>>> LogReader("a.log").read_lines()
```
```
Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
  File "/usr/lib/python3/site-packages/shop/logs/reader.py", line 84, in read_lines
    raise ValueError("no zone")
ValueError: no zone
```
Thanks for the great tool!
"""


def report(text: str) -> Report:
    found = read_report(text)
    assert found is not None
    return found


def test_a_bug_report_has_a_title_a_gist_names_and_places() -> None:
    found = report(BUG)
    assert found.title == "`parse_date()` drops the time zone"
    assert "every date loses its zone" in found.gist
    for noise in (
        "Debian",
        "3.11.4",
        "Please search",
        "Environment",
        "Traceback",
        "Thanks",
        "I have searched",
        "https",
    ):
        assert noise not in found.gist, noise
    assert (
        found.names["parse_date"] == 2.0 > found.names["LogReader"] == 1.0 > found.names["read_lines"] == 0.5
    )
    (trace,) = [place for place in found.places if place.parts[-1] == "reader.py"]
    assert trace.parts[-3:] == ("shop", "logs", "reader.py") and trace.line == 84
    assert Place(("shop", "logs"), True, 0, 0.5) in found.places


@pytest.mark.parametrize(
    ("text", "parts", "line"),
    [
        (
            "java.io.IOException: closed twice\n\tat com.shop.io.Closer.close(Closer.java:42)",
            ("Closer.java",),
            42,
        ),
        (
            "TypeError: x is undefined\n    at render (/srv/app/src/view.ts:10:5)",
            ("srv", "app", "src", "view.ts"),
            10,
        ),
        (
            "thread 'main' panicked at 'index out of bounds', src/parser/lexer.rs:118:9\nnote: run with it",
            ("src", "parser", "lexer.rs"),
            118,
        ),
        (
            "panic: no route\n\ngoroutine 1 [running]:\n\t/home/me/web/mux/tree.go:77 +0x1",
            ("home", "me", "web", "mux", "tree.go"),
            77,
        ),
        (
            "System.Exception: gone\n   at Shop.Cart.Add() in C:\\work\\Shop\\Cart.cs:line 12",
            ("C:", "work", "Shop", "Cart.cs"),
            12,
        ),
        (
            "NoMethodError: nil\nlib/rack/lint.rb:33:in `call'\n" + "FAILED spec/lint_spec.rb",
            ("lib", "rack", "lint.rb"),
            33,
        ),
        (
            "diff --git a/src/lib/util.ts b/src/lib/util.ts\n@@ -10,7 +10,7 @@\n-  a\n+  b",
            ("src", "lib", "util.ts"),
            0,
        ),
    ],
)
def test_traces_and_diffs_of_many_languages_name_files_and_lines(
    text: str, parts: tuple[str, ...], line: int
) -> None:
    assert (parts, line) in [(place.parts, place.line) for place in report(text).places]


def test_a_trace_without_a_sentence_is_asked_by_its_message() -> None:
    found = report(
        'Traceback (most recent):\n  File "a/cart.py", line 3, in add\n    x\nKeyError: no such item'
    )
    assert found.title == found.gist == "KeyError: no such item" and "add" in found.names


@pytest.mark.parametrize(
    "text",
    [
        "where is the time zone parsed",
        "def f(x):\n    # take it and give back the next\n    return g(x) + 1\n\n\ndef g(y):\n    return y",
        "// opens the file and reads all of its lines\nconst a = open(b);\nconst c = a.read();\nreturn c;",
        "parse_date",
        "SELECT a, b FROM c\nWHERE d = 1;\nGROUP BY e;\n",
        "",
        "\n\n",
    ],
)
def test_short_questions_and_code_are_no_reports(text: str) -> None:
    assert read_report(text) is None


def test_one_long_paragraph_is_asked_by_its_first_sentence() -> None:
    text = (
        "The cart forgets its items after a login. "
        + "It happens on each page that I have tried so far. " * 8
    )
    found = report(text)
    assert found.title.startswith("The cart forgets its items") and len(found.title) <= 200
    query = parse_query(text)
    assert query.kind is QueryKind.TEXT and query.report == found and query.text == found.gist
    assert parse_query(text, "text").report is None, "who says the kind means the text as it is"


def test_filters_hold_for_a_report() -> None:
    query = parse_query(f"lang:python {BUG}")
    assert query.report is not None and query.scope_filter.admits(RelativePath("a.py"), "python")
    assert not query.scope_filter.admits(RelativePath("a.go"), "go")


def test_what_stands_at_the_end_of_a_very_long_report_counts() -> None:
    filler = "The next run was fine and so was the one after it, as far as I can tell.\n" * 1_000
    found = report(f"Logs are wrong\n{filler}It is `rotate_log` in src/logs/rotate.py that does it.\n")
    assert found.names["rotate_log"] == 1.0 and ("src", "logs", "rotate.py") in [
        p.parts for p in found.places
    ]
    assert len(found.gist) < 1_000


@pytest.mark.parametrize(
    "text",
    [
        "a" * MAX_CHARACTERS,
        "/a" * 100_000,
        "at " + ":" * 200_000,
        "a b " * 50_000,
        "a." * 100_000,
        "f(" * 100_000,
        "\n" * 200_000 + "word " * 50,
        "<!--" * 50_000,
        "`" * 200_000,
        "\\/" * 100_000,
        "> " * 100_000,
        "\x00" * 1_000,
    ],
)
def test_hostile_texts_are_read_in_linear_time(text: str) -> None:
    read_report("this is a long question about it " * 10 + "\n" + text)


@pytest.mark.parametrize(
    ("trace", "places"),
    [
        (
            "TypeError: Cannot read 'run'    at $ZodType.runChecks (/w/core/schemas.ts:2301:17)"
            "    at parse (core/parse.ts:42:9)",
            [("core/schemas.ts", 2301), ("core/parse.ts", 42)],
        ),
        ("Error: boom at foo (core/schemas.ts:23:5) at node:internal/main:12:3", [("core/schemas.ts", 23)]),
        (
            'Traceback (most recent call last):  File "/w/app.py", line 3, in <module>    run()  File '
            '"/w/shop/cart.py", line 14, in total    return sum(x)TypeError: unsupported operand',
            [("app.py", 3), ("shop/cart.py", 14)],
        ),
        (
            'Exception in thread "main" java.lang.IllegalStateException: no bean at a.b.Mapper.write'
            "(Mapper.java:210) at a.Main.main(Main.java:8) Caused by: java.io.IOException: closed",
            [("Mapper.java", 210), ("Main.java", 8)],
        ),
        (
            "System.NullReferenceException: no object at Shop.Cart.Total() in /w/Cart.cs:line 12",
            [("Cart.cs", 12)],
        ),
        (
            "panic: runtime error: out of range [5] goroutine 1 [running]: main.main() /w/main.go:8 +0x1d",
            [("main.go", 8)],
        ),
        ("where is the error thrown at parser.ts:42", [("parser.ts", 42)]),
    ],
)
def test_a_trace_that_lost_its_line_ends_is_read_as_one(trace: str, places: list[tuple[str, int]]) -> None:
    found = {("/".join(place.parts), place.line) for place in report(trace).places}
    for path, line in places:
        assert any(one.endswith(path) and number == line for one, number in found)


@pytest.mark.parametrize(
    "question",
    [
        "how does the parser look at tokens (and at lines)",
        "fix ValueError: bad zone at startup",
        "look at Foo.bar()",
        "TypeError: x is not a function",
        "run at 12:30 every day",
        "connect at localhost:8080",
    ],
)
def test_a_short_question_is_no_trace(question: str) -> None:
    assert read_report(question) is None
