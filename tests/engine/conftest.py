"""Engines that echo, for the tests of the wire and of who owns the data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.echo_engines import Engines


@pytest.fixture
def engines(data_dir: Path) -> Iterator[Engines]:
    engines = Engines(data_dir)
    yield engines
    for engine in engines.started:
        engine.kill()
        engine.wait()
