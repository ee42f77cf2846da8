"""What every test shares: no test reads or writes the user's own data, and none reaches the network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain, groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("support")

from support.live import Live, write  # noqa: E402 - only now do its assertions say what they compared

TESTS = Path(__file__).resolve().parent
REPOSITORY = TESTS.parent

FAST_ROOMS = (
    "test_imports.py",
    "test_errors.py",
    "scripts",
    "training",
    "process",
    "core",
    "cli",
    "mcp",
    "engine/wire",
    "quality",
)
"""`scripts/test.py --fast` runs their tests, but for those that carry one of `SLOW` or start an engine."""
SLOW = frozenset({"model", "screen", "slow"})
QUICK_BETWEEN = 3
"""Files between two that drive a screen."""
ENGINES = frozenset({"live", "indexed", "connect"})
"""Fixtures that start an engine."""

# A machine that is busy with other tests must not fail one for its time: pytest's own timeout holds.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

os.environ.update({"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if _is_fast(item):
            item.add_marker("fast")
    if hasattr(config, "workerinput"):
        items[:] = _in_turn(items)


def _in_turn(items: list[pytest.Item]) -> list[pytest.Item]:
    """The files for several processes, each of which takes the next one, and one more before it is done.

    The long ones are first, so that all end at about the same time; then those that drive a screen, which are
    mostly waited for, with quick ones between them, so that no process takes two of them.
    """
    long: list[list[pytest.Item]] = []
    screen: list[list[pytest.Item]] = []
    quick: list[list[pytest.Item]] = []
    for _, file in groupby(items, key=lambda item: item.path):
        tests = list(file)
        is_quick = all(_has(test, "fast") for test in tests)
        kind = screen if _has(tests[0], "screen") else quick if is_quick else long
        kind.append(tests)
    between = [quick.pop(0) for _ in range(min(len(quick), QUICK_BETWEEN * len(screen)))]
    mixed = [[one, *between[at * QUICK_BETWEEN : (at + 1) * QUICK_BETWEEN]] for at, one in enumerate(screen)]
    files = [*long, *chain.from_iterable(mixed), *quick]
    return list(chain.from_iterable(files))


def _is_fast(item: pytest.Item) -> bool:
    room = item.path.relative_to(TESTS).as_posix()
    return (
        any(room == fast or room.startswith(f"{fast}/") for fast in FAST_ROOMS)
        and not any(_has(item, mark) for mark in SLOW)
        and ENGINES.isdisjoint(getattr(item, "fixturenames", ()))
    )


def _has(item: pytest.Item, mark: str) -> bool:
    return item.get_closest_marker(mark) is not None


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(autouse=True, scope="session")
def session_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that is nobody's, for whatever does not ask for one of its own."""
    folder = tmp_path_factory.mktemp("data")
    os.environ["SEMLENS_DATA_DIR"] = str(folder)
    return folder


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory of this test's own, known to every process that it starts."""
    folder = tmp_path / "semlens-data"
    folder.mkdir()
    monkeypatch.setenv("SEMLENS_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Writes files, given by relative path and content, into a workspace folder and returns the folder."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return partial(write, folder)


@pytest.fixture
def live(data_dir: Path) -> Iterator[Live]:
    """Engines on an empty data directory, with a deep tier that needs no transformer."""
    live = Live(data_dir, {"SEMLENS_IDLE_MINUTES": "1"})
    yield live
    live.kill_all()
