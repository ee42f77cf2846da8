"""The editor's globs (`files.exclude`, `search.exclude`, search scopes), as the editor means them.

`*` and `?` stay within a folder name, `**` spans folders, `{a,b}` is a choice, `[a-z]` a
range. A glob is matched from the workspace folder's root. The dialect is close enough to
git's that `wildmatch` does the matching once the choices are spelt out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from semlens.core.files.wildmatch import Matcher, byte_text, compile_pattern

_CHOICE_LIMIT = 256
"""More alternatives than this in one glob are not spelt out: the glob then matches literally."""


def glob_matcher(globs: Iterable[str], *, anywhere: bool = False) -> Callable[[str], str | None]:
    """A function from a path to the first glob that matches it or one of its folders, or None.

    With `anywhere`, a glob without a slash matches at any depth, as people expect of "*.log".
    """
    compiled = [(glob, _one(glob, anywhere)) for glob in globs]

    def first_match(path: str) -> str | None:
        text = byte_text(path)
        for glob, matchers in compiled:
            if any(matches(text) for matches in matchers):
                return glob
        return None

    return first_match


def _one(glob: str, anywhere: bool) -> list[Matcher]:
    matchers = []
    for pattern in expand_choices(glob.replace("\\", "/")):
        pattern = pattern.removeprefix("./").strip("/")
        if not pattern:
            continue
        if anywhere and "/" not in pattern:
            pattern = "**/" + pattern
        for form in (pattern, pattern + "/**"):
            matcher = compile_pattern(byte_text(form), pathname=True)
            if matcher:
                matchers.append(matcher)
    return matchers


def expand_choices(glob: str) -> list[str]:
    """`glob` with every `{a,b}` spelt out, nested ones too; unbalanced braces stay as they are."""
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
