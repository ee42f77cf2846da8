"""Which language a text is in, where several languages share its file's ending."""

from __future__ import annotations

import pytest

from semlens.core.chunk import recognize
from semlens.core.query import parse_query
from semlens.core.text.languages import languages_named
from semlens.core.text.shared_endings import rank_rivals, shared_endings
from semlens.types import RelativePath

TEXTS: list[tuple[str, str, str]] = [
    ("a.m", "objc", '#import "A.h"\n@implementation A\n- (int)put:(int)x {\n  return x;\n}\n@end\n'),
    ("a.m", "objc", "#include <stdio.h>\nint main(void) {\n    return 0;\n}\n"),
    ("a.m", "matlab", "function y = smooth(x)\n% SMOOTH  Averages.\n    y = conv(x, 1);\nend\n"),
    ("a.m", "matlab", "x = 1;\ny = x + 2;\nplot(x, y)\n"),
    ("a.m", "matlab", "classdef A < handle\n    properties\n        B = 0\n    end\nend\n"),
    ("a.m", "mercury", ":- module a.\n:- interface.\n% Puts.\n:- pred put(int::in) is det.\n"),
    ("a.m", "wolfram", '(* Puts. *)\nBeginPackage["A`"]\nPut[x_, y_] := x + y\nEndPackage[]\n'),
    ("a.m", "mumps", "put ; puts\n set x=1\n write !,x\n quit\n"),
    ("a.cl", "commonlisp", "(defun put (x)\n  (+ x 1)) ; puts\n"),
    ("a.cl", "opencl", "// Puts.\n__kernel void put(__global int *a)\n{\n    a[0] = 1;\n}\n"),
    ("a.cl", "cool", "class Main inherits IO {\n  put(x : Int) : Int {\n    x + 1\n  };\n};\n"),
    (
        "a.pp",
        "pascal",
        "unit a;\ninterface\nprocedure Put;\nimplementation\nprocedure Put;\nbegin\nend;\nend.\n",
    ),
    ("a.pp", "puppet", "class web {\n  package { 'nginx': ensure => installed }\n}\n"),
    ("a.bb", "bitbake", 'SUMMARY = "x"\ninherit autotools\ndo_compile() {\n    make\n}\n'),
    ("a.bb", "clojure", "#!/usr/bin/env bb\n(ns a)\n(defn put [x] (inc x))\n"),
    ("a.bb", "blitzbasic", "; Puts.\nFunction Put(x)\n  Return x\nEnd Function\nGraphics 640,480\n"),
    ("a.pl", "perl", "use strict;\nmy $x = 1;\nsub put {\n  print $x;\n}\n1;\n"),
    ("a.pl", "prolog", ":- module(a, [put/2]).\n% Puts.\nput(X, Y) :- a(X), b(Y).\n"),
    ("a.pl", "prolog", "put(a, b).\nput(c, d).\nput(X, Y) :- put(Y, X).\n"),
    ("a.pl", "raku", "use v6;\nmy class A { has $.b; }\nsay A.new;\n"),
    ("a.pm", "raku", "unit module A;\nmulti put(Int $x) { $x }\nmulti put(Str $x) { 1 }\n"),
    ("a.t", "perl", "use Test::More;\nok(1, 'puts');\ndone_testing;\nmy $x = 1;\n"),
    ("a.t", "turing", "% Puts.\nprocedure put1 (x : int)\n  put x\nend put1\n"),
    ("a.v", "verilog", "module a(input b, output c);\n  assign c = b;\nendmodule\n"),
    ("a.v", "coq", "Require Import Arith.\nLemma put : 1 = 1.\nProof. reflexivity. Qed.\n"),
    ("a.v", "v", "module main\nfn put(x int) int {\n\treturn x\n}\nfn main() {\n\ty := put(1)\n}\n"),
    ("a.d", "d", "module a;\nimport std.stdio;\nint put(int x) {\n  return x;\n}\n"),
    (
        "a.d",
        "dtrace",
        "#pragma D option quiet\nsyscall::read:entry\n/pid == 1/\n{\n  self->t = timestamp;\n}\n",
    ),
    ("a.d", "make", "a.o: a.c a.h \\\n  b.h c.h\n"),
    (
        "a.h",
        "c",
        "#ifndef A_H\n#define A_H\n/* the class of a thing,\n   using names */\nint put(int x);\n#endif\n",
    ),
    ("a.h", "cpp", "#pragma once\nnamespace a {\nclass B {\n public:\n  int c();\n};\n}\n"),
    ("a.h", "objc", "#import <Foundation/Foundation.h>\n@interface A : NSObject\n- (void)put;\n@end\n"),
    ("a.r", "r", "put <- function(x) {\n  x + 1\n}\n"),
    ("a.R", "r", "library(dplyr)\nput = function(x) x\n"),
    ("a.r", "rebol", 'REBOL [Title: "A"]\nput: func [x] [\n  x + 1\n]\n'),
    ("a.fs", "fsharp", "module A\nopen System\nlet put x =\n    x + 1\n"),
    (
        "a.fs",
        "glsl",
        "#version 330 core\nin vec2 uv;\nout vec4 color;\nvoid main() {\n  color = vec4(uv, 0, 1);\n}\n",
    ),
    ("a.fs", "forth", "\\ Puts.\n: put ( n -- n ) 1 + ;\nvariable x\n"),
    ("a.f", "fortran", "      subroutine put(x)\n      integer x\n      x = 1\n      end subroutine\n"),
    ("a.f", "forth", ": put ( n -- n ) 1 + ;\n: get ( n -- n ) 2 + ;\n"),
    ("a.ts", "typescript", "export const put = (x: number) => x;\n"),
    (
        "a.ts",
        "xml",
        '<?xml version="1.0"?>\n<!DOCTYPE TS>\n<TS version="2.1">\n<context>\n</context>\n</TS>\n',
    ),
    ("a.tsx", "tsx", "export function Put() {\n  return <p>x</p>;\n}\n"),
    ("a.tsx", "xml", '<?xml version="1.0"?>\n<tileset name="a">\n <image source="a.png"/>\n</tileset>\n'),
    ("a.inc", "php", "<?php\nfunction put($x) {\n  return $x;\n}\n"),
    ("a.inc", "pascal", "{$IFDEF X}\nprocedure Put;\nbegin\nend;\n{$ENDIF}\n"),
    ("a.inc", "bitbake", 'require b.inc\nLICENSE = "MIT"\ndo_install() {\n    install x\n}\n'),
    ("a.inc", "cpp", "#include <vector>\nstatic int put(int x) {\n  return x;\n}\n"),
    ("a.inc", "povray", "#declare Put = sphere { 0, 1 }\n#macro Get(A)\n  A\n#end\n"),
    ("a.inc", "assembly", "put:\n  mov eax, 1\n  ret\n%define X 1\n"),
    ("a.inc", "text", "Words without any sign.\n"),
    ("a.pro", "qmake", "QT += core\nSOURCES += a.cpp\nHEADERS += a.h\n"),
    ("a.pro", "prolog", ":- use_module(library(lists)).\nput(X) :- a(X).\n"),
    ("a.pro", "idl", "; Puts.\npro put, x\n  compile_opt idl2\n  print, x\nend\n"),
    (
        "a.as",
        "actionscript",
        "package a {\n  public class B {\n    public function put(x:int):void {}\n  }\n}\n",
    ),
    ("a.as", "angelscript", "shared class A {\n  B@ b;\n}\nvoid put(int x) {\n}\n"),
    ("a.e", "eiffel", "class A\nfeature\n  put (x: INTEGER)\n    do\n    end\nend\n"),
    ("a.e", "euphoria", "include std/io.e\nfunction put(integer x)\n  return x\nend function\n"),
    ("a.lsp", "commonlisp", "(defun put (x) x)\n"),
    ("a.lsp", "newlisp", "(define (put x) x)\n(context 'A)\n"),
    ("a.mod", "modula2", "MODULE A;\nFROM B IMPORT C;\nBEGIN\nEND A.\n"),
    ("go.mod", "gomod", "module example.com/a\n\ngo 1.22\n"),
    ("a.mod", "ampl", "set A;\nparam b {A};\nvar x {A} >= 0;\nminimize cost: sum {a in A} x[a];\n"),
    ("a.ml", "ocaml", "let put x = x + 1\ntype t = A | B\n"),
    ("a.ml", "standard_ml", "fun put x = x + 1\nval y = fn z => z\nstructure A = struct end\n"),
    ("a.cls", "apex", "public with sharing class A {\n  public void put() {\n  }\n}\n"),
    ("a.cls", "vba", 'VERSION 1.0 CLASS\nAttribute VB_Name = "A"\nPublic Sub Put()\nEnd Sub\n'),
    ("a.cls", "latex", "\\NeedsTeXFormat{LaTeX2e}\n\\ProvidesClass{a}\n% x\n"),
    (
        "a.cls",
        "objectscript",
        "Class A.B Extends %Persistent\n{\n/// Puts.\nMethod Put(x As A.B)\n{\n  Quit x\n}\n}\n",
    ),
    ("a.cls", "abl", "CLASS A.B:\n  METHOD PUBLIC VOID Put(x AS INTEGER):\n  END METHOD.\nEND CLASS.\n"),
    ("a.st", "smalltalk", 'Object subclass: A [\n  | b |\n  "Puts."\n  put: x [ b := x ]\n]\n'),
    (
        "a.st",
        "structuredtext",
        "FUNCTION_BLOCK A\nVAR_INPUT\n  b : BOOL;\nEND_VAR\nc := b;\nEND_FUNCTION_BLOCK\n",
    ),
    ("a.st", "structuredtext", "function Put : int\nvar_input x : int; end_var\nPut := x;\nend_function\n"),
    ("a.st", "structuredtext", "(* Puts. *)\nPROGRAM main\nVAR\n  x : INT;\nEND_VAR\nx := 1;\nEND_PROGRAM\n"),
    ("a.st", "text", "put(name) ::= <<\nHello, <name>!\n>>\n"),
    ("a.st", "text", "Hello <name>,\n<orders:line()>\n"),
    ("a.sls", "scheme", "(library (a) (export put) (import (rnrs))\n  (define (put x) x))\n"),
    ("a.sls", "scheme", "#!r6rs\n; Puts: all of it.\n(library (a)\n  (export put))\n"),
    ("a.sls", "yaml", "nginx:\n  pkg.installed: []\n  service.running:\n    - enable: True\n"),
    ("a.sls", "yaml", "{% set x = 1 %}\n# Puts.\n/etc/a.conf:\n  file.managed:\n    - source: salt://a\n"),
    ("a.mm", "objc", '#import "A.h"\n@implementation A\n@end\n'),
    ("a.mm", "objc", "int put() { return 1; }\n"),
    ("a.mm", "xml", '<map version="1.0.1">\n<node TEXT="A"><node TEXT="b"/></node>\n</map>\n'),
    ("a.ex", "elixir", "defmodule A do\n  def put(x), do: x\nend\n"),
    ("a.ex", "euphoria", "include std/io.e\nprocedure put(integer x)\nend procedure\n"),
    ("a.gd", "gdscript", "extends Node\nfunc put(x):\n\tpass\n"),
    ("a.gd", "gap", 'DeclareOperation("Put", [IsInt]);\nDeclareAttribute("Get", IsInt);\n'),
    ("a.rs", "rust", "pub fn put(x: u8) -> u8 {\n    x\n}\n"),
    ("a.rs", "renderscript", "#pragma version(1)\n#pragma rs java_package_name(a)\nvoid put() {\n}\n"),
    ("a.sc", "supercollider", "Put {\n  var x;\n  *new { |a|\n    ^super.new\n  }\n}\n"),
    ("a.plt", "gnuplot", "set terminal png\nplot 'a.dat' with lines\n"),
    ("a.p", "abl", "DEFINE VARIABLE x AS INTEGER.\nFIND FIRST a NO-LOCK.\nEND PROCEDURE.\n"),
    ("a.l", "lex", "%{\n#include <a.h>\n%}\n%%\n[0-9]+ { return 1; }\n%%\n"),
    ("a.ll", "lex", "%{\n#include <a.h>\n%}\n%option noyywrap\n%%\n[0-9]+ { return 1; }\n%%\n"),
    ("a.ll", "llvm", "; ModuleID = 'a'\ndefine i32 @put(i32 %x) {\nentry:\n  ret i32 %x\n}\n"),
    ("a.ll", "llvm", 'target triple = "x86_64"\n@a = global i32 0\n'),
    ("a.a", "ada", "with B;\nprocedure Put is\nbegin\n   null;\nend Put;\n"),
    ("a.mo", "modelica", "model A\n  parameter Real b = 1;\nequation\n  b = 1;\nend A;\n"),
    ("a.mo", "text", "nothing that is known\n"),
    ("a.res", "rescript", "let put = x => x + 1\nmodule A = {\n}\n"),
    ("a.pkl", "pkl", "module A\n\nport: UInt16 = 8080\n"),
    ("a.exp", "tcl", '#!/usr/bin/expect\nspawn ssh x\nexpect "#"\n'),
    ("a.x", "rpcgen", "struct a {\n  int b;\n};\nprogram P {\n} = 1;\n"),
    ("a.ps", "postscript", "%!PS\n/put { moveto } def\nshowpage\n"),
    ("a.h", "cpp", "// -*- C++ -*-\nint put(int);\nstd::string get();\n"),
]


@pytest.mark.parametrize(("name", "language", "text"), TEXTS, ids=[f"{n}-{x}" for n, x, _ in TEXTS])
def test_the_text_decides_between_rivals(name: str, language: str, text: str) -> None:
    assert recognize(RelativePath(name), text) == language


def test_no_sign_is_empty() -> None:
    signs = [sign for ending in shared_endings().values() for one in ending.rivals.values() for sign in one]
    assert len(signs) > 500 and all(sign.removeprefix("!").strip() for sign in signs)


def test_one_line_of_a_rival_in_a_string_decides_nothing() -> None:
    text = '@implementation A\n- (void)put {\n  NSString *s = @"\\\n% a comment";\n}\n@end\n'
    assert recognize(RelativePath("a.m"), text) == "objc"


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("m", "matlab"), ("m", "objc"), ("cl", "opencl"), ("objective-c", "objc"), ("octave", "matlab"),
        ("c++", "cpp"), ("c#", "csharp"), ("f#", "fsharp"), ("golang", "go"), ("shell", "bash"),
        ("rocq", "coq"),
        ("py", "python"), ("tsql", "sql"), ("expect", "tcl"), (".pp", "puppet"), ("makefile", "make"),
        ("terraform", "hcl"), ("yocto", "bitbake"), ("Matlab", "matlab"),
    ],
)  # fmt: skip
def test_lang_knows_names_aliases_and_endings(typed: str, language: str) -> None:
    assert language in languages_named(typed)
    scope = parse_query(f"lang:{typed} x").scope_filter
    assert scope.admits(RelativePath("a"), language)
    assert not scope.admits(RelativePath("a"), "jupyter")


@pytest.mark.parametrize("line", ["a " * 25_000, " " * 50_000, "(" * 50_000, "a=" * 25_000, "\n" * 50_000])
def test_no_text_takes_long(line: str) -> None:
    for ending in shared_endings():
        assert rank_rivals(ending, line)
