"""A file that crashes its grammar is skipped; every other file is indexed."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import SHIPPED, StaticModel
from semlens.core.index import worker_pool as workers
from semlens.core.index.folder import FolderIndex
from semlens.core.index.isolation import PrepareContext, read_one_by_one
from semlens.core.index.known_vectors import known_instant_vectors
from semlens.core.index.model_set import ModelSet
from semlens.core.index.prepare import Wanted
from semlens.core.index.quarantine import REASON
from semlens.core.index.worker_messages import Setup
from semlens.core.index.worker_pool import Workers
from semlens.core.store.vector_cache import VectorCache
from semlens.core.text.tokens import ModelTokenizer
from semlens.types import CancelToken, RelativePath
from support.crashing_worker import CRASH, start_crashing
from support.live import Client, Live, many_files, write

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

CRASHING = f"# {CRASH}\ndef never_seen():\n    return 1\n"


@pytest.fixture
def crashing(live: Live) -> Live:
    live.environment["SEMLENS_TEST_CRASH"] = "1"
    return live


async def why(client: Client, folder: Path, path: str) -> str:
    answer = await client.why(folder, path)
    assert not answer.indexed
    return answer.reason


async def test_in_the_engine_it_costs_one_engine(crashing: Live, tmp_path: Path) -> None:
    folder = write(tmp_path / "small", {**many_files(8), "bad.py": CRASHING})
    async with crashing.client() as client:
        report = await client.index(folder, tier="instant")
        assert report.files == 8 and len(crashing.engines) == 2
        assert await why(client, folder, "bad.py") == REASON
        assert len(await client.found("worker_3_1", folder)) == 1
        await crashing.stop()
        assert (await client.index(folder, tier="instant")).files == 8
        write(folder, {"renamed.py": CRASHING, "good.py": "def seen():\n    return 1\n"})
        assert (await client.index(folder, full=True, tier="instant")).files == 9
        assert await why(client, folder, "renamed.py") == REASON
        assert len(crashing.engines) == 3
        write(folder, {"bad.py": "def mended():\n    return 1\n"})
        await client.index(folder, tier="instant")
        assert await client.found("mended", folder) == ["bad.py"]
        assert len(crashing.engines) == 3


def test_in_a_process_of_the_indexer_it_costs_that_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path / "work", {**many_files(2), "bad.py": CRASHING})
    monkeypatch.setattr(workers, "start_child", start_crashing)
    deep = DeepModel.find()
    vectors = VectorCache(tmp_path / "vectors.db")
    processes = Workers(tmp_path, Setup(deep.tokenizer_json, deep.limit, SHIPPED), 1)
    encoder: Any = None  # Not used.
    tokenizer = ModelTokenizer(deep.tokenizer_json, deep.limit)
    models = ModelSet(tokenizer, StaticModel.load(), deep, encoder, vectors, processes)
    index = FolderIndex(root, tmp_path / "index", models)
    context = PrepareContext(
        root, 100_000, "", models, partial(known_instant_vectors, index), CancelToken(), index.quarantine
    )
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py"))
    wanted = [Wanted(RelativePath(path), None) for path in paths]
    try:
        reading = read_one_by_one(context, wanted)
        assert [file.path for file in reading.files] == [path for path in paths if path != "bad.py"]
        assert [(item.path, item.reason) for item in reading.skipped] == [("bad.py", REASON)]
        (content,) = index.quarantine.contents
        assert index.quarantine.is_banned(content)
    finally:
        processes.close()
        index.close()
        vectors.close()
