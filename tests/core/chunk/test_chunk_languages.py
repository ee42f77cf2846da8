"""Definitions by language: a snippet, and its definitions as `container.name kind`."""

from __future__ import annotations

import textwrap

import pytest

from semlens.core.chunk import chunk_source, definitions, recognize
from semlens.core.chunk.trees import compiled_query
from semlens.core.text.languages import LANGUAGES
from semlens.types import RelativePath
from support.chunks import Words

SNIPPETS: dict[str, tuple[str, str]] = {
    "python": (
        '''
        LIMIT = 3
        @decorator
        async def fetch(url): ...
        class Box(Base):
            """A box."""
            class Inner: pass
            @property
            def size(self):
                def helper(): ...
                return 1
        ''',
        "LIMIT constant, fetch function, Box class, Box.Inner class, Box.size method, "
        "Box.size.helper function",
    ),
    "javascript": (
        """
        const LIMIT = 3;
        export function* walk() {}
        export default class Box extends Base {
          static #count = 0;
          handler = () => {};
          put(x) { return x; }
        }
        const arrow = async (x) => { return x; };
        Box.prototype.old = function () {};
        exports.helper = function helper() {};
        const table = { run: () => 1, stop() {} };
        """,
        "LIMIT constant, walk function, Box class, Box.handler method, Box.put method, arrow function, "
        "Box.old method, helper function, table constant, table.run function, table.stop method",
    ),
    "typescript": (
        """
        export interface Shape { area(): number }
        export type Pair<A> = [A, A];
        enum Color { Red }
        namespace Geo { export const origin = 0; }
        abstract class Base<T> { abstract size(): number; private run = () => 1; get x(): T { return 1 } }
        export function make(a: string): Shape;
        export const build = <T,>(x: T): T => x;
        declare module "thing" { function loose(): void }
        """,
        "Shape interface, Shape.area declaration, Pair type, Color enum, Geo module, Geo.origin constant, "
        "Base class, Base.size declaration, Base.run method, Base.x method, make declaration, "
        "build function, thing module, thing.loose declaration",
    ),
    "tsx": (
        "export const Button: FC<P> = ({ label }) => {\n  return <b>{label}</b>;\n};\nfunction App() {}\n",
        "Button function, App function",
    ),
    "go": (
        """
        package box
        const limit = 3
        type Box[T any] struct { v T }
        type Shape interface { Area() float64 }
        type ID int
        func New() *Box { return nil }
        func (b *Box[T]) Put(x T) {}
        func (i ID) String() string { return "" }
        """,
        "limit constant, Box struct, Shape interface, Shape.Area declaration, ID type, New function, "
        "Box.Put method, ID.String method",
    ),
    "rust": (
        """
        mod inner { pub const LIMIT: u8 = 3; }
        #[derive(Debug)]
        pub struct Box<T> { v: T }
        enum Color { Red }
        trait Shape { fn area(&self) -> f64; fn name(&self) {} }
        impl<T> Shape for Box<T> { fn area(&self) -> f64 { 1.0 } }
        pub async fn make() {}
        macro_rules! my_macro { () => {} }
        type Pair = (u8, u8);
        """,
        "inner module, inner.LIMIT constant, Box struct, Color enum, Shape trait, Shape.area declaration, "
        "Shape.name method, Box.area method, make function, my_macro function, Pair type",
    ),
    "java": (
        """
        package a.b;
        @Deprecated
        public class Box<T> extends Base {
          public Box() {}
          @Override public int put(int x) { return x; }
          enum Color { RED }
          interface Shape { double area(); }
        }
        record Point(int x) {}
        """,
        "Box class, Box.Box method, Box.put method, Box.Color enum, Box.Shape interface, "
        "Box.Shape.area declaration, Point class",
    ),
    "kotlin": (
        """
        const val LIMIT = 3
        data class Box<T>(val v: T) : Base() {
          companion object { fun make() = Box(1) }
          override fun put(x: Int): Int { return x }
        }
        interface Shape { fun area(): Double }
        enum class Color { RED }
        object Single { fun run() {} }
        fun String.shout(): String = this
        typealias Name = String
        """,
        "LIMIT constant, Box class, Box.make method, Box.put method, Shape interface, Shape.area method, "
        "Color enum, Single class, Single.run method, String.shout method, Name type",
    ),
    "scala": (
        """
        package a.b
        sealed trait Shape { def area: Double }
        case class Box[T](v: T) extends Shape {
          override def area: Double = 1.0
        }
        object Box {
          def make(): Int = 1
        }
        type Name = String
        """,
        "Shape trait, Shape.area declaration, Box class, Box.area method, Box class, Box.make method, "
        "Name type",
    ),
    "c": (
        """
        #define LIMIT 3
        #define SQUARE(x) ((x) * (x))
        typedef struct box { int v; } box_t;
        enum color { RED };
        int declared(int a);
        static char *put(struct box *b, int x)
        {
          return 0;
        }
        """,
        "LIMIT constant, SQUARE function, box_t type, box_t.box struct, color enum, declared declaration, "
        "put function",
    ),
    "cpp": (
        """
        namespace geo {
        template <typename T>
        class Box : public Base {
         public:
          Box();
          ~Box() {}
          int size() const { return 1; }
          T& operator[](int i);
        };
        struct Point { int x; };
        }
        int geo::Box::put(int x) { return x; }
        std::vector<int>& all() { return v; }
        using Name = std::string;
        """,
        "geo module, geo.Box class, geo.Box.Box declaration, geo.Box.~Box method, geo.Box.size method, "
        "geo.Box.operator[] declaration, geo.Point struct, geo.Box.put method, all function, Name type",
    ),
    "csharp": (
        """
        namespace A.B {
          [Attr]
          public class Box<T> : Base {
            public int Size { get; set; }
            public Box() { }
            public async Task<int> Put(int x) { return x; }
          }
          public interface IShape { double Area(); }
          enum Color { Red }
          record Point(int X);
          struct Pair { }
        }
        """,
        "A.B module, A.B.Box class, A.B.Box.Size property, A.B.Box.Box method, A.B.Box.Put method, "
        "A.B.IShape interface, A.B.IShape.Area method, A.B.Color enum, A.B.Point class, A.B.Pair struct",
    ),
    "swift": (
        """
        public class Box<T>: Base {
          init(a: Int) {}
          @objc func put(_ x: Int) -> Int { return x }
          var computed: Int { return 1 }
        }
        struct Point {}
        enum Color { case red }
        protocol Shape { func area() -> Double }
        extension Box where T: Shape { func more() {} }
        func top() {}
        """,
        "Box class, Box.init method, Box.put method, Box.computed property, Point struct, Color enum, "
        "Shape interface, Shape.area declaration, Box.more method, top function",
    ),
    "ruby": (
        """
        module Geo
          class Box < Base
            LIMIT = 3
            def put(x); x; end
            def self.make
            end
          end
        end
        class Geo::Circle; end
        def top; end
        """,
        "Geo module, Geo.Box class, Geo.Box.LIMIT constant, Geo.Box.put method, Geo.Box.make method, "
        "Geo.Circle class, top function",
    ),
    "php": (
        """
        <?php
        namespace A\\B;
        final class Box extends Base {
          const LIMIT = 3;
          public function put(int $x): int { return $x; }
        }
        interface Shape { public function area(); }
        trait Named { function name() {} }
        enum Color: string { case Red = 'r'; }
        function top() {}
        """,
        "Box class, Box.LIMIT constant, Box.put method, Shape interface, Shape.area method, Named trait, "
        "Named.name method, Color enum, top function",
    ),
    "elixir": (
        '''
        defmodule A.Box do
          @moduledoc "Boxes."
          @doc """
          Adds.
          """
          @spec add(integer, integer) :: integer
          def add(a, b) when a > 0, do: a + b
          defp hidden(x) do
            x
          end
          defmacro mac(x), do: x
        end
        defimpl Shape, for: Box do
          def area(b), do: b
        end
        ''',
        "A.Box module, A.Box.add function, A.Box.hidden function, A.Box.mac function, Shape.area method",
    ),
    "haskell": (
        """
        module Data.Box where
        -- | Puts.
        put :: Int -> Int
        put 0 = 1
        put n = n
          where local = 2
        data Shape a = Circle a | Square
        newtype Name = Name String
        type Pair = (Int, Int)
        class Sized a where
          size :: a -> Int
        instance Sized Name where
          size x = 1
        """,
        "put function, Shape type, Name type, Pair type, Sized trait, Sized.size declaration, "
        "Sized.Name.size method",
    ),
    "lua": (
        """
        local M = {}
        function M.put(x) return x end
        function M:size() end
        local function hidden() end
        M.other = function() end
        return M
        """,
        "M constant, M.put method, M.size method, hidden function, M.other method",
    ),
    "zig": (
        """
        const std = @import("std");
        pub const Box = struct {
            pub fn put(self: *Box) void {
                _ = self;
            }
        };
        pub fn main() !void {}
        test "adds: two" {}
        """,
        "std constant, Box struct, Box.put method, main function, adds: two function",
    ),
    "bash": (
        "#!/bin/bash\n# Puts.\nput() {\n  echo\n}\nfunction git::clone {\n  echo\n}\nexport LIMIT=3\n",
        "put function, git::clone function, LIMIT constant",
    ),
    "dart": (
        """
        class Box<T> extends Base {
          Box.named();
          int put(int x) {
            return x;
          }
          int get size => 1;
        }
        enum Color { red }
        void top() {}
        """,
        "Box class, Box.put method, Box.size method, Color enum, top function",
    ),
    "julia": ("module A\nfunction put(x)\n  x\nend\nstruct Box{T} <: Base\n  v::T\nend\nend\n",
              "A module, A.put function, A.Box struct"),
    "r": ("print.box <- function(x) {\n  x\n}\n", "print.box function"),
    "perl": ("package A::B;\nsub put { my $x = shift; }\n", "B module, B.put function"),
    "groovy": (
        """
        @CompileStatic
        class Radio extends Base<Wave> {
          String name = "x"
          Radio(int x) { this.x = tune(x) }
          String onAir(int x) { "on" + x }
          def offAir() { null }
          protected static <T> List<Map<String, T>> tune(final List<T> xs,
                                                         int y = best(3)) throws IOException {
            def local = compute(3)
            String other = ask(x)
            println Wave(x)
            throw new Wave(x)
          }
          @Override private check(x) { return ask(x) }
          def "adds #a and #b"() {
            new Wave(x) { }
          }
          static class Inner {
            abstract int[] all()
          }
        }
        interface Shape { double area() }
        def helper(x) {
        }
        task build(type: Copy) {
        }
        """,
        "Radio class, Radio.Radio method, Radio.onAir method, Radio.offAir method, Radio.tune method, "
        "Radio.check method, Radio.adds #a and #b method, Radio.Inner class, Radio.Inner.all method, "
        "Shape interface, helper function, build function",
    ),
    "ocaml": (
        """
        let put x = x
        type t = A | B
        module M = struct
          let inner x = x
        end
        exception Lost of string
        exception Bad of int * Stamp.t
        exception Broken of { why : string; at : t }
        exception Again = M.Retry
        """,
        "put function, t type, M module, M.inner function, Lost type, Bad type, Broken type, Again type",
    ),
    "ocaml_interface": ("val put : int -> int\nexception Lost of string\n", "put declaration, Lost type"),
    "racket": (
        """
        #lang racket
        (define (put x) x)
        (define/contract (feed x) (-> number? number?) x)
        (define/contract limit number? 3)
        (define-syntax-rule (swap! a b) (void))
        (define ((curried x) y) x)
        (define-values (left right) (values 1 2))
        (struct ship (name) #:transparent)
        (define box% (class object% (define/public (open) 1)))
        """,
        "put function, feed function, limit constant, swap! function, curried function, ship constant, "
        "box% constant, box%.open function",
    ),
    "scheme": (
        """
        (define-module (a b))
        (define-public (put x) x)
        (define* (feed #:key x) x)
        (define-record-type point (make-point x) point?)
        (define-syntax-rule (swap! a b) #f)
        """,
        "put function, feed function, point constant, swap! function",
    ),
    "vhdl": (
        """
        package util is
          type state is (idle, busy);
          function half(x : integer) return integer;
        end package;
        package body util is
          function half(x : integer) return integer is
          begin
            return x / 2;
          end function;
          procedure double(x : inout integer) is
          begin
            x := x * 2;
          end procedure;
        end package body;
        architecture rtl of blinker is
        begin
          count : process(clk)
          begin
            led <= '1';
          end process;
        end architecture;
        """,
        "util module, util.state type, util.half declaration, util module, util.half function, "
        "util.double function, rtl module, rtl.count function",
    ),
    "abl": (
        """
        CLASS shop.Customer INHERITS Person:
            CONSTRUCTOR PUBLIC Customer():
            END CONSTRUCTOR.
            METHOD PUBLIC VOID AddCredit(INPUT amount AS DECIMAL):
            END METHOD.
            method override protected Progress.Lang.Object get-value ():
            END METHOD.
        END CLASS.
        FUNCTION total RETURNS DECIMAL (INPUT a AS INTEGER):
        END FUNCTION.
        PROCEDURE pay-all:
        END PROCEDURE.
        """,
        "shop.Customer class, Customer method, AddCredit method, get-value method, total function, "
        "pay-all function",
    ),
    "vba": (
        """
        Public MustInherit Class Box
            <WebMethod> Public Function Put(x As Integer) As Integer
            End Function
            Public Async Function Fetch() As Task
            End Function
            Protected MustOverride Sub Draw()
            Public ReadOnly Property Size As Integer
        End Class
        private declare ptrsafe function Tick Lib "kernel32" () As Long
        """,
        "Box class, Box.Put method, Box.Fetch method, Box.Draw method, Box.Size property, Tick function",
    ),
    "erlang": ("-module(a).\n-record(box, {a}).\nput(X) -> X;\nput(_) -> 0.\n", "box struct, put function"),
    "clojure": ('(ns a.b)\n(defn put "doc" [x] x)\n(def limit 3)\n', "put function, limit constant"),
    "objc": ("@implementation Box\n- (int)put:(int)x {\n  return x;\n}\n@end\n", "Box class, Box.put method"),
    "proto": ("message Box { int32 v = 1; }\nservice Store { rpc Put (Box) returns (Box); }\n",
              "Box class, Store interface, Store.Put method"),
    "hcl": ('resource "aws_s3" "bucket" {\n  a = 1\n}\n', "resource.bucket constant"),
    "solidity": ("contract Box { function put(uint x) public {} }\n", "Box class, Box.put method"),
    "powershell": ("function Get-Box { 1 }\n", "Get-Box function"),
    "sql": ("CREATE TABLE IF NOT EXISTS box (id int);\ncreate or replace function put() returns int;\n",
            "box type, put function"),
    "toml": ("[tool.ruff]\nline = 1\n[[package]]\nname = 'x'\n", "tool.ruff section, package section"),
    "yaml": ("services:\n  web: 1\nvolumes:\n", "services section, volumes section"),
    "make": ("build: a.c\n\tcc a.c\nX := 1\n", "build section"),
    "vue": ("<template>\n  <p/>\n</template>\n<script lang='ts'>\nfunction put(x: number) {}\n</script>\n",
            "put function"),
    "markdown": ("# Box\n## Put\n```\n# no\n```\n\nOther\n=====\n",
                 "Box section, Box > Put section, Other section"),
    "rst": ("Box\n===\n\nPut\n---\n\ntext\n\nOther\n=====\n",
            "Box section, Box > Put section, Other section"),
}  # fmt: skip


def test_fixed_form_fortran_is_read_whatever_marks_comments_and_continued_lines() -> None:
    source = """
*     Rank one.
      SUBROUTINE RANK(M, N,
     $                A)
CDIR$ IVDEP
      IF ((M.LT.0) .OR.
     +    (N.LT.0)) THEN
c       nothing to do
          RETURN
      END IF
      END
C---------------------
      DOUBLE PRECISION FUNCTION NORM(X,
     1                               Y)
      NORM = X + Y
      END
"""
    assert [symbol.name for symbol in definitions(source, "fortran")] == ["RANK", "NORM"]


def test_code_of_free_form_fortran_that_begins_with_c_is_no_comment() -> None:
    lines = ["c = 1", "call put(c)", "cc(1) = 2", "c%x = 3", "c => d", "case (1)", "close(1)", "cycle"]
    source = "module m\ncontains\nsubroutine put(c)\ncharacter(8) :: c\n" + "\n".join(lines)
    source += "\nend subroutine put\nend module m\n"
    roles = chunk_source(source, "fortran", Words())[0].roles
    assert [one.name for one in roles.definitions] == ["m", "put"]
    assert roles.comments == ()


@pytest.mark.parametrize("language", SNIPPETS)
def test_definitions(language: str) -> None:
    source, expected = SNIPPETS[language]
    found = definitions(textwrap.dedent(source).lstrip("\n"), language)
    joint = " > " if LANGUAGES[language].prose else "."
    assert [
        f"{s.container}{joint}{s.name} {s.kind}" if s.container else f"{s.name} {s.kind}" for s in found
    ] == [entry.strip() for entry in expected.split(", ")]


@pytest.mark.parametrize("language", [name for name, entry in LANGUAGES.items() if entry.grammar])
def test_everycompiled_query_suits_its_grammar(language: str) -> None:
    assert compiled_query(language).pattern_count


def test_a_header_with_classes_is_cpp() -> None:
    source = "#pragma once\nnamespace geo {\nclass Box {\n public:\n  int size();\n};\n}\n"
    language = recognize(RelativePath("box.h"), source)
    assert [symbol.name for symbol in definitions(source, language)] == ["geo", "Box", "size"]


def test_a_definition_ends_on_its_last_line_and_starts_below_its_comments() -> None:
    source = "# above\n\n# doc\n@wraps\ndef put(x):\n    return x\n\n\nleft = 1\n"
    put = definitions(source, "python")[0]
    assert (put.start_line, put.end_line) == (5, 6)
