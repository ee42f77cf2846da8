"""Which definition a position in a text speaks of, and what it is called."""

from __future__ import annotations

import pytest

from semlens.core.chunk.structure import find_structure
from semlens.core.chunk.tree import Definition
from semlens.core.cost.hovered import hovered, spoken_kind
from semlens.core.text.languages import LANGUAGES


def at(code: str, language: str, mark: str) -> str | None:
    """The path of the definition at the first place of `mark`."""
    before = code[: code.index(mark)]
    line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
    found = hovered(blocks(code, language), code.split("\n"), line, column)
    return found.path if found else None


def blocks(code: str, language: str) -> list[Definition]:
    structure = find_structure(code, LANGUAGES[language])
    return [block for block in structure.walk() if block.kind != "scope"]


@pytest.mark.parametrize(
    ("language", "code", "mark", "expected"),
    [
        ("javascript", "function helper() { return total([]); }", "total", None),
        ("javascript", "function helper() { return total([]); }", "helper", "helper"),
        ("javascript", "function a() { function b() { return 1; } return b(); }", "return b", None),
        ("javascript", "function a() { function b() { return 1; } return b(); }", "b() {", "a.b"),
        ("javascript", "function a() { function b() { return 1; } return b(); }", "b(); }", "a.b"),
        ("typescript", "class A { x(): number { return y(1); } z() {} }", "y(1)", None),
        ("typescript", "class A { x(): number { return y(1); } z() {} }", "z() {", "A.z"),
        ("python", "def f(a): return g(a)\n", "g(a)", None),
        ("python", "def g(a): return a\ndef f(a): return g(a)\n", "g(a)\n", "g"),
        ("python", "def f(a): return g(a)\n", "(a):", "f"),
        ("go", "package p\nfunc f() int { return g() }\nfunc g() int { return 1 }\n", "g() }", "g"),
        ("rust", "fn f() -> u8 { g() }\nfn g() -> u8 { 1 }\n", "g() }", "g"),
        ("java", "class A { int f() { return g(); } int g() { return 1; } }", "g(); }", "A.g"),
        ("ruby", "def f(a)\n  g(a)\nend\ndef g(a)\n  a\nend\n", "g(a)\nend", "g"),
    ],
)
def test_a_body_on_the_line_of_its_header_is_no_header(
    language: str, code: str, mark: str, expected: str | None
) -> None:
    assert at(code, language, mark) == expected


def test_a_name_is_a_whole_word() -> None:
    assert at("def get(getter): return getter\n", "python", "getter)") == "get"  # its signature
    assert at("def get(getter): return getter\n", "python", "getter\n") is None


def test_of_methods_of_one_name_a_call_means_the_one_of_its_own_class() -> None:
    code = (
        "class A:\n    def save(self): pass\n    def run(self): self.save()\n"
        "class B:\n    def save(self): pass\n    def run(self): other.load()\n"
    )
    assert at(code, "python", "save()") == "A.save"


@pytest.mark.parametrize(
    ("language", "code", "name", "kind"),
    [
        ("python", "names: list[str] = []\n", "names", "variable"),
        ("python", "LIMIT = 3\n", "LIMIT", "constant"),
        ("go", "package p\n\nvar registry = map[string]int{}\n", "registry", "variable"),
        ("go", "package p\n\nconst limit = 3\n", "limit", "constant"),
        ("go", "package p\n\nconst (\n\tlimit = 1\n)\n", "limit", "constant"),
        ("javascript", "let count = 0;\n", "count", "variable"),
        ("javascript", "const limit = 0;\n", "limit", "constant"),
        ("rust", "const LIMIT: u8 = 3;\n", "LIMIT", "constant"),
        ("c", "#define LIMIT 3\n", "LIMIT", "constant"),
    ],
)
def test_a_variable_is_no_constant(language: str, code: str, name: str, kind: str) -> None:
    found = next(block for block in blocks(code, language) if block.name == name)
    assert spoken_kind(found, code.split("\n"), language) == kind
