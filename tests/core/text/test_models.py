"""Every tokenizer with a name has facts about its model."""

from __future__ import annotations

from pathlib import Path

from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.core.text.tokenizers.models import FACTS


def test_every_known_tokenizer_has_facts(tmp_path: Path) -> None:
    assert {one.name for one in TokenizerLibrary(tmp_path).listed()} == set(FACTS)


def test_the_documentation_has_the_same_windows(repository: Path) -> None:
    page = (repository / "docs" / "tokenizers.md").read_text("utf-8")
    for name, facts in FACTS.items():
        if facts.window:
            assert f"| `{name}` | {facts.special} | {facts.window:,} | {facts.model or 'all'} |" in page
