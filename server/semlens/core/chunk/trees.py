"""Trees of tree-sitter, and the queries of the language table."""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import cast

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query
from tree_sitter_language_pack import SupportedLanguage, get_language

from semlens.core.chunk.garbled import is_garbled
from semlens.core.text.languages import LANGUAGES, Language

_BEYOND_BMP = re.compile(rb"[\xf0-\xf7][\x80-\xbf]{3}")
"""Scanners of some grammars (Bash, D, V) read past the end of a table for such characters, and crash."""
_NO_LINE_END = re.compile(rb"[^\n]")
_thread_local = threading.local()


def suits(text: str, language: Language) -> bool:
    """Whether the grammar of `language` reads `text` with few errors."""
    return not is_garbled(*tree_of(text, language))


def tree_of(text: str, language: Language) -> tuple[bytes, Node]:
    """The bytes of `text`, and its tree; every node is at the place of its bytes."""
    source = text.encode("utf-8", "surrogatepass")
    read = source if source.isascii() else _BEYOND_BMP.sub(b"xxxx", source)
    for pattern, known in language.respelled:
        read = _replaced(read, pattern.encode(), known.encode())
    return source, _parser(language.grammar).parse(read).root_node


def _replaced(read: bytes, pattern: bytes, known: bytes) -> bytes:
    """`read` with `known` and blanks in place of each match: all else stays on its line and column."""
    return re.sub(pattern, lambda found: known + _NO_LINE_END.sub(b" ", found[0])[len(known) :], read)


def _parser(grammar: str) -> Parser:
    """This thread's parser. Threads may share a grammar and a query, but not a parser."""
    parsers: dict[str, Parser] = _thread_local.__dict__.setdefault("parsers", {})
    if grammar not in parsers:
        parsers[grammar] = Parser(_grammar(grammar))
    return parsers[grammar]


@cache
def compiled_query(name: str) -> Query:
    """The query of the language `name`. Raises `QueryError` if the grammar does not know one of its nodes."""
    language = LANGUAGES[name]
    query: Query = Query(_grammar(language.grammar), language.definitions)
    return query


def _grammar(name: str) -> Grammar:
    grammar: Grammar = get_language(cast(SupportedLanguage, name))
    return grammar
