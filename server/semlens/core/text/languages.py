"""The language of a file: by its name, its `#!` line, or signs in its text where an ending is shared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from semlens.core.text.heading_table import TEXTS
from semlens.core.text.language import Language
from semlens.core.text.language_table import CODE
from semlens.core.text.rival_table import RIVALS
from semlens.core.text.shared_endings import rank_rivals, shared_endings
from semlens.core.text.specialist_table import SPECIALISTS
from semlens.types import RelativePath

TEXT: Final = "text"
"""The language of a file whose language is not known."""

LANGUAGES: Final[dict[str, Language]] = {
    language.name: language for language in (*CODE, *TEXTS, *RIVALS, *SPECIALISTS)
}
"""Every language by name."""

__all__ = ["LANGUAGES", "TEXT", "Language", "candidates", "language_of", "languages_named"]

_SHEBANG = re.compile(r"#!\s*(.+)")
_MODELINE = re.compile(
    r"-\*-\s*(?:(?:.{0,80};\s*)?mode:\s*)?(?P<emacs>[\w+#-]+)\s*(?:;.{0,80})?-\*-"
    r"|\b(?:vim?|ex):.{0,80}\b(?:ft|filetype|syntax)=(?P<vim>\w+)"
)
_NIX_SHELL = re.compile(r"#!\s*nix-shell\b.*\s-i\s+(\S+)")
_LONGEST_LINE = 200
_LAUNCHERS = frozenset(
    "bundle cargo conda env exec go hatch jbang mamba micromamba nice npm npx pdm pipenv pipx pixi pkgx pnpm "
    "poetry run rye sudo swift time uv uvx xvfb-run yarn".split()
)
"""Programs of a `#!` line that start the interpreter that follows."""
_LAUNCHED = {
    **dict.fromkeys(("uv", "uvx", "pipx", "rye", "hatch", "pdm"), "python"),
    "cargo": "rust",
    "go": "go",
    "jbang": "java",
    "npx": "javascript",
    "swift": "swift",
}
"""The language of a launcher, where no interpreter follows."""
_VERSION = "0123456789."
_TEMPLATE_ENDINGS = frozenset(
    "am in tmpl tpl template dist example sample default defaults orig bak old new local skel stub".split()
)
"""Endings behind a language's own: `config.py.in` is Python."""
_FAMILIES = frozenset(
    {"dockerfile", "containerfile", "makefile", "gnumakefile", "jenkinsfile", "justfile", "kconfig"}
)
"""File names that are often followed by a purpose: `Dockerfile.dev`, `Makefile.am`."""


def language_of(path: RelativePath, text: str = "") -> str | None:
    """The name of the language of the file at `path`, or None if it is not known.

    The file's `text` decides between languages that share the ending. Its first line is read for a `#!` only
    if no name or ending matches.
    """
    names = candidates(path, text)
    return names[0] if names and names[0] != TEXT else None


def candidates(path: RelativePath, text: str = "") -> tuple[str, ...]:
    """The languages that the file may be in, the likeliest first; more than one if no sign decides.

    "text" is among them if the ending says nothing, or if the text may be in a language that is not known.
    """
    filename = path.rpartition("/")[2]
    known = _lookup().by_filename.get(filename)
    if known:
        return (known,)
    ending, names = _by_ending(filename)
    if not names:
        return tuple(_by_text(filename, text))
    shared = shared_endings().get(ending)
    if shared is None or not text.strip():
        return names[:1]
    ranked = rank_rivals(ending, text)
    if ranked[0][1]:
        return (ranked[0][0],)
    found = shared.default or next(_by_modeline(text), None) or next(_by_shebang(text), None)
    if found:
        return (found,)
    return (TEXT,) if shared.needs_sign else (*(name for name, _ in ranked), TEXT)


def languages_named(name: str) -> frozenset[str]:
    """The languages that a user means by a language's name, an alias or an ending; else the name itself.

    An ending may be shared: `m` is Objective-C, MATLAB and some others.
    """
    lower = name.strip().lower()
    lookup = _lookup()
    if lower in LANGUAGES:
        return frozenset({lower})
    if lower in lookup.by_alias:
        return lookup.by_alias[lower]
    ending = "." + lower.lstrip(".")
    if ending in lookup.by_ending:
        return frozenset(lookup.by_ending[ending])
    found = language_of(RelativePath(f"x{ending}"))
    return frozenset({found or lower})


def _by_ending(filename: str) -> tuple[str, tuple[str, ...]]:
    """The longest known ending of a file name, and the languages that have it."""
    by_ending = _lookup().by_ending
    parts = filename.lower().split(".")
    while len(parts) > 1:
        for start in range(1, len(parts)):
            ending = "." + ".".join(parts[start:])
            if ending in by_ending:
                return ending, by_ending[ending]
        if parts[0] in _FAMILIES or parts[-1] not in _TEMPLATE_ENDINGS:
            break
        parts.pop()
    return "", ()


def _by_text(filename: str, text: str) -> Iterator[str]:
    stem = filename.lower().split(".")[0]
    if stem in _FAMILIES:
        yield next(name for known, name in _lookup().by_filename.items() if known.lower() == stem)
        return
    yield from _by_shebang(text)
    yield from _by_modeline(text)


def _by_shebang(text: str) -> Iterator[str]:
    """The language of the first interpreter of a `#!` line."""
    lines = text[: 3 * _LONGEST_LINE].split("\n", 3)
    shebang = _SHEBANG.match(lines[0][:_LONGEST_LINE])
    if not shebang:
        return
    nix = next((found for line in lines[1:3] if (found := _NIX_SHELL.match(line[:_LONGEST_LINE]))), None)
    words = [nix[1]] if nix else shebang[1].split()
    by_interpreter = _lookup().by_interpreter
    launched = None
    for word in words:
        if word.startswith("-") or re.match(r"\w+=", word):
            continue
        program = word.rpartition("/")[2].partition("@")[0].removesuffix(".exe")
        bare = program.rstrip(_VERSION)
        language = by_interpreter.get(program) or by_interpreter.get(bare)
        if language:
            yield language
            return
        if bare not in _LAUNCHERS:
            break
        launched = launched or _LAUNCHED.get(bare)
    if launched:
        yield launched


def _by_modeline(text: str) -> Iterator[str]:
    """The language that a line for Emacs or Vim names, at the top of a text or at its end."""
    lines = text[: 5 * _LONGEST_LINE].split("\n")[:3] + text[-3 * _LONGEST_LINE :].split("\n")[-3:]
    for line in lines:
        found = _MODELINE.search(line[:_LONGEST_LINE])
        if found:
            names = languages_named(found["emacs"] or found["vim"])
            yield from (name for name in names if name in LANGUAGES and len(names) == 1)


class _Lookup:
    """What the tables say, by what a file shows."""

    def __init__(self) -> None:
        self.by_filename: dict[str, str] = {}
        self.by_interpreter: dict[str, str] = {}
        self.by_ending: dict[str, tuple[str, ...]] = {}
        self.by_alias: dict[str, frozenset[str]] = {}
        for language in LANGUAGES.values():
            self.by_filename.update(dict.fromkeys(language.filenames, language.name))
            self.by_interpreter.update(dict.fromkeys(language.interpreters, language.name))
            for ending in language.extensions:
                self.by_ending[ending] = (*self.by_ending.get(ending, ()), language.name)
            for alias in language.aliases:
                self.by_alias[alias] = self.by_alias.get(alias, frozenset()) | {language.name}
        for ending, shared in shared_endings().items():
            self.by_ending[ending] = tuple(name for name in shared.rivals if name in LANGUAGES)


@cache
def _lookup() -> _Lookup:
    return _Lookup()
