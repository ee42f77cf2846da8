"""Servers to talk to: the real one, and the real one before a scripted engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.wire_client import WireClient


@pytest.fixture
def client(data_dir: Path) -> Iterator[WireClient]:
    """A client of a server whose engine is scripted; not initialized yet."""
    with WireClient(data_dir, scripted=True) as client:
        yield client
        assert client.noise == b""


@pytest.fixture(scope="module")
def open_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireClient]:
    """An initialized client without a folder, shared by tests that leave the server as it was."""
    with WireClient(tmp_path_factory.mktemp("data"), scripted=True) as client:
        client.initialize()
        yield client
        assert client.noise == b""


@pytest.fixture
def served(data_dir: Path) -> Iterator[WireClient]:
    """A client of `semlens serve` as it is; not initialized yet."""
    with WireClient(data_dir) as client:
        yield client
        assert client.noise == b""
