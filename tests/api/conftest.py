"""An engine with a fast deep tier, and a folder to index, for code that has no event loop."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semlens import Index
from support.live import Live, write

FILES = {
    "net/retry.py": "import time\n\n\ndef call_again(call, tries):\n"
    '    """Wait a little longer before trying again."""\n    for number in range(tries):\n'
    "        time.sleep(2**number)\n        call()\n",
    "shop/cart.py": 'def total_price(items):\n    """Add up the prices."""\n'
    "    return sum(item.price for item in items)\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "workspace", FILES)


@pytest.fixture
def engine(live: Live) -> Live:
    """A running engine: a program that connects finds it."""
    live.start()
    return live


@pytest.fixture
def index(engine: Live, folder: Path) -> Iterator[Index]:
    with Index(folder, data_dir=engine.data_dir) as opened:
        yield opened


_READ_CHROMA = """
import json, sys
import chromadb
client = chromadb.PersistentClient(sys.argv[1])
counts = [str(one.count()) for one in client.list_collections()]
deep = client.get_collection("semlens-deep", embedding_function=None)
(found,) = deep.query(query_embeddings=[json.load(sys.stdin)], n_results=1)["metadatas"]
print(json.dumps([[found[0]["path"], found[0]["symbol"]], counts]))
"""


@pytest.fixture
def read_chroma(tmp_path: Path) -> Callable[[Path, list[float]], object]:
    """Asks a Chroma directory as its own library does, in a process that knows nothing of Semlens."""

    def read(directory: Path, vector: list[float]) -> object:
        command = [sys.executable, "-I", "-c", _READ_CHROMA, str(directory)]
        return json.loads(subprocess.check_output(command, input=json.dumps(vector), text=True, cwd=tmp_path))

    return read
