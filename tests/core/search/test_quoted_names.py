"""Names in quotes, names that a macro makes, and languages that share an ending, through a search."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.types import Tier
from support.opened_index import opened_index

CALLS = "usp_GrantDiscount fn_Total nice_add find_peaks Order Line Get-Box make-thing"
FILES = {
    "procs.sql": (
        "-- Gives a discount.\nCREATE PROCEDURE [dbo].[usp_GrantDiscount] AS SELECT 1\nGO\n"
        "CREATE FUNCTION [dbo].[fn_Total] () RETURNS int AS BEGIN RETURN 1 END\nGO\n"
        "CREATE TABLE [dbo].[Order Line] (Id int)\n"
    ),
    "usp_GrantDiscount.md": f"# usp_GrantDiscount\n\n{CALLS} {CALLS}\n\n# Order Line\n\nOrder Line.\n",
    "jobs.cs": 'class Jobs { void A() { Run("usp_GrantDiscount"); Run("fn_Total Order Line"); } }\n',
    "call.c": "// nice_add\nint run(void) {\n  return nice_add(1, 2) + nice_add(3, 4);\n}\n",
    "sys.c": "SYSCALL_DEFINE2(nice_add, int, a, int, b)\n{\n  return a + b;\n}\n",
    "sum_test.cc": "TEST_F(SumTest, AddsUp) {\n  EXPECT_EQ(1, 1);\n}\n",
    "peaks.m": "function p = find_peaks(y)\n% Rises.\n    p = find(y > 0);\nend\n",
    "caller.m": "% find_peaks\nfind_peaks(a); find_peaks(b);\nx = find_peaks(c);\n",
    "box.ps1": "function Get-Box {\n  1\n}\n",
    "use.ps1": "Get-Box; Get-Box\nGet-Box | Get-Box\n",
    "thing.lisp": "(defun make-thing (x)\n  (list x))\n",
    "style.css": ".btn-primary {\n  color: red;\n}\n",
    "page.html": "<a class='btn-primary btn-primary'>btn-primary card__title</a>\n",
    "card.scss": "$brand-color: red;\n.card {\n  a: b;\n  &__title {\n    color: $brand-color;\n  }\n}\n",
    "use.scss": ".a { color: $brand-color; background: $brand-color }\n",
    "use.lisp": "; make-thing\n(print (make-thing (make-thing 1)))\n",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    root = tmp_path_factory.mktemp("workspace")
    for path, text in FILES.items():
        (root / path).write_text(text, encoding="utf-8")
    with opened_index(root, tmp_path_factory.mktemp("data")) as index:
        yield Searcher(index)


@pytest.mark.parametrize(
    ("query", "path", "language"),
    [
        ("usp_GrantDiscount", "procs.sql", "sql"),
        ("dbo.usp_GrantDiscount", "procs.sql", "sql"),
        ("[dbo].[usp_GrantDiscount]", "procs.sql", "sql"),
        ("`dbo`.`fn_Total`", "procs.sql", "sql"),
        ('"dbo"."Order Line"', "procs.sql", "sql"),
        ("[dbo].[Order Line]", "procs.sql", "sql"),
        ("Order Line", "procs.sql", "sql"),
        ("order line", "procs.sql", "sql"),
        ("lang:tsql discount", "procs.sql", "sql"),
        ("nice_add", "sys.c", "c"),
        ("SumTest.AddsUp", "sum_test.cc", "cpp"),
        ("AddsUp", "sum_test.cc", "cpp"),
        ("find_peaks", "peaks.m", "matlab"),
        ("lang:octave rises", "peaks.m", "matlab"),
        ("Get-Box", "box.ps1", "powershell"),
        ("make-thing", "thing.lisp", "commonlisp"),
        ("btn-primary", "style.css", "css"),
        (".btn-primary", "style.css", "css"),
        ("card__title", "card.scss", "scss"),
        ("$brand-color", "card.scss", "scss"),
    ],
)
def test_the_definition_comes_first(searcher: Searcher, query: str, path: str, language: str) -> None:
    options = SearchOptions(tiers=frozenset({Tier.LEXICAL, Tier.INSTANT}))
    first = searcher.search(parse_query(query), options)[0]
    assert (first.path, first.language) == (path, language)
