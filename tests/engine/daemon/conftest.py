"""A team's server, and two of its users with engines of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.live import Live
from support.team_server import TeamServer, team_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamServer]:
    with team_server(tmp_path_factory.mktemp("team")) as server:
        yield server


@pytest.fixture
def users(tmp_path: Path) -> Iterator[tuple[Live, Live]]:
    lives = tuple(Live(tmp_path / name, {"SEMLENS_IDLE_MINUTES": "1"}) for name in ("ann", "bob"))
    for live in lives:
        live.data_dir.mkdir()
    yield lives[0], lives[1]
    for live in lives:
        live.kill_all()
