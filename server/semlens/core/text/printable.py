"""Text that cannot steer a terminal."""

from __future__ import annotations

import unicodedata

_CONTROL = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories: control, formatting (direction too), surrogates."""


def printable(text: str) -> str:
    """`text` with its control and formatting characters replaced."""
    return "".join(c if c in "\t\n" or unicodedata.category(c) not in _CONTROL else "\ufffd" for c in text)


def one_line(name: str) -> str:
    """A file's name as `printable` gives it, in one line: a name may hold line feeds and tabs."""
    return printable(name).replace("\n", "\ufffd").replace("\t", "\ufffd")
