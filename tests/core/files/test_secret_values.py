"""Settings with names of secrets are left out for the values in them, not for their names."""

from __future__ import annotations

import pytest

from semlens.core.files.secret_values import holds_secrets
from support.listed_files import listed_files


@pytest.mark.parametrize(("path", "text"), listed_files("settings/without_secrets"))
def test_templates_translations_and_schemas_hold_none(path: str, text: str) -> None:
    assert holds_secrets(path, text) is None


@pytest.mark.parametrize(("path", "text"), listed_files("settings/with_secrets"))
def test_values_are_secrets(path: str, text: str) -> None:
    assert holds_secrets(path, text)


@pytest.mark.parametrize(
    "text", ["{" * 5_000, "a: " * 50_000, '{"a":' * 20_000, "<a " * 50_000, "---\n#\n" * 20_000]
)
def test_no_text_is_read_for_long(text: str) -> None:
    """A quadratic search would take longer than a test may."""
    assert holds_secrets("secrets.yaml", text) in ("secrets.*", None)
