"""What is known of one language: how to recognise its files, and how to find their definitions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """How to recognise and read one language."""

    name: str
    extensions: tuple[str, ...] = ()
    """In lower case. The longest extension that matches wins; `shared_endings` tells rivals apart."""
    filenames: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    """Programs of a `#!` line."""
    grammar: str = ""
    definitions: str = ""
    """The query described above."""
    plain_names: bool = False
    """Dots and colons are a part of names, as in R, and name no container."""
    headings: str = ""
    """A regular expression for a line that opens a section or definition, where no grammar is used or the
    grammar cannot read a text: with a group `name` and, if there are levels, a group `level`: the longer, the
    deeper; a group `kind` holds a word of `HEADING_KINDS`; a group `other` is the name where `name` does not
    match."""
    heading_kind: str = "section"
    """The kind of a heading that has no group `kind`."""
    closing: str = ""
    """A regular expression for a line that ends what a heading with the same indentation opens."""
    clauses: bool = False
    """Headings of one name in a row are clauses of one definition, as in Prolog."""
    prose: bool = False
    """A document: its chunks are sections."""
    script: str = ""
    """For a page with code in it: the language of its `<script>` elements."""
    aliases: tuple[str, ...] = ()
    """Other names that people type for the language, in lower case."""
    line_comment: str = ""
    """A regular expression for what begins a comment that ends with its line: where no grammar is used, or if
    other languages do not have this marker."""
    block_comments: tuple[tuple[str, str], ...] = ()
    """Where no grammar is used: regular expressions for what begins and what ends a comment."""
    between: str = ""
    """A regular expression for lines that may stand between a comment and its definition."""
    respelled: tuple[tuple[str, str], ...] = ()
    """Regular expressions for what the grammar does not know, and what it reads in place of a match: no more
    than its length, "" if it reads best without."""
