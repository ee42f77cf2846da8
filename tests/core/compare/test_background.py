"""The cosines of random pairs of a workspace, which say what a cosine is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from semlens.core.compare.background import BINS, FEWEST, Background, background
from semlens.types import Tier
from support.opened_index import opened_index

Workspace = Callable[[Mapping[str, str | bytes]], Path]
FILES = {f"part_{n}.py": f"def work_{n}(item):\n    return item.field_{n} * {n}\n" for n in range(FEWEST + 5)}


def test_all_pairs_of_the_sample_are_counted(workspace: Workspace, tmp_path: Path) -> None:
    with opened_index(workspace(FILES), tmp_path / "data") as index:
        pairs = background(index, Tier.INSTANT)
        again = background(index, Tier.INSTANT)
        assert background(index, Tier.DEEP) is None  # nothing is embedded yet
    assert pairs is not None and again is not None
    assert pairs.chunks == len(FILES)
    assert len(pairs.cosines) == sum(pairs.histogram()) == len(FILES) * (len(FILES) - 1) // 2
    assert len(pairs.histogram()) == BINS
    assert (pairs.cosines == again.cosines).all()
    assert (np.diff(pairs.cosines) >= 0).all()


@pytest.mark.parametrize("number", [0, 1, FEWEST - 1])
def test_a_few_chunks_are_too_few(workspace: Workspace, tmp_path: Path, number: int) -> None:
    few = dict(list(FILES.items())[:number])
    with opened_index(workspace(few), tmp_path / "data") as index:
        assert background(index, Tier.INSTANT) is None


@pytest.mark.parametrize(("cosine", "share"), [(-1, 0), (0.1, 0), (0.25, 0.5), (0.3, 0.5), (1, 1)])
def test_the_percentile_is_the_share_of_pairs_that_are_less_alike(cosine: float, share: float) -> None:
    cosines = np.array([0.1, 0.2, 0.3, 0.4], np.float64)
    assert Background(3, cosines.astype(np.float32)).percentile(cosine) == share
