"""Tells data from programs in a text whose file extension both have, such as `.map`, `.ps` or `.step`."""

from __future__ import annotations

import re
from typing import Final

from semlens.core.files.not_source import extension_of

SHARED_EXTENSIONS: Final = frozenset(
    "a lib obj exp node out sys bin elf hi map res resources pkl mo step stp stl ps pb pt nc orc raw mat dat "
    "data dump asset max fig pkg db mid key 3ds prof cov sym def tab pat lst asc class hdr pth doc".split()
)
"""Extensions of data, and of programs or documents too; in lower case and without the dot."""

_HEAD: Final = 4_000
"""Characters in which a format names itself."""
_SAMPLE: Final = 20_000
"""Characters that are counted."""
_FEWEST_LETTERS: Final = 0.4
"""The smallest share of letters among the visible characters of a program. Code has 0.6 and more."""
_LETTER = re.compile(r"[^\W\d_]")
_VISIBLE = re.compile(r"\S")

_FORMATS: Final = (
    (
        re.compile(r'\s*(?:\)\]\}\'?,?\s*)?\{\s*"(?:version|file|mappings|sources|sections)"\s*:'),
        "source map",
    ),
    (re.compile(r"\s*ISO-10303-21;"), "model of a product"),
    (re.compile(r"\s*solid\b[^\n]*\n\s*facet\s"), "model of a solid"),
    (
        re.compile(r"(?:#[^\n]*\n|\s)*(?:mtllib|o|g|v)\s[^\n]*\n(?:[^\n]*\n)?\s*v\s+-?[\d.]"),
        "model of a solid",
    ),
    (
        re.compile(
            r"%!PS-Adobe-[\s\S]*?^%%Creator:[^\n]*(?:cairo|dvips|ghostscript|groff|tex output|pscript|adobe|"
            r"mozilla|cups|gnuplot|matplotlib|matlab|inkscape|graphviz|magick|office|\bR software)",
            re.IGNORECASE | re.MULTILINE,
        ),
        "printed page",
    ),
    (re.compile(r"%YAML[^\n]*\n%TAG !u! tag:unity3d\.com"), "game editor's asset"),
    (re.compile(r"\s*(?:Archive member included|Memory Configuration\s*\n|# Path:)"), "map of a linker"),
    (re.compile(r"-----BEGIN PGP (?:MESSAGE|SIGNATURE|SIGNED|PUBLIC)"), "message of PGP"),
    (re.compile(r"\s*\{\\rtf"), "word processor's document"),
    (re.compile(r"#\?(?:RADIANCE|RGBE)"), "picture"),
    (re.compile(r"(?:--\n)?-- (?:PostgreSQL|MySQL|MariaDB) (?:database )?dump\b"), "dump of a database"),
)
"""How a text in a data format begins, and what it is."""


_POINTER = re.compile(r"version https?://\S{1,100}/spec/v1\n(?:[a-z0-9.-]+ [^\n]*\n)*oid sha256:")
"""What Git LFS checks out in place of a large file that is not downloaded."""


def data_format(path: str, text: str) -> str | None:
    """The kind of data in `text`, whose file extension is also one of programs; None for a program."""
    if _POINTER.match(text):
        return "pointer of Git LFS"
    if extension_of(path.rpartition("/")[2]) not in SHARED_EXTENSIONS:
        return None
    for pattern, kind in _FORMATS:
        if pattern.match(text[:_HEAD]):
            return kind
    sample = text[:_SAMPLE]
    visible = len(_VISIBLE.findall(sample))
    return "table of numbers" if len(_LETTER.findall(sample)) < _FEWEST_LETTERS * visible else None
