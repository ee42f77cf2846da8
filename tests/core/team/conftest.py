"""A real Chroma server behind a TLS proxy for each module, emptied after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from semlens.types import Fingerprint
from support.team_server import TeamServer, team_server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamServer]:
    with team_server(tmp_path_factory.mktemp("team")) as server:
        yield server


@pytest.fixture
def server(running: TeamServer) -> Iterator[TeamServer]:
    yield running
    running.clean()


@pytest.fixture
def model(request: pytest.FixtureRequest) -> Fingerprint:
    """A model of this test's own, so that its collection is empty."""
    return Fingerprint(f"model-of-{request.node.name}")
