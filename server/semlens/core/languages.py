"""Which language a file is in, and what its definitions look like.

One entry a language: the grammar of `tree-sitter-language-pack` that reads it and a
tree-sitter query for its definitions. A query's captures mean:

    @function @method @class … (any other name)   a definition of that kind; `kinds` below
    @scope      encloses definitions and names their container, but defines nothing (Rust's `impl`)
    @name       the definition's name; `A::b`, `A.b` and `A:b` name the container too
    @container  the container, where the name does not hold it (Go's receiver)
    @lead       comments, decorators, attributes: they belong to the definition right below them
    @doc        a docstring inside the definition

A function directly inside a class-like definition is a method; no query needs to say so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from semlens.types import RelativePath

TEXT: Final = "text"
"""The language of a file whose language is not known."""


@dataclass(frozen=True, slots=True)
class Language:
    """How to recognise and read one language."""

    name: str
    extensions: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    """Programs of a `#!` line."""
    grammar: str | None = None
    definitions: str = ""
    """The query described above; empty where a grammar brings nothing."""
    headings: str = ""
    """Where no grammar is used: a regular expression, matched at line starts, of what opens a section,
    with a group `name` and, where sections nest, a group `level`: the longer, the deeper."""
    prose: bool = False
    """A document: its sections are found by heading and are kept whole where they fit."""
    script: str = ""
    """For a page with code in it: the language of what stands between `<script>` tags."""


_TABLE: tuple[Language, ...] = (
    Language(
        "python",
        (".py", ".pyi", ".pyw", ".pyx", ".pxd", ".bzl", ".star"),
        filenames=("SConstruct", "SConscript", "wscript", "BUILD", "BUILD.bazel", "WORKSPACE"),
        interpreters=("python", "python2", "python3", "pypy3"),
        grammar="python",
        definitions="""
            (function_definition name: (identifier) @name) @function
            (class_definition name: (identifier) @name) @class
            (type_alias_statement left: (type) @name) @type
            (module (assignment left: (identifier) @name) @constant)
            (block . (string) @doc)
            (decorator) @lead
            (comment) @lead
        """,
    ),
)

LANGUAGES: Final[dict[str, Language]] = {language.name: language for language in _TABLE}
"""Every language by name."""

_SHEBANG = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+|\w+=\S*\s+)*)?([\w.+-]+)")


def language_of(path: RelativePath, first_line: str = "") -> str | None:
    """The name of the language of the file at `path`, or None if nothing tells.

    `first_line` is asked for a `#!` only where the name says nothing.
    """
    by_filename, by_extension, by_interpreter = _lookup()
    filename = path.rpartition("/")[2]
    if filename in by_filename:
        return by_filename[filename]
    parts = filename.lower().split(".")
    for start in range(1, len(parts)):
        found = by_extension.get("." + ".".join(parts[start:]))
        if found:
            return found
    match = _SHEBANG.match(first_line)
    if not match:
        return None
    program = match[1]
    return by_interpreter.get(program) or by_interpreter.get(program.rstrip("0123456789."))


@cache
def _lookup() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    by_filename: dict[str, str] = {}
    by_extension: dict[str, str] = {}
    by_interpreter: dict[str, str] = {}
    for language in _TABLE:
        by_filename.update(dict.fromkeys(language.filenames, language.name))
        by_extension.update(dict.fromkeys(language.extensions, language.name))
        by_interpreter.update(dict.fromkeys(language.interpreters, language.name))
    return by_filename, by_extension, by_interpreter
