"""Which file is in which language."""

from __future__ import annotations

import pytest

from semlens.core.text.languages import LANGUAGES, language_of
from semlens.types import RelativePath


@pytest.mark.parametrize(
    ("path", "first_line", "language"),
    [
        ("a/b.py", "", "python"),
        ("a/B.PY", "", "python"),
        ("stub.pyi", "", "python"),
        ("a.d.ts", "", "typescript"),
        ("a.test.tsx", "", "tsx"),
        ("x.mjs", "", "javascript"),
        ("a.hpp", "", "cpp"),
        ("a.h", "", "c"),
        ("CMakeLists.txt", "", "cmake"),
        ("src/Makefile", "", "make"),
        ("Dockerfile.dev", "", "dockerfile"),
        (".bashrc", "", "bash"),
        ("notes.txt", "", None),
        ("LICENSE", "", None),
        ("script", "#!/usr/bin/env python3", "python"),
        ("script", "#!/usr/bin/python3.12 -u", "python"),
        ("script", "#! /bin/sh", "bash"),
        ("script", "#!/usr/bin/env -S node --harmony", "javascript"),
        ("script", "#!/usr/bin/env FOO=1 ruby", "ruby"),
        ("script", "#!/opt/own/tool", None),
        ("script", "plain words", None),
        ("", "", None),
        ("dir/.hidden", "", None),
    ],
)
def test_language_of(path: str, first_line: str, language: str | None) -> None:
    assert language_of(RelativePath(path), first_line) == language


def test_no_extension_or_name_belongs_to_two_languages() -> None:
    for names in ("extensions", "filenames", "interpreters"):
        every = [name for language in LANGUAGES.values() for name in getattr(language, names)]
        assert sorted(every) == sorted(set(every))


def test_extensions_are_in_lower_case() -> None:
    assert all(e == e.lower() and e[0] == "." for x in LANGUAGES.values() for e in x.extensions)


def test_scripts_and_dialects_are_known_languages() -> None:
    for language in LANGUAGES.values():
        assert not language.script or LANGUAGES[language.script].grammar
        assert all(name in LANGUAGES for name, _ in language.dialects)
