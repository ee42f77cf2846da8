"""The comments at the top of a file, before its first line of code, in any language."""

from __future__ import annotations

import re
from typing import Final

_HEAD: Final = 4_000
"""Characters of a file in which its first comments stand."""

DOCUMENTS: Final = (
    ".md", ".markdown", ".mdown", ".mdx", ".rmd", ".qmd", ".rst", ".rest", ".txt", ".adoc", ".asciidoc",
    ".org", ".tex", ".ltx", ".typ", ".template", ".htm", ".html",
)  # fmt: skip
"""Endings of documents, whose lines may begin with a mark that opens a comment elsewhere."""

_BLOCKS: Final = (
    ("/*", "*/"), ("<!--", "-->"), ("(*", "*)"), ("{-", "-}"), ('"""', '"""'), ("\'\'\'", "\'\'\'"),
    ("#|", "|#"),
    ("--[[", "]]"), ("<#", "#>"), ("=begin", "=end"), ("{{!--", "--}}"), ("<%--", "--%>"), ("{#", "#}"),
    ("@*", "*@"), ("%{", "%}"), ("#=", "=#"), ("/+", "+/"), ("{", "}"),
)  # fmt: skip
_DOCUMENT_BLOCKS: Final = (("<!--", "-->"),)
_LINE_MARK = re.compile(
    r"[ \t]*(?:#+!?|///*!?|--+|;+|%+|!+|'+|@?rem\b|\.\. (?!\S+::)|\"(?!\"\")|dnl\b"
    r"|(?:\d{6})?\*+>?|[.']\\\"|\\)",
    re.IGNORECASE,
)
_FORTRAN: Final = (".f", ".for", ".ftn", ".f77", ".fpp")
_FORTRAN_LINE_MARK = re.compile(r"[cd*!](?!\w)|[ \t]*!+", re.IGNORECASE)
"""In a Fortran of fixed columns, a letter in the first one makes a line a comment."""
_DOCUMENT_LINE_MARK = re.compile(r"(?:\.\. (?!\S+::)|%+|\[(?://|comment)\]: *(?:# *|<> *))")
_BEFORE = re.compile(
    r"\s*(?:\Z|<\?(?:php|xml)\b[^\n]*|<!doctype\b[^\n]*|#![^\n]*|['\"]use strict['\"];?|"
    r"(?:package|(?:port |effect )?module|namespace|library)\b[^\n]*|-module\([^\n]*|"
    r"---+|@?echo off|%YAML[^\n]*|\{\s*\Z|<\w[^<>]*>|"
    r"#(?:include|line|import|define|undef|pragma|if|ifdef|ifndef|elif|else|endif|error|warning|region|nullable)\b"
    r"[^\n]*)\s*\Z",
    re.IGNORECASE,
)
"""A line that may stand above the first comment, or between two of them."""
_FOR_TOOLS = re.compile(
    r".*(?:#\s?(?:LANGUAGE|OPTIONS(?:_\w+)?)\s|\b(?:vim?|ex):|\bcoding[:=]|frozen_string_literal|(?:es|ts|js)lint[-:]\s?(?:dis|en)able|prettier-ignore|pylint:|noqa|"
    r"rubocop:|shellcheck|phpcs|clang-format|nolint|istanbul|type: ignore|@(?:flow|ts-)|#!/)",
    re.IGNORECASE,
)
"""A line for a tool: it is no part of a sentence."""
_MODE = re.compile(r"-\*-.*-\*-")
"""A mark for an editor, such as "-*- mode: python -*-", which may stand behind a sentence."""
_BORDER = re.compile(r"^[\s*#/|=~+_!-]*|[\s*#/|=~+_-]*$")


def first_comments(path: str, text: str) -> list[tuple[int, str]]:
    """(line number from 1, indented words) of each line of the comments at the top of a file.

    A blank line of a comment, and a line between two comments, has no words.
    """
    document = path.lower().endswith(DOCUMENTS)
    blocks, mark = (_DOCUMENT_BLOCKS, _DOCUMENT_LINE_MARK) if document else (_BLOCKS, _LINE_MARK)
    if path.lower().endswith(_FORTRAN):
        mark = _FORTRAN_LINE_MARK
    found: list[tuple[int, str]] = []
    closing = ""
    for number, line in enumerate(text[:_HEAD].split("\n"), 1):
        if closing:
            inside, ended, _ = line.partition(closing)
            found.append((number, _words(inside)))
            closing = "" if ended else closing
            continue
        if number == 1 and line.startswith("#!"):
            continue
        opened = next(((start, end) for start, end in blocks if line.lstrip().startswith(start)), None)
        if opened and not (opened[0] == "{" and not path.lower().endswith((".pas", ".pp", ".dpr", ".inc"))):
            inside, ended, _ = line.lstrip().removeprefix(opened[0]).partition(opened[1])
            found.append((number, _words(inside)))
            closing = "" if ended else opened[1]
        elif _BEFORE.match(line):
            found.append((number, ""))
        elif match := mark.match(line):
            found.append((number, _words(line[match.end() :])))
        else:
            break
    return found


def _words(line: str) -> str:
    """A line of a comment without its border, but with the space before its words."""
    line = _MODE.sub("", line).rstrip().expandtabs(4)
    if _FOR_TOOLS.match(line):
        return ""
    start = _BORDER.match(line)
    bare = line[start.end() :] if start else line
    if not bare:
        return ""
    indent = len(line) - len(bare) if line[: len(line) - len(bare)].isspace() else 0
    return " " * indent + _BORDER.sub("", bare)
