"""Words of one root are related."""

from __future__ import annotations

import pytest

from semlens.core.text.word_families import is_related


@pytest.mark.parametrize(
    ("word", "name", "stands"),
    [
        ("resolution", "Resolver", True),
        ("serialization", "BeanSerializer", True),
        ("connection", "tcp_connector", True),
        ("subscription", "subscriber", True),
        ("analyz", "analysis", True),
        ("extractor", "extract", True),
        ("context", "content", False),
        ("generic", "general", False),
        ("reader", "readme", False),
        ("set", "setup", False),
    ],
)
def test_words_of_one_root_stand_in_a_name(word: str, name: str, stands: bool) -> None:
    assert is_related(word, name) is stands
