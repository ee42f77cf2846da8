"""A comment above a definition belongs to it, in every language that has definitions."""

from __future__ import annotations

import pytest

from semlens.core.chunk import chunk_source, documented_definitions
from semlens.core.text.languages import LANGUAGES
from support.chunks import Words

DOC = "warns a customer"
CASES: dict[str, str] = {
    "python": "def before():\n    return 1\n\n# {doc}\ndef job():\n    return 2\n",
    "sql": "CREATE TABLE before (id int);\n-- {doc}\nCREATE TABLE job (id int);\n",
    "sql block": "CREATE VIEW before AS SELECT 1;\n\n/*\n * {doc}\n */\nCREATE VIEW job AS SELECT 2;\n",
    "sql drop": "CREATE VIEW before AS SELECT 1;\nGO\n-- {doc}\nDROP VIEW IF EXISTS job;\nGO\n"
    "CREATE VIEW job AS SELECT 2;\n",
    "perl": "sub before {\n  1;\n}\n\n# {doc}\nsub job {\n  2;\n}\n",
    "perl pod": "sub before {\n  1;\n}\n\n=head2 job\n\n{doc}\n\n=cut\n\nsub job {\n  2;\n}\n",
    "make": "before:\n\tcc a.c\n\n# {doc}\njob: a.c\n\tcc b.c\n",
    "make phony": "before:\n\tcc a.c\n\n# {doc}\n.PHONY: job\njob:\n\tcc b.c\n",
    "make just": "before:\n  cc a.c\n\n# {doc}\n[private]\njob level:\n  cc b.c\n",
    "graphql": "type Before {\n  a: Int\n}\n\n# {doc}\ntype job {\n  b: Int\n}\n",
    "graphql text": 'type Before {\n  a: Int\n}\n\n"""\n{doc}\n"""\ntype job {\n  b: Int\n}\n',
    "graphql line": 'type Before {\n  a: Int\n}\n\n"{doc}"\nenum job {\n  B\n}\n',
    "yaml": "before:\n  a: 1\n\n# {doc}\njob:\n  b: 2\n",
    "yaml nested": "jobs:\n  before:\n    runs-on: x\n\n  # {doc}\n  job:\n    runs-on: y\n",
    "toml": "[before]\na = 1\n\n# {doc}\n[job]\nb = 2\n",
    "ini": "[before]\na = 1\n\n; {doc}\n[job]\nb = 2\n",
    "dockerfile": "FROM a AS before\nRUN x\n\n# {doc}\nFROM b AS job\nRUN y\n",
    "groovy": "def before() {\n  1\n}\n\n// {doc}\ndef job() {\n  2\n}\n",
    "groovy block": "def before() {\n  1\n}\n\n/**\n * {doc}\n */\n@CompileStatic\ndef job() {\n  2\n}\n",
    "awk": "function before(a) {\n  return 1\n}\n\n# {doc}\nfunction job(a) {\n  return 2\n}\n",
    "batch": "@echo off\n:before\necho 1\n\nREM {doc}\n:job\necho 2\n",
    "batch colons": ":before\necho 1\n\n:: {doc}\n:job\necho 2\n",
    "latex": "\\section{Before}\nx\n\n% {doc}\n\\section{job}\ny\n",
    "prolog": "before(X) :- a(X).\n\n% {doc}\njob(X) :- b(X).\njob(X) :- c(X).\n",
    "coq": "Lemma before : True.\nProof. auto. Qed.\n\n(* {doc} *)\nLemma job : True.\nProof. auto. Qed.\n",
    "forth": ": before 1 ;\n\n\\ {doc}\n: job 2 ;\n",
    "rescript": "let before = 1\n\n// {doc}\nlet job = 2\n",
    "pkl": "class before {\n}\n\n/// {doc}\nclass job {\n}\n",
    "modelica": "model before\nend before;\n\n// {doc}\nmodel job\nend job;\n",
    "vba": "Sub before()\nEnd Sub\n\n' {doc}\nPublic Sub job()\nEnd Sub\n",
    "idl": "pro before\nend\n\n; {doc}\npro job, x\nend\n",
    "modula2": "PROCEDURE before;\nEND before;\n\n(* {doc} *)\nPROCEDURE job;\nEND job;\n",
    "puppet": "class before {\n}\n\n# {doc}\nclass job {\n}\n",
    "bitbake": "do_before() {\n    a\n}\n\n# {doc}\njob() {\n    b\n}\n",
    "ada": "procedure before is\nbegin\n   null;\nend before;\n\n-- {doc}\nprocedure job is\nbegin\n"
    "   null;\nend job;\n",
    "matlab": "function before()\n  a = 1;\nend\n\n% {doc}\nfunction job()\n  b = 2;\nend\n",
    "cmake": "function(before)\nendfunction()\n\n# {doc}\nfunction(job)\nendfunction()\n",
    "hcl": 'resource "a" "before" {\n  a = 1\n}\n\n# {doc}\nresource "a" "job" {\n  b = 2\n}\n',
    "proto": "message before {\n}\n\n// {doc}\nmessage job {\n}\n",
    "lua": "function before()\nend\n\n-- {doc}\nfunction job()\nend\n",
    "structuredtext": "PROGRAM before\nEND_PROGRAM\n\n(* {doc} *)\nFUNCTION_BLOCK job\nEND_FUNCTION_BLOCK\n",
    "objectscript": "Method before()\n{\n}\n\n/// {doc}\nClassMethod job()\n{\n}\n",
    "tcl": "proc before {} {\n  a\n}\n\n# {doc}\nproc job {} {\n  b\n}\n",
    "fish": "function before\n  a\nend\n\n# {doc}\nfunction job\n  b\nend\n",
    "powershell": "function before { 1 }\n\n# {doc}\nfunction job { 2 }\n",
    "pascal": "procedure before;\nbegin\nend;\n\n{{ {doc} }}\nprocedure job;\nbegin\nend;\n",
    "fortran": "subroutine before\nend subroutine before\n\n! {doc}\nsubroutine job\nend subroutine job\n",
    "commonlisp": "(defun before () 1)\n\n; {doc}\n(defun job () 2)\n",
    "thrift": "struct before {\n}\n\n// {doc}\nstruct job {\n}\n",
    "prisma": "model before {\n  id Int\n}\n\n// {doc}\nmodel job {\n  id Int\n}\n",
    "elm": "before = 1\n\n-- {doc}\njob = 2\n",
    "opencl": "__kernel void before(__global int *a) {\n}\n\n// {doc}\n"
    "__kernel void job(__global int *a) {\n}\n",
    "c": "SYSCALL_DEFINE1(before, int, a)\n{\n}\n\n// {doc}\nSYSCALL_DEFINE1(job, int, a)\n{\n}\n",
}


@pytest.mark.parametrize("case", CASES)
def test_a_comment_above_a_definition_belongs_to_it(case: str) -> None:
    language = case.split()[0]
    source = CASES[case].replace("{{", "{").replace("}}", "}").replace("{doc}", DOC)
    found = {one.symbol.name: one for one in documented_definitions(source, language)}
    assert DOC in found["job"].docstring
    assert not any(DOC in one.docstring for name, one in found.items() if name not in {"job", "jobs"})


@pytest.mark.parametrize(
    "case", ["sql", "perl", "make phony", "graphql text", "yaml nested", "batch", "forth"]
)
def test_the_chunk_of_a_definition_begins_with_its_comment(case: str) -> None:
    source = CASES[case].replace("{doc}", DOC)
    chunks = chunk_source(source, case.split()[0], Words(12))
    (chunk,) = [one for one in chunks if DOC in one.text]
    assert chunk.symbol is not None
    assert chunk.symbol.name == "job"


def test_every_language_with_headings_knows_its_comments() -> None:
    without = {"markdown", "rst", "sql"}
    for language in LANGUAGES.values():
        if language.headings and language.name not in without:
            assert language.line_comment or language.block_comments, language.name


def test_a_comment_that_stands_apart_or_ends_a_line_is_not_taken() -> None:
    source = "CREATE TABLE a (id int); -- of a\n-- end of a\n\n\nCREATE TABLE b (id int);\n"
    assert [one.docstring for one in documented_definitions(source, "sql")] == ["", ""]


def test_a_block_that_never_ends_hides_nothing() -> None:
    source = "CREATE TABLE a (id int);\n/* open\nCREATE TABLE b (id int);\n" + "/* open\n" * 2000
    assert [one.symbol.name for one in documented_definitions(source, "sql")] == ["a", "b"]
