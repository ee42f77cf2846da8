"""The names and the files that a long text mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from semlens.core.query.report.types import Place

MOST_NAMES = 60
MOST_PLACES = 60
"""Mentions that count, of each kind: the heaviest names and the first places."""

_NAME = r"(?<!\w)[A-Za-z_]\w{2,80}[?!]?"
_IDENTIFIER = re.compile(_NAME)
_CALL = re.compile(rf"({_NAME})(?:::<[^>\n]{{0,80}}>)?\(")
_EMPTY_CALL = re.compile(rf"({_NAME})\(\)")
_INLINE = re.compile(r"`([^`\n]{1,200})`")
_INNER_CAPITAL = re.compile(r"[a-z0-9][A-Z]")
_FRAME_NAMES = (
    re.compile(r"\bline \d+, in (\w+)"),  # Python
    re.compile(
        r"^[ \t]*at (?:async |new )?(?:[\w$<>]+[.:]+)*(\w+) ?\(", re.MULTILINE
    ),  # JavaScript, Java, C#
    re.compile(r":in [`'](?:[\w:#. ]{0,100}[#. ])?(\w+[?!]?)'"),  # Ruby
)
_PATH = re.compile(
    r"(?<![\w.@+~\\/-])(?P<path>(?:[A-Za-z]:)?(?:[\\/]{0,2}[\w.@+~-]{1,100}[\\/])*[\w.@+-]{0,100}\.[A-Za-z]\w{0,7})\b"
    r"(?:\"?, line (?P<python>\d+)|[:(](?P<line>\d{1,6})|:line (?P<net>\d+)|#L(?P<link>\d+))?"
)
_MODULE = re.compile(r"(?<![\w/.\\:])[A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)+")
_ENDINGS = frozenset(
    "py pyi pyx js jsx mjs cjs ts tsx mts vue svelte go rs java kt kts scala sc groovy c h cc cpp cxx hpp hh"
    " hxx m mm cs fs vb rb erb php swift ex exs erl hs lhs ml mli clj cljs lua pl pm r jl zig nim d dart sh"
    " bash zsh fish ps1 bat sql css scss less html htm xml json yaml yml toml ini cfg conf md rst txt proto"
    " graphql tf cmake mk gradle f90 f pas adb ads v sv vhd tex el lisp scm rkt vim cu cl glsl hlsl".split()
)
"""Of a file without a folder: `latex.py` names a file, `foo.bar` may not."""

_NO_FOLDERS = frozenset({"", ".", "..", "~", "a", "b"})
"""Parts of a path that say nothing; a diff writes `a/` and `b/` before its paths."""


def weighted_names(title: str, prose: Iterable[str], code: Iterable[str], text: str) -> dict[str, float]:
    """The names of code in a text, the heaviest first.

    A name that the title calls or quotes weighs 2, one that it or the sentences spell like code 1, one
    that only a snippet calls or a trace names a half.
    """
    weights: dict[str, float] = {}

    def add(names: Iterable[str], weight: float) -> None:
        for name in names:
            weights[name] = max(weight, weights.get(name, 0.0))

    prose_text, code_text = "\n".join(prose), "\n".join(code)
    add(_CALL.findall(title), 2.0)
    add(_within(_INLINE.findall(title)), 2.0)
    add((name for name in _IDENTIFIER.findall(title) if _is_specific(name) or name[0].isupper()), 1.0)
    add(_within(_INLINE.findall(prose_text)), 1.0)
    add(_EMPTY_CALL.findall(prose_text), 1.0)
    add(_CALL.findall(code_text), 0.5)
    add((name for frame in _FRAME_NAMES for name in frame.findall(text)), 0.5)
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:MOST_NAMES]
    return dict(heaviest)


def mentioned_places(text: str) -> tuple[Place, ...]:
    """The files that a text names, by path or as modules, each once."""
    found: dict[tuple[tuple[str, ...], bool], Place] = {}
    for place in (*_paths(text), *_modules(text)):
        known = found.get((place.parts, place.is_module))
        if known is None or (place.line and not known.line):
            found[place.parts, place.is_module] = place
    return tuple(found.values())[:MOST_PLACES]


def _paths(text: str) -> Iterator[Place]:
    """The files that are named by paths. Those of a trace weigh more, the frame that failed twice as much."""
    found = [(match, _parts(match["path"])) for match in _PATH.finditer(text)]
    named = [(match, parts) for match, parts in found if _is_file(parts)]
    frames = sum(match["python"] is not None for match, _ in named)
    frame = 0
    for match, parts in named:
        number = match["python"] or match["line"] or match["net"] or match["link"] or "0"
        frame += match["python"] is not None
        yield Place(parts, False, int(number), 1.0 + (frame / frames if match["python"] else 0.0))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.replace("\\", "/").split("/") if part not in _NO_FOLDERS)


def _is_file(parts: Sequence[str]) -> bool:
    return len(parts) > 1 or (len(parts) == 1 and parts[0].rpartition(".")[2].lower() in _ENDINGS)


def _modules(text: str) -> Iterator[Place]:
    for match in _MODULE.finditer(text):
        parts = tuple(re.split(r"\.|::", match[0]))
        if parts[-1].lower() not in _ENDINGS:
            yield Place(parts, True, 0, 0.5)


def _within(quoted: Iterable[str]) -> Iterator[str]:
    for part in quoted:
        yield from _IDENTIFIER.findall(part)


def _is_specific(name: str) -> bool:
    return "_" in name.strip("_") or _INNER_CAPITAL.search(name) is not None
