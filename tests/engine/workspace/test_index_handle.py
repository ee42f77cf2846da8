"""The handle of a workspace's index: open, reopen, replace."""

from __future__ import annotations

from pathlib import Path

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.query.query import parse_query
from semlens.core.search import SearchOptions
from semlens.engine.jobs.job_queue import JobQueue
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.workspace.index_handle import IndexHandle
from semlens.private_files import private_dir
from semlens.settings import Settings
from semlens.types import CancelToken, Tier

FAST = SearchOptions(tiers=frozenset({Tier.LEXICAL, Tier.INSTANT}))


def test_a_new_index_gets_a_new_searcher_with_no_memory_of_the_old_one(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "cart.py").write_text("def total_price(items):\n    return sum(items)\n", encoding="utf-8")
    data = private_dir(tmp_path / "data")
    registry, queue = ModelRegistry(data), JobQueue("queue")
    models, directory = registry.models(Settings()), private_dir(data / "index")
    handle = IndexHandle(lambda damaged: FolderIndex(root, directory, models, damaged), queue)
    handle.open()
    first = handle.searcher
    reconcile(first.index, Membership(root, Settings()), CancelToken())
    found = first.search(parse_query("total_price"), FAST)
    assert [hit.path for hit in found] == ["cart.py"] and handle.searcher is first
    queue.run_always(lambda: handle.replace(first.index)).result()
    second = handle.searcher
    assert second is not first and second.index is handle.index is not first.index
    assert second.search(parse_query("total_price"), FAST) == []
    reconcile(second.index, Membership(root, Settings()), CancelToken())
    assert second.search(parse_query("total_price"), FAST) == found
    queue.close()
    handle.close()
    registry.close()
