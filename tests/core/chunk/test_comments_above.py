"""A comment above a definition belongs to it, in every language that has definitions."""

from __future__ import annotations

import pytest

from semlens.core.chunk import chunk_source, definitions, documented_definitions
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
    "just": "before:\n  cc a.c\n\n# {doc}\n[private]\njob level:\n  cc b.c\n",
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
    "groovy method": "class A {\n  int before() { 1 }\n\n  // {doc}\n  String job(int x) { 2 }\n}\n",
    "groovy annotated": "class A {\n  int before() { 1 }\n\n  /** {doc} */\n  @groovy.Memoized(max = 1)\n"
    "  def job() { 2 }\n}\n",
    "groovy test": 'class A {\n  def before() { 1 }\n\n  // {doc}\n  def "job"() {\n    expect: ok()\n'
    "  }\n}\n",
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
    "fortran fixed": "      SUBROUTINE BEFORE(X)\n      X = 1\n      END\nC\nC     {doc}\nC\n"
    "      SUBROUTINE job(X)\n      X = 2\n"
    "      END\n",
    "fortran lower": "      subroutine before\n      end\nc {doc}\n      subroutine job\n      end\n",
    "fortran star": "*> Before\n      SUBROUTINE BEFORE\n      END\n*\n*> {doc}\n*  ====\n"
    "      SUBROUTINE job(X,\n"
    "     $               Y)\n      END\n",
    "commonlisp": "(defun before () 1)\n\n; {doc}\n(defun job () 2)\n",
    "thrift": "struct before {\n}\n\n// {doc}\nstruct job {\n}\n",
    "prisma": "model before {\n  id Int\n}\n\n// {doc}\nmodel job {\n  id Int\n}\n",
    "vba attribute": "Sub before()\nEnd Sub\n\n''' {doc}\n<WebMethod>\nPublic Async Function job()\n"
    "End Function\n",
    "abl": "PROCEDURE before:\nEND PROCEDURE.\n\n/* {doc} */\nMETHOD PUBLIC VOID job(x AS INT):\n"
    "END METHOD.\n",
    "vhdl": "package body p is\n  function before return integer is\n  begin\n    return 1;\n"
    "  end function;\n\n  -- {doc}\n"
    "  procedure job is\n  begin\n    x := 1;\n  end procedure;\nend package body;\n",
    "racket": "#lang racket\n(define (before) 1)\n\n;; {doc}\n(define/contract (job) (-> number?) 1)\n",
    "haskell pragma": "before = 1\n\n-- | {doc}\n{-# INLINE job #-}\njob :: Int\njob = 2\n",
    "haskell pragma below": "before = 1\n\n-- | {doc}\njob :: Int\n{-# NOINLINE job #-}\njob = 2\n",
    "ruby sig": "class A\n  def before; end\n\n  # {doc}\n  sig { params(x: Integer).void }\n"
    "  def job(x); end\nend\n",
    "ruby sig block": "class A\n  def before; end\n\n  # {doc}\n  sig do\n    void\n  end\n"
    "  def job; end\nend\n",
    "ruby desc": 'class A\n  def before; end\n\n  # {doc}\n  desc "job", "does"\n  option :x\n'
    "  def job; end\nend\n",
    "elm": "before = 1\n\n-- {doc}\njob = 2\n",
    "opencl": "__kernel void before(__global int *a) {\n}\n\n// {doc}\n"
    "__kernel void job(__global int *a) {\n}\n",
    "c": "SYSCALL_DEFINE1(before, int, a)\n{\n}\n\n// {doc}\nSYSCALL_DEFINE1(job, int, a)\n{\n}\n",
}


ANNOTATED: dict[str, str] = {
    "java": 'class A {\n  void before() {\n{body}  }\n\n  /** {doc} */\n  @Scheduled(cron = "0 0")\n'
    "  @Transactional\n"
    "  public void job() {\n{body}  }\n}\n",
    "java class": 'class Before {\n}\n\n/** {doc} */\n@Entity\n@Table(\n    name = "jobs"\n)\n'
    "class job {\n}\n",
    "java declaration": "interface A {\n  void before();\n\n  /** {doc} */\n  @Override\n  void job();\n}\n",
    "csharp": "class A {\n  void Before() {\n{body}  }\n\n  /// <summary>\n  /// {doc}\n  /// </summary>\n"
    '  [HttpPost]\n  [Authorize(Roles = "admin")]\n  public int job() {\n{body}  }\n}\n',
    "csharp property": "class A {\n  int Before { get; set; }\n\n  // {doc}\n  [Key]\n"
    "  int job { get; set; }\n}\n",
    "kotlin": 'fun before() {\n{body}}\n\n/** {doc} */\n@JvmStatic\n@Deprecated("old")\nfun job() {\n'
    "{body}}\n",
    "kotlin member": "class A {\n  fun before() {\n{body}  }\n\n  // {doc}\n  @Test\n  fun job() {\n"
    "{body}  }\n}\n",
    "scala": "object A {\n  def before = {\n{body}  }\n\n  /** {doc} */\n  @inline @tailrec\n"
    "  final def job = {\n{body}  }\n}\n",
    "php": "<?php\nfunction before() {\n{body}}\n\n// {doc}\n#[Route('/job')]\n#[IsGranted('ADMIN')]\n"
    "function job() {\n{body}}\n",
    "apex": "class A {\n  void before() {\n{body}  }\n\n  /** {doc} */\n  @AuraEnabled(cacheable=true)\n"
    "  public void job() {\n{body}  }\n}\n",
    "actionscript": "class A {\n  public function before():int {\n{body}  }\n\n  /** {doc} */\n"
    '  [Event(name="x")]\n'
    "  public function job():int {\n{body}  }\n}\n",
    "hlsl": "void before() {\n{body}}\n\n// {doc}\n[numthreads(8,8,1)]\nvoid job() {\n{body}}\n",
    "gleam": 'pub fn before() {\n  1\n}\n\n/// {doc}\n@deprecated("old")\npub fn job() {\n  1\n}\n',
    "erlang": 'before() -> 1.\n\n%% {doc}\n-doc "x".\n-spec job() -> ok.\njob() -> 2.\n',
    "haxe": "class A {\n  function before() {\n{body}  }\n\n  /** {doc} */\n  @:keep\n"
    "  public function job() {\n{body}  }\n}\n",
    "verilog": "module top;\nfunction int before(int x);\n  return x;\nendfunction\n\n// {doc}\n(* keep *)\n"
    "function int job(int x);\n  return x;\nendfunction\nendmodule\n",
    "typescript": "class A {\n  before() {\n{body}  }\n\n  // {doc}\n  @Post('/job')\n"
    "  @UseGuards(AuthGuard)\n  job() {\n{body}  }\n}\n",
    "rust": "fn before() {\n{body}}\n\n/// {doc}\n#[inline]\n#[must_use]\npub fn job() {\n{body}}\n",
    "swift": "func before() {\n{body}}\n\n/// {doc}\n@MainActor\nfunc job() {\n{body}}\n",
}


WITHOUT_BRACKETS: dict[str, str] = {
    "fsharp": "module A\n\nlet before () =\n{body}\n/// {doc}\nlet job () =\n{body}",
    "fsharp attribute": "module A\n\nlet before () =\n{body}\n/// {doc}\n[<Extension>]\nlet job () =\n{body}",
    "fsharp block": "module A\n\nlet before () =\n{body}\n(* one\n     {doc}\n *)\nlet job () =\n{body}",
    "fsharp member": "type T() =\n    member this.before() =\n        f x\n\n    /// {doc}\n"
    "    member this.job() =\n        f x\n",
    "fsharp nested": "type T() =\n    member this.before() = 1\n\n/// {doc}\nlet job () =\n{body}",
    "nim": "proc before*(x: int) =\n{body}\n# {doc}\nproc job*(x: int) =\n{body}",
    "nim documentation": "proc before(x: int) =\n{body}\n## {doc}\nproc job(x: int) =\n{body}",
    "purescript": "module A where\n\nbefore :: Effect Unit\nbefore = do\n{body}\n-- | {doc}\n"
    "job :: Effect Unit\n"
    "job = do\n{body}",
    "matlab octave": "1;\nfunction y = before (x)\n{body}endfunction\n\n## {doc}\nfunction y = job (x)\n"
    "{body}endfunction\n",
    "matlab conditions": "function before ()\n  if a # why\n{body}  endif\nendfunction\n\n# {doc}\n"
    "function job ()\n"
    "{body}endfunction\n",
    "prisma": "model Before {\n  id Int @id\n}\n\n/// {doc}\nmodel job {\n  id Int @id\n}\n",
    "prisma enum": 'model Before {\n  id Int @id\n}\n\n// {doc}\nenum job {\n  A @map("a")\n'
    '  B @map("b")\n}\n',
    "haskell": "before = do\n{body}\n-- | {doc}\njob :: IO ()\njob = do\n{body}",
    "python": "def before():\n{body}\n# {doc}\ndef job():\n{body}",
    "gdscript": "func before():\n{body}\n## {doc}\nfunc job():\n{body}",
}


@pytest.mark.parametrize("case", ANNOTATED)
def test_a_comment_above_annotations_belongs_to_the_definition_below_them(case: str) -> None:
    assert_job_has_the_comment(ANNOTATED[case].replace("{body}", "    f(x);\n" * 20), case.split()[0])


@pytest.mark.parametrize("case", WITHOUT_BRACKETS)
def test_a_comment_belongs_to_what_is_below_it_although_the_body_above_has_no_end(case: str) -> None:
    assert_job_has_the_comment(WITHOUT_BRACKETS[case].replace("{body}", "    f(x)\n" * 20), case.split()[0])


def assert_job_has_the_comment(source: str, language: str) -> None:
    source = source.replace("{doc}", DOC)
    found = {one.symbol.name: one for one in documented_definitions(source, language)}
    assert DOC in found["job"].docstring
    assert [DOC in one.docstring for one in found.values()].count(True) == 1
    (chunk,) = [one for one in chunk_source(source, language, Words(150)) if DOC in one.text]
    (job,) = [one for one in chunk.roles.definitions if one.name == "job"]
    assert DOC in "\n".join(chunk.text.split("\n")[job.start : job.name_row])


def test_a_definition_ends_before_the_comment_on_the_next_one() -> None:
    source = "module A\n\nlet a x =\n    x\n    // of a\n\n// of b\n\nlet b x =\n    x\n\n// last\n"
    ends = [(one.name, one.start_line, one.end_line) for one in definitions(source, "fsharp")]
    assert ends == [("a", 3, 5), ("b", 9, 10)]


def test_a_comment_at_the_end_of_a_body_stays_in_it() -> None:
    source = "def a():\n    x = 1\n    # return x\ndef b():\n    pass\n    # end\n"
    assert [(one.start_line, one.end_line) for one in definitions(source, "python")] == [(1, 3), (4, 6)]
    assert [one.docstring for one in documented_definitions(source, "python")] == ["", ""]


def test_the_line_of_a_definition_is_below_its_annotations() -> None:
    source = "class A {\n  int a;\n  @Override\n  @Deprecated\n  public void job() {\n  }\n}\n"
    job = definitions(source, "java")[1]
    assert (job.start_line, job.end_line) == (5, 6)


def test_annotations_without_a_comment_are_in_the_chunk_of_their_definition() -> None:
    body = "    x = x + 1;\n" * 20
    source = f"class A {{\n  void before() {{\n{body}  }}\n\n  @Test\n  void job() {{\n{body}  }}\n}}\n"
    (chunk,) = [one for one in chunk_source(source, "java", Words(200)) if "@Test" in one.text]
    assert chunk.symbol is not None
    assert chunk.symbol.name == "job"


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


@pytest.mark.parametrize("marker", ["C", "c", "*", "C     ", "!", "  ! ", "*> "])
def test_a_comment_in_the_first_column_of_fortran_is_read_without_its_marker(marker: str) -> None:
    source = f"{marker} {DOC}\nC-----------\n      REAL FUNCTION JOB(X)\n      JOB = X\n      END\n"
    assert [one.docstring for one in documented_definitions(source, "fortran")] == [DOC]


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
