"""Which file is in which language."""

from __future__ import annotations

from collections import Counter

import pytest

from semlens.core.text.languages import LANGUAGES, language_of
from semlens.core.text.shared_endings import rank_rivals, shared_endings
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
        ("script", "#!/usr/bin/env -S uv run --script", "python"),
        ("script", "#!/usr/bin/env -S uv run --quiet --with rich python3.12", "python"),
        ("script", "#!/usr/bin/env -S npx tsx", "typescript"),
        ("script", "#!/usr/bin/env -S deno run --allow-net", "typescript"),
        ("script", "#!/usr/bin/env -S pipx run", "python"),
        ("script", "#!/usr/bin/env -S cargo +nightly -Zscript", "rust"),
        ("script", "#!/usr/bin/env nix-shell\n#! nix-shell -i python3 -p curl", "python"),
        ("script", "#!/usr/bin/swipl -q", "prolog"),
        ("script", "# -*- mode: ruby -*-", "ruby"),
        ("script", "# vim: set ft=python ts=4:", "python"),
        ("script", "#!/bin/sh /usr/lib/python", "bash"),
        ("script", "#!/opt/own/tool python", None),
        ("config.py.in", "", "python"),
        ("config.h.in", "", "c"),
        ("run.sh.tmpl", "", "bash"),
        ("settings.yaml.example", "", "yaml"),
        ("app.service.dist", "", "ini"),
        ("Makefile.am", "", "make"),
        ("Makefile.linux", "", "make"),
        ("src/makefile.win", "", "make"),
        ("Jenkinsfile.release", "", "groovy"),
        ("Containerfile.dev", "", "dockerfile"),
        ("arch/Kconfig.debug", "", "kconfig"),
        ("justfile", "", "just"),
        ("pkg/BUILD.bazel", "", "bazel"),
        ("pkg/defs.bzl", "", "python"),
        ("src/meson.build", "", "meson"),
        ("styles/a.less", "", "less"),
        ("styles/_a.sass", "", "sass"),
        (".zshenv", "", "bash"),
        ("notes.in", "", None),
        ("script", "#!/opt/own/tool", None),
        ("script", "plain words", None),
        ("", "", None),
        ("dir/.hidden", "", None),
    ],
)
def test_language_of(path: str, first_line: str, language: str | None) -> None:
    assert language_of(RelativePath(path), first_line) == language


def test_only_shared_endings_belong_to_several_languages() -> None:
    endings = Counter(ending for language in LANGUAGES.values() for ending in language.extensions)
    assert {ending for ending, count in endings.items() if count > 1} <= set(shared_endings())
    for names in ("filenames", "interpreters", "aliases"):
        every = [name for language in LANGUAGES.values() for name in getattr(language, names)]
        assert sorted(every) == sorted(set(every))


def test_the_rivals_of_shared_endings_are_languages_with_sound_signs() -> None:
    for ending, shared in shared_endings().items():
        assert set(shared.rivals) - {"text"} <= set(LANGUAGES)
        assert rank_rivals(ending, "x\n")


def test_extensions_are_in_lower_case() -> None:
    assert all(e == e.lower() and e[0] == "." for x in LANGUAGES.values() for e in x.extensions)


def test_scripts_are_known_languages() -> None:
    assert all(not one.script or LANGUAGES[one.script].grammar for one in LANGUAGES.values())
