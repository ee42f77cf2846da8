"""A small indexed project, its engine, and the SDK's own client in front of Semlens's server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from mcp.client.client import Client

from semlens.engine.client.client import EngineClient
from semlens.mcp.server import SemlensServer
from support.live import Live, write

CART = '''"""What a customer is about to buy."""

class Cart:
    """Items, and what they cost."""

    def total_price(self, discount):
        """Sum the prices of all items, less the discount."""
        if not self.items:
            raise ValueError("the cart is empty")
        return sum(item.price for item in self.items) * (1 - discount)

    def add(self, item):
        self.items.append(item)
'''

FILES = {
    "shop/cart.py": CART,
    "shop/mail.py": 'def send_receipt(address):\n    """Mail the bill."""\n    connect().deliver(address)\n',
    "shop/retry.go": (
        "package shop\n\n// Retry waits longer each time before it tries again.\n"
        "func Retry(attempts int) error {\n\tdelay := 1\n\tfor i := 0; i < attempts; i++ {\n"
        "\t\tsleep(delay)\n\t\tdelay *= 2\n\t}\n\treturn nil\n}\n"
    ),
    "docs/parking.md": "# Parking\n\nWhere visitors leave their cars.\n",
    **{
        f"parts/part_{number}.py": f"def price_of_part_{number}(count):\n    # The price of part {number}.\n"
        + "".join(f"    step_{line} = count * {number} + {line}\n" for line in range(12))
        + "    return step_11\n"
        for number in range(30)
    },
    ".env": "PASSWORD=hunter2\n",
    ".gitignore": "build/\n",
    "build/out.py": "SECRET_OF_THE_BUILD = 1\n",
}


@dataclass(frozen=True)
class Indexed:
    folder: Path
    live: Live

    @asynccontextmanager
    async def client(self, *folders: Path) -> AsyncIterator[Client]:
        """The SDK's client, connected to a server that may read `folders`, or the whole project."""
        async with EngineClient(self.live.data_dir, "agent", self.live.launch) as engine:
            server = SemlensServer(engine, [str(one) for one in folders or (self.folder,)])
            async with Client(server.protocol()) as client:
                yield client


Connect = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexed]:
    base = tmp_path_factory.mktemp("agents")
    folder = write(base / "project", FILES)
    (folder / "outside").symlink_to(base)
    (base / "secret.py").write_text("def secret_outside(): ...\n")
    data_dir = base / "data"
    data_dir.mkdir()
    live = Live(data_dir, {"SEMLENS_IDLE_MINUTES": "2"})

    async def index() -> None:
        async with live.client() as client:
            await client.index(folder)

    asyncio.run(index())
    yield Indexed(folder, live)
    live.kill_all()


@pytest.fixture
def connect(indexed: Indexed) -> Connect:
    return indexed.client
