"""What learners ask of an engine: facts of models, their speed on a folder's code, a word in context."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.errors import UsageError
from semlens.protocol.learn import DescribeNetworks, MeasureSpeed, WordInContext
from semlens.protocol.models import ListModels, VerifyModel
from semlens.types import Fingerprint, Tier
from support.live import Live, many_files, write

SENTENCES = ["the bank lends", "we sat on a bank", "nothing of it"]


async def test_models_are_described_measured_and_asked_about_a_word(live: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", many_files(40))
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        engine = client.engine
        described = await engine.request(DescribeNetworks(str(folder)))
        instant, deep = described.networks
        assert (instant.deep, deep.deep, deep.layers, deep.dimension) == (False, True, 6, 384)
        assert instant.layers is None and instant.parameters == instant.vocabulary * instant.dimension
        assert described.chunks >= 40
        for tier in (Tier.INSTANT, Tier.DEEP):
            speed = await engine.request(MeasureSpeed(str(folder), tier))
            assert 0 < speed.chunks <= described.chunks
            assert speed.tokens > speed.chunks and speed.seconds > 0
        found = await engine.request(WordInContext(str(folder), "bank", SENTENCES))
        assert found.missing == [2]
        (pair,) = found.pairs
        assert (pair.one, pair.other, len(pair.layers)) == (0, 1, 2)
        assert pair.static == pytest.approx(1, abs=1e-6)
        assert max(pair.layers) < 0.9  # the encoder of this engine hashes places and texts
        with pytest.raises(UsageError, match="longer than the transformer reads"):
            await engine.request(WordInContext(str(folder), "bank", ["bank " * 600, "a bank"]))
        for model in (await engine.request(ListModels())).models:
            assert (await engine.request(VerifyModel(model.fingerprint))).problem is None
        with pytest.raises(UsageError, match="No model has the fingerprint"):
            await engine.request(VerifyModel(Fingerprint("none-1")))
        await client.configure(folder, deepTier="off")
        with pytest.raises(UsageError, match="turned off in the settings"):
            await engine.request(WordInContext(str(folder), "bank", SENTENCES))
