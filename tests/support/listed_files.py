"""Fixtures of many small files in one: each stands below a line `=== path`."""

from __future__ import annotations

import re
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures"


def listed_files(fixture: str) -> list[tuple[str, str]]:
    """(path, text) of each file in a fixture, such as "banners/written"."""
    text = (FIXTURES / f"{fixture}.txt").read_text("utf-8")
    parts = re.split(r"^=== (.*)\n", text, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))
