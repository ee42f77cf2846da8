"""A text with half of a character, as a cut byte of a terminal or an editor makes it, costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.errors import UsageError
from semlens.protocol.agents import PackDefinitions, Packing
from semlens.protocol.engine import Complete, Search
from semlens.types import Tier
from support.live import Live, write

HALVES = ["\udcff", "\ud83d", "\udc4d\ud83d"]


@pytest.mark.parametrize("half", HALVES)
async def test_it_is_looked_up_and_the_index_stays(live: Live, tmp_path: Path, half: str) -> None:
    folder = write(tmp_path / "shop", {"a.py": "def redeem(voucher): ...\n", "b.md": "# Vouchers\n"})
    async with live.client() as client:
        await client.index(folder)
        for question in (f"redeem{half}", f"{half} redeem a voucher", f"path:a{half} voucher", f'"{half}"'):
            for tiers in ([Tier.LEXICAL], [Tier.INSTANT], [*Tier]):
                await client.engine.request(Search(question, folders=[str(folder)], tiers=tiers))
        await client.search(f"redeem {half}", folder, kind="code")
        await client.engine.request(Complete(f"path:{half}", [str(folder)]))
        for name in (half, f"redeem{half}", f"{half}.redeem"):
            await client.engine.request(PackDefinitions([str(folder)], name, Packing(500)))
        try:
            await client.why(folder, f"{half}.py")
        except UsageError as error:
            assert "half of a character" in str(error)
        assert await client.found("redeem", folder) == ["a.py"]
        assert not list(live.data_dir.rglob("*.damaged"))
        status = await client.status(folder)
        assert (status.state, status.message) == ("ready", None)
