"""The encoding that a file declares for Python (PEP 263), Emacs, Vim, XML, HTML, CSS, LaTeX or Perl."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEAD = 1_024
"""Bytes in which a declaration stands, as browsers have it."""

_FIRST_LINES = re.compile(rb"(?:[^\n]*\n?){2}")
_CODING = re.compile(rb"coding[:=][ \t]*([\w.-]+)")
"""In the first two lines: `# -*- coding: cp1251 -*-`, `# vim: fileencoding=euc-jp`, `# encoding: big5`."""

_ANYWHERE = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]+)"""
    rb"""|charset\s*=\s*["']?([\w.-]+)"""  # HTML, gettext
    rb"""|^@charset\s+["']([\w.-]+)"""  # CSS
    rb"""|\\usepackage\[([\w-]+)\]\{inputenc\}"""
    rb"""|^(?:use |=)encoding\s+["']?([\w.-]+)""",  # Perl
    re.MULTILINE,
)


def declared_names(data: bytes) -> Iterator[str]:
    """The names of encodings that the first lines of a file declare, in their order."""
    head = data[:_HEAD]
    first = _FIRST_LINES.match(head)
    found = [*_CODING.finditer(first[0] if first else b""), *_ANYWHERE.finditer(head)]
    for match in found:
        yield next(group for group in match.groups() if group).decode("ascii", "replace")
