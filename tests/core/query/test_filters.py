"""Filters in a question: what is one, what each admits, and what is said of one that leaves nothing."""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

import pytest

from semlens.core.files.role import Role
from semlens.core.query.completion import completions
from semlens.core.query.filters import MAX_FILTERS
from semlens.core.query.query import QueryKind, parse_query
from semlens.core.query.reading import read_query
from semlens.core.query.scope import ScopeFilter
from semlens.core.query.unmatched import IndexedFile
from semlens.types import RelativePath, Scope

Form = Literal["NFC", "NFD"]
FORMS: Final[tuple[Form, ...]] = ("NFC", "NFD")

LOG_LINES = [
    'level=error msg="no such host" path:/api/v1/users kind:Pod is:healthy lang:en',
    "ts=2024-01-02 kind:Deployment is:degraded path:/var/lib/kubelet lang:de retrying",
    "GET path:/healthz status:500 is:down kind:Service upstream timed out",
    "panic: runtime error [is:nil kind:ptr] path:/usr/local/go/src/runtime/panic.go",
]


def indexed(*paths: str) -> list[IndexedFile]:
    languages = {"py": "python", "kt": "kotlin", "go": "go", "tsx": "tsx", "ts": "typescript", "cpp": "cpp"}
    return [IndexedFile(RelativePath(path), languages.get(path.rsplit(".", 1)[-1])) for path in paths]


WITHOUT = "These hits are without this filter."
LONG = "Long question: searched by its beginning, and by the names and files in it."
FILES = indexed(
    "src/shop/cart.py", "src/shop/Mail.kt", "src/net/dial.go", "docs/parking.txt", "tests/test_cart.py"
)


def read(text: str, scope: Scope | None = None) -> tuple[str, Scope, list[str], list[str | None]]:
    """The words and the scope of a question, and what is remarked with what may be meant instead."""
    query, remarks = read_query(text, "auto", scope or Scope(), lambda: FILES)
    return query.text, query.scope, [one.text for one in remarks], [one.instead for one in remarks]


@pytest.mark.parametrize("line", LOG_LINES)
def test_a_pasted_log_line_keeps_its_words_and_narrows_nothing(line: str) -> None:
    text, scope, _, _ = read(line)
    assert scope == Scope()
    kept = [word for word in line.split() if not word.startswith("lang:")]
    assert text.split() == kept


@pytest.mark.parametrize(
    "text",
    ["kind:Pod", "is:healthy", "-kind:symbol", "path:", "lang:, x", "Path:src", "xlang:go", "path:/ x"],
)
def test_what_is_no_filter_stays_text(text: str) -> None:
    query = parse_query(text)
    assert query.text == text and query.scope == Scope() and query.filters == ()


def test_filters_exclude_too() -> None:
    query = parse_query("value -lang:python,C# -path:'old code' -is:test")
    assert query.text == "value"
    assert query.scope == Scope(exclude=("old code",), exclude_languages=("python", "c#"), tests=False)


def test_code_and_texts_of_several_lines_have_filters_at_their_edges_alone() -> None:
    code = "get '/x',\n  path:src lang:go\nend"
    assert parse_query(code).text == code
    query = parse_query(f"lang:go {code}\n-path:docs")
    assert query.text == code and query.scope == Scope(languages=("go",), exclude=("docs",))


def test_more_words_like_filters_than_anyone_types_stay_text() -> None:
    query = parse_query("x " + " ".join(f"path:{number}" for number in range(500)))
    assert len(query.scope.include) == MAX_FILTERS and query.text.endswith("path:499")


@pytest.mark.parametrize(
    ("scope", "path", "language", "admitted"),
    [
        (Scope(exclude_languages=("python",)), "a.py", "python", False),
        (Scope(exclude_languages=("py",)), "a.go", "go", True),
        (Scope(languages=("c++",)), "a.cc", "cpp", True),
        (Scope(languages=("golang",)), "a.go", "go", True),
        (Scope(languages=("typescript",)), "a.tsx", "tsx", True),
        (Scope(languages=("tsx",)), "a.ts", "typescript", False),
        (Scope(languages=("xyz",)), "a.xyz", None, True),
        (Scope(languages=("xyz",)), "a.abc", None, False),
        (Scope(languages=("text",)), "a.abc", None, True),
    ],
)
def test_languages_have_several_names(scope: Scope, path: str, language: str | None, admitted: bool) -> None:
    assert ScopeFilter(scope).admits(RelativePath(path), language) is admitted


@pytest.mark.parametrize(
    ("glob", "path", "admitted"),
    [
        ("[slug]/(group)", "app/[slug]/(group)/page.tsx", True),
        ("app/[slug]/**", "app/[slug]/page.tsx", True),
        ("[slug]", "app/[slug]/page.tsx", True),
        ("[...rest]", "app/[...rest]/page.tsx", True),
        ("/[[...opt]]", "[[...opt]]/page.tsx", True),
        ("/[id]", "app/[id]/page.tsx", False),
        ("{theme}", "skins/{theme}/a.css", True),
        ("a?b", "odd/a?b&c=d.py", True),
        ("back\\slash", "odd/back\\slash.py", True),
        ("#tag", "odd/#tag.py", True),
        ("[ab].py", "x/a.py", True),
        ("[ab].py", "x/c.py", False),
        ("src\\shop", "src/shop/cart.py", True),
    ],
)
def test_a_path_may_have_characters_that_globs_use(glob: str, path: str, admitted: bool) -> None:
    assert ScopeFilter(Scope(include=(glob,))).admits(RelativePath(path), None) is admitted


@pytest.mark.parametrize("name", ["prüfung", "größe", "수강", "élève", "ガード"])
@pytest.mark.parametrize("form", FORMS)
def test_composed_and_decomposed_letters_are_the_same_in_filters(name: str, form: Form) -> None:
    typed = unicodedata.normalize(form, name)
    scope = parse_query(f"path:{typed} start").scope
    for on_disk in FORMS:
        path = unicodedata.normalize(on_disk, f"src/{name}.py")
        assert ScopeFilter(scope).admits(RelativePath(path), None)


@pytest.mark.parametrize(
    ("text", "sentence", "instead"),
    [
        ("lang:klingon value", "No file is in lang:klingon. Did you mean lang:kotlin?", "lang:kotlin value"),
        ("lang:pyhton value", "No file is in lang:pyhton. Did you mean lang:python?", "lang:python value"),
        (
            "value lang:go,pyton",
            "No file is in lang:pyton. Did you mean lang:python?",
            "value lang:go lang:python",
        ),
        ("lang:rust value", f"No file is in lang:rust. {WITHOUT} The languages here are", None),
        ("lang:cython value", "No file is in lang:cython. Did you mean lang:python?", "lang:python value"),
        ("lang:crystal value", f"No file is in lang:crystal. {WITHOUT} The languages here are", None),
        ("lang:bash value", f"No file is in lang:bash. {WITHOUT} The languages here are", None),
        ("lang:ocaml value", f"No file is in lang:ocaml. {WITHOUT} The languages here are", None),
        (
            "path:src/shp value",
            "No file is in path:src/shp. Did you mean path:src/shop?",
            "path:src/shop value",
        ),
        (
            "path:SRC/Shop value",
            "No file is in path:SRC/Shop. Did you mean path:src/shop?",
            "path:src/shop value",
        ),
        ("path:shop/cart.py value", "Did you mean path:**/shop/cart.py?", "path:**/shop/cart.py value"),
        ('-path:"**" value', "Every file is in path:**, so -path:** leaves none.", None),
        ("lang:go path:docs value", "No file is left by lang:go and path:docs together.", None),
    ],
)
def test_a_filter_that_leaves_nothing_is_named_and_left_out(
    text: str, sentence: str, instead: str | None
) -> None:
    words, scope, remarks, meant = read(text)
    assert words == "value" and len(remarks) == 1 and sentence in remarks[0]
    assert scope == (Scope(languages=("go",)) if "go,pyton" in text else Scope())
    assert meant == [instead]


def test_a_filter_that_leaves_files_has_no_remark() -> None:
    assert read("lang:go,py path:src value -is:test")[2:] == ([], [])


def test_a_name_stays_a_name_beside_a_path_that_is_not_there() -> None:
    query, _ = read_query("path:nowhere/at/all total_price", "auto", Scope(), lambda: FILES)
    assert query.text == "total_price" and query.kind is QueryKind.SYMBOL


def test_what_a_search_is_narrowed_to_by_options_stays() -> None:
    chosen = Scope(languages=("klingon",))
    _, scope, remarks, _ = read("value", chosen)
    assert scope == chosen and remarks == ["No file is in klingon. Did you mean kotlin?"]
    chosen = Scope(tests=True)
    _, scope, remarks, _ = read("value path:docs", chosen)
    assert scope == chosen and len(remarks) == 1


@pytest.mark.parametrize(
    ("text", "first", "query"),
    [
        ("value lang:", "lang:python", "value lang:python "),
        ("lang:ko", "lang:kotlin", "lang:kotlin "),
        ("x -lang:gola", "-lang:go", "x -lang:go "),
        ("path:s", "path:src/", "path:src/"),
        ("path:src/sh", "path:src/shop/", "path:src/shop/"),
        ("path:src/shop/ca", "path:src/shop/cart.py", "path:src/shop/cart.py "),
        ("x path:shop", "path:src/shop/", "x path:src/shop/"),
        ("-is:", "-is:test", "-is:test "),
        ("kind:s", "kind:symbol", "kind:symbol "),
    ],
)
def test_a_filter_is_completed_from_what_is_there(text: str, first: str, query: str) -> None:
    found = completions(text, FILES)[0]
    assert (found.label, found.query) == (first, query) and found.detail


def test_images_are_a_kind_where_there_are_any() -> None:
    pixels = IndexedFile(RelativePath("img/a.png"), "image")
    assert completions("kind:im", FILES) == [] and completions("-kind:", FILES) == []
    (one,) = completions("kind:im", [*FILES, pixels])
    assert (one.label, one.detail) == ("kind:image", "only images")
    assert [one.label for one in completions("-kind:", [*FILES, pixels])] == ["-kind:image"]
    only, none = parse_query("kind:image the cart"), parse_query("-kind:image the cart")
    assert (only.kind, only.text, only.scope) == (QueryKind.TEXT, "the cart", Scope(images=True))
    assert none.scope == Scope(images=False) and parse_query("kind:text cart").scope == Scope()
    for query, admitted in ((only, [True, False]), (none, [False, True])):
        files = ((pixels.path, "image"), (RelativePath("a.py"), "python"))
        assert [query.scope_filter.admits(*file) for file in files] == admitted
    assert Role.IMAGE in only.roles and not none.roles
    reading = read_query("kind:image the cart", "auto", Scope(), lambda: FILES)
    assert "the setting semlens.images" in str(reading)


@pytest.mark.parametrize("text", ["", "value", "lang:go value", "lang:xx", "-kind:", "path:nowhere"])
def test_nothing_is_completed_where_no_filter_is_typed(text: str) -> None:
    assert completions(text, FILES) == []


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("where is the cart saved", "auto", []),
        ("where is the cart saved " * 10, "auto", []),
        ("lang:go -is:test " + "where is the cart saved " * 10, "auto", []),
        ("where is the cart saved " * 400, "auto", [LONG]),
        ("where is the cart saved " * 400, "text", []),
        ("lang:go " + "where is the cart saved " * 400, "auto", [LONG]),
        (
            "where is the cart saved " * 9_000,
            "auto",
            [LONG, "Of 215,999 characters the first 200,000 are read."],
        ),
        ("total = total + 1;\n" * 2_000, "auto", ["Of 37,999 characters the first 20,000 are read."]),
        ("word " * 10_000, "text", ["Of 49,999 characters the first 20,000 are read."]),
    ],
)
def test_what_is_not_read_of_a_long_question_is_said(text: str, kind: str, said: list[str]) -> None:
    assert [one.text for one in read_query(text, kind, Scope(), lambda: FILES)[1]] == said


def test_a_filter_that_leaves_nothing_is_named_before_it() -> None:
    text = "lang:klingon " + "where is the cart saved " * 400
    first, second = read_query(text, "auto", Scope(), lambda: FILES)[1]
    assert "klingon" in first.text and second.text == LONG
