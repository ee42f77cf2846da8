"""Two texts compared by the engine: at once by the fast model, and by the transformer if it is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.errors import UsageError
from semlens.protocol.engine import Compare
from semlens.types import Tier
from support.live import Live, many_files, write

ONE = "def refund(payment, cents):\n    return payment.give_back(cents)\n"
OTHER = "def give_back(self, cents):\n    self.payment -= cents\n"


async def test_two_texts_are_compared_in_each_tier(live: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", many_files(40))
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        instant = await client.engine.request(Compare(str(folder), ONE, OTHER))
        assert instant.model == "semlens-instant"
        assert sum(word.share for word in instant.one) == pytest.approx(instant.cosine, abs=1e-5)
        assert instant.seen == [len(ONE), len(OTHER)]
        assert instant.percentile is not None and 0 <= instant.percentile <= 1
        assert sum(instant.histogram) == instant.chunks * (instant.chunks - 1) // 2
        deep = await client.engine.request(Compare(str(folder), ONE, ONE + "x " * 2_000, Tier.DEEP))
        assert deep.model == "semlens-code"
        assert deep.seen[0] == len(ONE) and deep.seen[1] < len(ONE) + 4_000
        assert deep.one and deep.percentile is not None
        with pytest.raises(UsageError, match="no code to compare"):
            await client.engine.request(Compare(str(folder), ONE, " \n"))
        await client.configure(folder, deepTier="off")
        with pytest.raises(UsageError, match="turned off in the settings"):
            await client.engine.request(Compare(str(folder), ONE, OTHER, Tier.DEEP))
