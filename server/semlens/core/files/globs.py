"""The editor's globs (`files.exclude`, `search.exclude`, search scopes), with the editor's meaning.

`*` and `?` match within one folder name, `**` spans folders, `{a,b}` is a choice, `[a-z]` a
range. A glob is matched from the workspace folder's root. Once its choices are expanded,
git's `wildmatch` matches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from semlens.core.files.git.wildmatch import automaton, byte_text, regex, regex_source, tokenize

_CHOICE_LIMIT = 256
"""A glob with more alternatives is not expanded, and matches literally."""


def glob_matcher(globs: Iterable[str], *, anywhere: bool = False) -> Callable[[str], str | None]:
    """A function from a path to the first of `globs` that matches it or a folder above it, or None.

    Paths are relative to the workspace folder's root. With `anywhere`, a glob without a slash, such as
    "*.log", matches at any depth.
    """
    compiled = []
    sources: list[str] | None = []
    for glob in globs:
        for pattern in _patterns(glob, anywhere):
            for form in (pattern, pattern + "/**"):
                tokens = tokenize(byte_text(form), pathname=True)
                if tokens is not None:
                    source = regex_source(tokens, most_wildcards=3)
                    compiled.append((glob, regex(source) if source else automaton(tokens)))
                    sources = [*sources, source] if sources is not None and source else None
    # One expression for all globs tells quickly that none matches, as nearly always.
    any_matches = regex("|".join(sources)) if sources else None

    def first_match(path: str) -> str | None:
        text = byte_text(path)
        if any_matches and not any_matches(text):
            return None
        return next((glob for glob, matches in compiled if matches(text)), None)

    return first_match


def _patterns(glob: str, anywhere: bool) -> Iterator[str]:
    for pattern in expand_choices(glob.replace("\\", "/")):
        pattern = pattern.removeprefix("./").strip("/")
        if pattern:
            yield "**/" + pattern if anywhere and "/" not in pattern else pattern


def expand_choices(glob: str) -> list[str]:
    """The globs without choices that `glob` stands for; unbalanced braces stay literal."""
    pending, done = [glob], []
    while pending:
        current = pending.pop()
        choice = _first_choice(current)
        if choice is None:
            done.append(current)
            continue
        before, options, after = choice
        pending.extend(before + option + after for option in reversed(options))
        if len(pending) + len(done) > _CHOICE_LIMIT:
            return [glob]
    return done


def _first_choice(glob: str) -> tuple[str, list[str], str] | None:
    """(text before the first `{a,b}`, its options, text after), or None if there is none."""
    start = glob.find("{")
    if start < 0:
        return None
    depth, options, option_start = 0, [], start + 1
    for at in range(start, len(glob)):
        if glob[at] == "{":
            depth += 1
        elif glob[at] == "," and depth == 1:
            options.append(glob[option_start:at])
            option_start = at + 1
        elif glob[at] == "}":
            depth -= 1
            if depth == 0:
                options.append(glob[option_start:at])
                return glob[:start], options, glob[at + 1 :]
    return None
