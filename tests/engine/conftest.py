"""What the tests of the engine's service share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from live import Live


@pytest.fixture
def live(data_dir: Path) -> Iterator[Live]:
    live = Live(data_dir, {"SEMLENS_IDLE_MINUTES": "1"})
    yield live
    live.kill_all()
