"""Whole files of many languages, as projects write them: their language, definitions, comments and chunks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from semlens.core.chunk import chunk_source, definitions, documented_definitions, recognize
from semlens.core.text.languages import LANGUAGES
from semlens.core.text.specialist_table import SPECIALISTS
from semlens.types import RelativePath
from support.chunks import Words, assert_sound

_FILE = re.compile(r"(?ms)^=== (\S+) (\w+)\n(.*?)^---\n(.*?)(?=^=== |\Z)")
FILES = {
    f"{found[1]} {found[2]}": (found[3], found[4])
    for found in _FILE.finditer(Path(__file__).with_name("languages.txt").read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("case", FILES)
def test_the_definitions_of_a_file(case: str) -> None:
    (name, language), (source, expected) = case.split(), FILES[case]
    assert recognize(RelativePath(name), source) == language
    found = documented_definitions(source, language)
    assert [
        f"{one.symbol.container}.{one.symbol.name} {one.symbol.kind}"
        if one.symbol.container
        else f"{one.symbol.name} {one.symbol.kind}"
        for one in found
    ] == " ".join(expected.split()).split(", ")
    for comment in re.findall(r"doc of [^\s\"';<]+", source):
        name = comment.split()[-1]
        owners = [one.symbol.name for one in found if comment in one.docstring]
        assert len(owners) == 1
        assert owners[0].startswith(name) or name.endswith(owners[0])


@pytest.mark.parametrize("case", FILES)
def test_the_chunks_of_a_file_at_every_size(case: str) -> None:
    source = FILES[case][0]
    for limit in (8, 30, 254):
        assert_sound(source, chunk_source(source, case.split()[1], Words(limit)), Words(limit))


@pytest.mark.parametrize("case", FILES)
def test_definitions_lie_within_each_other(case: str) -> None:
    found = definitions(FILES[case][0], case.split()[1])
    ends: list[int] = []
    for one in found:
        while ends and ends[-1] < one.start_line:
            ends.pop()
        assert not ends or one.end_line <= ends[-1], one
        ends.append(one.end_line)


@pytest.mark.parametrize("language", [one.name for one in SPECIALISTS] + ["bash", "haxe", "perl", "vba", "v"])
@pytest.mark.parametrize("unit", ["a ", "(", "@", "a\n", "  a:\n"])
def test_no_text_takes_long(language: str, unit: str) -> None:
    text = unit * 5_000
    assert len(definitions(text, language)) <= len(text)


def test_headings_are_read_where_a_grammar_finds_less() -> None:
    source = (
        'put() {\n  echo "${(f)a}"\n  local -a b=(${(f)"$(ls)"})\n}\n\nfunction get {\n  print -P "%~"\n}\n'
    )
    assert [one.name for one in definitions(source, "bash")] == ["put", "get"]
    assert LANGUAGES["bash"].grammar


@pytest.mark.parametrize("language", ["lean", "coq", "agda", "standard_ml"])
def test_an_apostrophe_is_a_part_of_a_name(language: str) -> None:
    keyword = {"lean": "def f' ", "coq": "Definition f' ", "agda": "f' ", "standard_ml": "fun f' "}[language]
    assert [one.name for one in definitions(f"{keyword}: x\n", language)] == ["f'"]


def test_what_a_line_ends_ends_there() -> None:
    source = "package A::B;\nsub a {\n  1;\n}\nmy $x = 1;\nsub b { 1 }\nsub c;\nprint 1;\nif (1) {\n}\n"
    assert [(one.name, one.start_line, one.end_line) for one in definitions(source, "perl")] == [
        ("B", 1, 11),
        ("a", 2, 4),
        ("b", 6, 6),
        ("c", 7, 7),
    ]
